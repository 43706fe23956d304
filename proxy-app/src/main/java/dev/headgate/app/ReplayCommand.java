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
import dev.headgate.session.KeyedHash;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
            throw new ParameterException(
                    spec.commandLine(), "headgate: --target: missing (expected: http://HOST:PORT, or --offline)");
        }
        Replay.Settings settings = new Replay.Settings(
                ReplayTarget.of(target, allowRemote), endpoints(), filter(), pace(), concurrency(), keepHost, 30_000);
        boolean whole = true;
        Outcomes outcomes = new Outcomes();
        try (Replay replay = new Replay(settings, outcomes, problems(err))) {
            for (Path file : files) {
                whole &= run(replay, file, err);
            }
            Replay.Totals totals = replay.finish();
            String unreachable = replay.unreachable();
            if (unreachable != null) {
                err.println("headgate: " + unreachable);
                return 2;
            }
            outcomes.print(out);
            summarize(totals, err);
            return exit(totals.answered() > 0 && whole, outcomes);
        }
    }

    private int offline(PrintWriter out, PrintWriter err) throws ConfigException {
        if (config == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "headgate: --config: missing (expected: with --offline, the configuration to ask)");
        }
        if (target != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "headgate: --target: given with --offline, which sends nothing (expected: one)");
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
        Outcomes outcomes = new Outcomes();
        OfflineReplay replay = new OfflineReplay(
                Snapshots.gate(loaded),
                routes,
                Snapshots.recorder(loaded, hash),
                hash,
                loaded.sessions().maximum(),
                Snapshots.limits(loaded.limits()),
                (exchange, verdict, reason) -> {
                    if (filter.wants(exchange)) {
                        outcomes.decided(exchange, verdict, reason);
                    }
                },
                problems(err));
        boolean whole = true;
        for (Path file : files) {
            try {
                replay.run(Recordings.open(file, problems(err)));
            } catch (IOException e) {
                err.println("headgate: " + e.getMessage());
                whole = false;
            }
        }
        OfflineReplay.Totals totals = replay.totals();
        outcomes.print(out);
        List<String> parts = new ArrayList<>();
        parts.add(totals.decided() + " decided");
        add(parts, totals.undecided(), "that the gate cannot be asked about");
        add(parts, totals.unread(), "that Headgate could not read when they were recorded");
        err.println("headgate: " + String.join(", ", parts));
        return exit(totals.decided() > 0 && whole, outcomes);
    }

    private static int exit(boolean good, Outcomes outcomes) {
        return !good ? 2 : outcomes.differ() ? 1 : 0;
    }

    /** Whether all of it could be read. */
    private static boolean run(Replay replay, Path file, PrintWriter err) throws InterruptedException {
        try (Recording recording = Recordings.open(file, problems(err))) {
            replay.run(recording);
            return true;
        } catch (IOException e) {
            err.println("headgate: " + e.getMessage());
            return false;
        }
    }

    private static Recording.Problems problems(PrintWriter err) {
        return (place, message) -> {
            err.println("headgate: " + place + ": " + message);
            err.flush();
        };
    }

    private static void summarize(Replay.Totals totals, PrintWriter err) {
        List<String> parts = new ArrayList<>();
        parts.add(totals.answered() + " replayed");
        add(parts, totals.unanswered(), "without an answer");
        add(parts, totals.excluded(), "left out by the filter");
        add(parts, totals.unsendable(), "that cannot be sent");
        add(parts, totals.upgrades(), "upgrades to WebSocket, which are not replayed");
        add(parts, totals.unread(), "that Headgate could not read when they were recorded");
        err.println("headgate: " + String.join(", ", parts));
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(count + " " + what);
        }
    }

    private Filter filter() {
        try {
            return Filter.of(includes, excludes);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "headgate: " + e.getMessage(), e);
        }
    }

    private int concurrency() {
        if (concurrency < 1 || concurrency > MOST_CONCURRENT) {
            throw new ParameterException(
                    spec.commandLine(),
                    "headgate: --concurrency: " + concurrency + " (expected: 1 to " + MOST_CONCURRENT + ")");
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
            throw new ParameterException(
                    spec.commandLine(),
                    "headgate: --speed or --rate: " + value + " (expected: more than 0, at most 1000000)");
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
