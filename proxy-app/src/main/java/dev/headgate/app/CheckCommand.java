package dev.headgate.app;

import dev.headgate.config.Config;
import dev.headgate.config.Config.Forwarded;
import dev.headgate.config.Config.Guard;
import dev.headgate.config.Config.Mode;
import dev.headgate.config.Config.Organization;
import dev.headgate.config.Config.Route;
import dev.headgate.config.Config.UnknownToken;
import dev.headgate.config.Config.Upstream;
import dev.headgate.config.Config.Write;
import dev.headgate.config.ConfigError;
import dev.headgate.config.ConfigException;
import dev.headgate.config.ConfigLoader;
import dev.headgate.gate.Reason;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Profile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code headgate check CONFIG}: every error of a configuration, or what each route asks and the fate of each header;
 * or one profile as YAML.
 */
@Command(
        name = "check",
        description =
                "Validates a configuration: prints every error, or for each route what it asks of requests and the"
                        + " fate of each header. With --profile prints that profile as YAML.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the configuration is valid", "2:it is not, or has no such profile"})
public final class CheckCommand implements Callable<Integer> {
    private static final int NAME_WIDTH = 21;

    private final Map<String, String> env;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Print this profile, in the form of the configuration's section profiles, and nothing else.")
    private @Nullable String profile;

    @Parameters(
            paramLabel = "CONFIG",
            arity = "0..1",
            description = "The configuration file (YAML); may be left out for a built-in profile.")
    private @Nullable Path file;

    public CheckCommand() {
        this(System.getenv());
    }

    /** With an environment of the caller's own. */
    CheckCommand(Map<String, String> env) {
        this.env = Map.copyOf(env);
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            if (file == null && profile == null) {
                throw new ParameterException(spec.commandLine(), "Missing required parameter: 'CONFIG'");
            }
            if (file == null) {
                return print(profile, BuiltInProfiles.ALL, out, err);
            }
            ConfigLoader.Loaded loaded = ConfigLoader.loadWithWarnings(file, env, BuiltInProfiles.ALL.keySet());
            for (ConfigError warning : loaded.warnings()) {
                err.println("warning: " + warning);
            }
            Map<String, Profile> profiles = Profiles.of(loaded.config().profiles());
            if (profile != null) {
                return print(profile, profiles, out, err);
            }
            out.println(file + ": ok");
            for (Route route : loaded.config().routes()) {
                print(route, loaded.config(), profiles, out);
            }
            return 0;
        } catch (ConfigException e) {
            e.errors().forEach(err::println);
            return 2;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static int print(@Nullable String name, Map<String, Profile> profiles, PrintWriter out, PrintWriter err) {
        Profile profile = profiles.get(name);
        if (profile == null) {
            err.println("headgate: --profile: " + name + " (expected: one of "
                    + String.join(", ", new TreeSet<>(profiles.keySet())) + ")");
            return 2;
        }
        out.print(ProfileYaml.of(profile));
        return 0;
    }

    private static void print(Route route, Config config, Map<String, Profile> profiles, PrintWriter out) {
        Upstream upstream = config.upstreams().get(route.upstream());
        if (upstream == null) {
            throw new IllegalStateException("a valid configuration has each route's upstream");
        }
        out.println();
        out.println("route " + route.path());
        line("upstream", route.upstream() + " (" + upstream.url() + ")", out);
        line("profile", route.profile() == null ? "none" : route.profile(), out);
        Profile profile = route.profile() == null ? null : profiles.get(route.profile());
        if (profile != null) {
            EndpointText.lines(profile).forEach(text -> out.println("    " + text));
        }
        modes(route, config.guard(), out);
        fates(config, upstream).forEach((name, fate) -> line(name, fate, out));
    }

    /** The route's mode, and the reasons that have the other one. */
    private static void modes(Route route, Guard guard, PrintWriter out) {
        Mode mode = Policies.mode(route, guard);
        Set<Reason> observed = Policies.of(route, guard).observed();
        String others = Arrays.stream(Reason.values())
                .filter(reason -> observed.contains(reason) != (mode == Mode.OBSERVE))
                .map(Reason::code)
                .collect(Collectors.joining(", "));
        line("mode", mode.name().toLowerCase(Locale.ROOT), out);
        if (!others.isEmpty()) {
            line(mode == Mode.OBSERVE ? "enforced" : "observed", others, out);
        }
        if (route.profile() != null) {
            UnknownToken unknown = Policies.unknownToken(route, guard);
            line("unknown tokens", unknown == UnknownToken.ALLOW ? "allowed" : "refused", out);
        }
    }

    /** What happens to each field of a request, by field name. */
    private static Map<String, String> fates(Config config, Upstream upstream) {
        Map<String, String> fates = new LinkedHashMap<>();
        fates.put("Authorization", "verbatim");
        fates.put(
                config.requestId().header(),
                switch (config.requestId().accept()) {
                    case VALID -> "kept when valid, else replaced by a UUIDv7";
                    case NEVER -> "always replaced";
                });
        Organization organization = config.organization();
        fates.put(organization == null ? "X-Genesys-Cloud-Id" : organization.header(), organizationFate(organization));
        fates.put("Host", upstream.preserveHost() ? "verbatim" : "set to " + upstream.authority());
        for (String name :
                List.of("Connection", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "Proxy-Authorization")) {
            fates.put(name, "removed");
        }
        fates.put("Upgrade", "removed, unless it asks for a WebSocket");
        fates.put("Transfer-Encoding", "re-framed");
        fates.putAll(forwarded(config.forwarded()));
        fates.put("everything else", "verbatim");
        return fates;
    }

    /** Nothing where all of them stay as they come. */
    private static Map<String, String> forwarded(Forwarded forwarded) {
        Map<String, String> fates = new LinkedHashMap<>();
        if (forwarded.write() == Write.NONE) {
            return fates;
        }
        boolean believed = !forwarded.trust().isEmpty();
        String others = believed ? "; of a peer in forwarded.trust " : "";
        boolean list = forwarded.write() != Write.FORWARDED;
        boolean rfc = forwarded.write() != Write.X_FORWARDED;
        String kept = believed ? others + "kept" : "";
        String added = believed ? others + "kept, and this hop added" : "";
        fates.put("X-Forwarded-For", list ? "set" + added : "removed" + kept);
        fates.put("X-Forwarded-Proto", (list ? "set" : "removed") + kept);
        fates.put("X-Forwarded-Host", (list ? "set" : "removed") + kept);
        fates.put("X-Forwarded-Port", "removed" + kept);
        fates.put("Forwarded", rfc ? "set" + added : "removed" + kept);
        return fates;
    }

    private static String organizationFate(@Nullable Organization organization) {
        if (organization == null) {
            return "not configured: passed";
        }
        return switch (organization.onConflict()) {
            case REPLACE -> "set (replaces the client's)";
            case REFUSE -> "set (another is refused)";
        };
    }

    private static void line(String name, String value, PrintWriter out) {
        out.println("  " + name + " ".repeat(Math.max(1, NAME_WIDTH - name.length())) + value);
    }
}
