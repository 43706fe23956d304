package dev.headgate.app;

import dev.headgate.config.Config;
import dev.headgate.config.Config.Organization;
import dev.headgate.config.Config.Route;
import dev.headgate.config.Config.Upstream;
import dev.headgate.config.ConfigError;
import dev.headgate.config.ConfigException;
import dev.headgate.config.ConfigLoader;
import dev.headgate.profile.BuiltInProfiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headgate check CONFIG}: every error of a configuration, or the fate of each header for each route. */
@Command(
        name = "check",
        description = "Validates a configuration: prints every error, or the fate of each header for each route.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the configuration is valid", "2:it is not"})
public final class CheckCommand implements Callable<Integer> {
    private static final int NAME_WIDTH = 21;

    private final Map<String, String> env;
    private final Set<String> profiles;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", description = "The configuration file (YAML).")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    public CheckCommand() {
        this(System.getenv(), BuiltInProfiles.ALL.keySet());
    }

    /** With an environment and profiles of the caller's own. */
    CheckCommand(Map<String, String> env, Set<String> profiles) {
        this.env = Map.copyOf(env);
        this.profiles = Set.copyOf(profiles);
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            ConfigLoader.Loaded loaded = ConfigLoader.loadWithWarnings(file, env, profiles);
            for (ConfigError warning : loaded.warnings()) {
                err.println("warning: " + warning);
            }
            if (loaded.config().capture().path() != null) {
                err.println(RunCommand.NO_CAPTURE);
                return 2;
            }
            out.println(file + ": ok");
            for (Route route : loaded.config().routes()) {
                print(route, loaded.config(), out);
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

    private static void print(Route route, Config config, PrintWriter out) {
        Upstream upstream = config.upstreams().get(route.upstream());
        if (upstream == null) {
            throw new IllegalStateException("a valid configuration has each route's upstream");
        }
        out.println();
        out.println("route " + route.path());
        line("upstream", route.upstream() + " (" + upstream.url() + ")", out);
        line("profile", route.profile() == null ? "none" : route.profile(), out);
        fates(config, upstream).forEach((name, fate) -> line(name, fate, out));
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
        fates.put("Host", "set to " + upstream.authority());
        for (String name :
                List.of("Connection", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "Proxy-Authorization")) {
            fates.put(name, "removed");
        }
        fates.put("Transfer-Encoding", "re-framed");
        fates.put("everything else", "verbatim");
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
