package dev.headgate.app;

import dev.headgate.config.Config;
import dev.headgate.config.ConfigException;
import dev.headgate.config.ConfigLoader;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Profile;
import dev.headgate.replay.Endpoints;
import dev.headgate.replay.Filter;
import dev.headgate.replay.OfflineReplay;
import dev.headgate.replay.Pace;
import dev.headgate.replay.Recording;
import dev.headgate.replay.Recordings;
import dev.headgate.replay.Replay;
import dev.headgate.replay.ReplayTarget;
import dev.headgate.replay.compare.ReplayComparison;
import dev.headgate.replay.compare.ReplayReport;
import dev.headgate.session.KeyedHash;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headgate replay}: recorded traffic once more, with new tokens, or past the gate alone. */
@Command(
        name = "replay",
        description = {
            "Replays recorded traffic (a Headgate capture, a HAR, a GoReplay file) with the tokens that the target"
                    + " issues, and compares.",
            "With --offline asks the gate of a configuration alone, without a network."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:nothing differs", "1:something differs", "2:bad input, or nothing could be replayed"})
public final class ReplayCommand implements Callable<Integer> {
    private static final int MOST_CONCURRENT = 10_000;
    private static final long ANSWER_MILLIS = 30_000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "What was recorded; several are replayed in turn.")
    private List<Path> files = List.of();

    @Option(
            names = "--target",
            paramLabel = "URL",
            description = "Where to: http://HOST:PORT. Without --allow-remote only this machine.")
    private @Nullable String target;

    @Option(names = "--allow-remote", description = "The target may be another machine.")
    private boolean allowRemote;

    @Option(names = "--keep-host", description = "Sends the recorded Host instead of the target's.")
    private boolean keepHost;

    @Option(
            names = "--config",
            paramLabel = "CONFIG",
            description = "Whose routes and profiles say what is a token; else the built-in profiles do.")
    private @Nullable Path config;

    @Option(names = "--offline", description = "Asks the gate of --config alone; nothing is sent.")
    private boolean offline;

    @ArgGroup
    private @Nullable Pacing pacing;

    /** At most one of them. */
    static final class Pacing {
        @Option(
                names = "--speed",
                paramLabel = "N",
                required = true,
                description = "N times as fast as it was recorded; the default is 1.")
        private double speed;

        @Option(
                names = "--rate",
                paramLabel = "N",
                required = true,
                description = "N requests a second, whenever they were recorded.")
        private double rate;

        @Option(names = "--fast", required = true, description = "As fast as the target answers.")
        private boolean fast;
    }

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "64",
            description = "The most requests at a time; the default is ${DEFAULT-VALUE}.")
    private int concurrency;

    @Option(
            names = "--include",
            paramLabel = "EXPR",
            description = "Replays only these: path=/api/*, method=POST, status=4xx. One of several must hold.")
    private List<String> includes = List.of();

    @Option(names = "--exclude", paramLabel = "EXPR", description = "Leaves these out; wins over --include.")
    private List<String> excludes = List.of();

    @Option(
            names = "--ignore",
            paramLabel = "POINTER",
            description = "Values of JSON answers that may differ, by JSON Pointer; * for any member or element.")
    private List<String> ignored = List.of();

    @Option(names = "--compare-field", paramLabel = "NAME", description = "Also compares this field of answers.")
    private List<String> fields = List.of();

    @Option(names = "--report", paramLabel = "FILE", description = "Writes a web page of the results.")
    private @Nullable Path html;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Writes the results as JSON; - for standard output, in the place of the table.")
    private @Nullable String json;

    @Option(names = "--junit", paramLabel = "FILE", description = "Writes the results as JUnit's XML.")
    private @Nullable Path junit;

    private final Map<String, String> env;

    public ReplayCommand() {
        this(System.getenv());
    }

    /** With an environment of the caller's own. */
    ReplayCommand(Map<String, String> env) {
        this.env = Map.copyOf(env);
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            return replay(out, err);
        } catch (ConfigException e) {
            e.errors().forEach(err::println);
            return 2;
        } catch (ReplayTarget.Unfit e) {
            err.println("headgate: " + e.getMessage());
            return 2;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private int replay(PrintWriter out, PrintWriter err)
            throws ConfigException, ReplayTarget.Unfit, InterruptedException {
        if (offline) {
            return offline(out, err);
        }
        if (target == null) {
            throw bad("--target: missing (expected: http://HOST:PORT, or --offline)");
        }
        Replay.Settings settings = new Replay.Settings(
                ReplayTarget.of(target, allowRemote),
                endpoints(),
                filter(),
                pace(),
                concurrency(),
                keepHost,
                ANSWER_MILLIS);
        ReplayReport report = report(settings.target().toString());
        ReplayOutput output = new ReplayOutput(out, err, report);
        boolean complete = true;
        try (Replay replay = new Replay(settings, report, output)) {
            Replay.Totals totals;
            try (Progress progress = new Progress("replay", replay::done)) {
                for (Path file : files) {
                    complete &= run(replay, file, output);
                }
                totals = replay.finish();
            }
            String unreachable = replay.unreachable();
            if (unreachable != null) {
                output.say(unreachable);
                return 2;
            }
            int exit = output.finish(new ReplayOutput.Reports(html, json, junit), complete && totals.answered() > 0);
            List<String> parts = new ArrayList<>();
            parts.add(totals.answered() + " replayed");
            ReplayOutput.add(parts, totals.unanswered(), "without an answer");
            ReplayOutput.add(parts, totals.excluded(), "left out by the filter");
            ReplayOutput.add(parts, totals.skipped(), "that cannot be replayed");
            output.say(String.join(", ", parts));
            return exit;
        }
    }

    /** Whether all of it could be read. */
    private static boolean run(Replay replay, Path file, ReplayOutput output) throws InterruptedException {
        try (Recording recording = Recordings.open(file, output)) {
            replay.run(recording);
            return true;
        } catch (IOException e) {
            output.say(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private int offline(PrintWriter out, PrintWriter err) throws ConfigException {
        if (config == null) {
            throw bad("--config: missing (expected: with --offline, the configuration whose gate is asked)");
        }
        if (target != null) {
            throw bad("--target: given with --offline, which sends nothing (expected: one of them)");
        }
        Filter filter = filter();
        Config loaded = ConfigLoader.load(config, env, BuiltInProfiles.ALL.keySet());
        Map<String, Profile> profiles = Profiles.of(loaded.profiles());
        List<OfflineReplay.Route> routes = loaded.routes().stream()
                .map(route -> new OfflineReplay.Route(
                        route.path(),
                        route.profile() == null ? null : profiles.get(route.profile()),
                        Policies.of(route, loaded.guard())))
                .toList();
        // Fingerprints are only compared with each other, and never shown.
        KeyedHash hash = new KeyedHash(0, 0);
        ReplayReport report = report("the gate of " + config);
        ReplayOutput output = new ReplayOutput(out, err, report);
        long[] excluded = new long[1];
        OfflineReplay.Settings settings = new OfflineReplay.Settings(
                Snapshots.gate(loaded),
                routes,
                Snapshots.recorder(loaded, hash),
                hash,
                loaded.sessions().maximum(),
                Snapshots.limits(loaded.limits()));
        OfflineReplay replay = new OfflineReplay(
                settings,
                (exchange, verdict, reason) -> {
                    if (filter.wants(exchange)) {
                        report.acceptVerdict(ReplayOutput.judged(exchange), verdict, reason);
                    } else {
                        excluded[0]++;
                    }
                },
                output);
        boolean complete = true;
        for (Path file : files) {
            try {
                replay.run(Recordings.open(file, output));
            } catch (IOException e) {
                output.say(String.valueOf(e.getMessage()));
                complete = false;
            }
        }
        OfflineReplay.Totals totals = replay.totals();
        int exit =
                output.finish(new ReplayOutput.Reports(html, json, junit), complete && totals.decided() > excluded[0]);
        List<String> parts = new ArrayList<>();
        parts.add(totals.decided() - excluded[0] + " decided");
        ReplayOutput.add(parts, excluded[0], "left out by the filter");
        ReplayOutput.add(parts, totals.undecided() + totals.unread(), "that the gate cannot be asked about");
        output.say(String.join(", ", parts));
        return exit;
    }

    private ReplayReport report(String against) {
        String subject = files.stream().map(Path::toString).collect(Collectors.joining(", ")) + " against " + against;
        try {
            return new ReplayReport(new ReplayComparison(ignored, fields), subject);
        } catch (IllegalArgumentException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), "headgate: " + message);
    }

    private Filter filter() {
        try {
            return Filter.of(includes, excludes);
        } catch (IllegalArgumentException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    private int concurrency() {
        if (concurrency < 1 || concurrency > MOST_CONCURRENT) {
            throw bad("--concurrency: " + concurrency + " (expected: 1 to " + MOST_CONCURRENT + ")");
        }
        return concurrency;
    }

    private Pace pace() {
        if (pacing == null) {
            return Pace.recorded(1);
        }
        if (pacing.fast) {
            return Pace.FAST;
        }
        double value = pacing.rate == 0 ? pacing.speed : pacing.rate;
        if (!(value > 0 && value <= 1_000_000)) {
            throw bad("--speed or --rate: " + value + " (expected: more than 0, at most 1000000)");
        }
        return pacing.rate == 0 ? Pace.recorded(value) : Pace.rate(value);
    }

    private Endpoints endpoints() throws ConfigException {
        List<Endpoints.At> all = new ArrayList<>();
        if (config == null) {
            BuiltInProfiles.ALL.values().forEach(profile -> all.add(new Endpoints.At("/", profile)));
            return new Endpoints(all);
        }
        Config loaded = ConfigLoader.load(config, env, BuiltInProfiles.ALL.keySet());
        Map<String, Profile> profiles = Profiles.of(loaded.profiles());
        for (Config.Route route : loaded.routes()) {
            all.add(new Endpoints.At(route.path(), route.profile() == null ? null : profiles.get(route.profile())));
        }
        return new Endpoints(all);
    }
}
