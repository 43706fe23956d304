package dev.headgate.app;

import dev.headgate.admin.ReloadOutcome;
import dev.headgate.app.Server.CannotStart;
import dev.headgate.config.Config;
import dev.headgate.config.ConfigException;
import dev.headgate.config.ConfigLoader;
import dev.headgate.config.ConfigLoader.Loaded;
import dev.headgate.observe.Diagnostics;
import dev.headgate.profile.BuiltInProfiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/** {@code headgate run CONFIG}: the proxy, until SIGTERM or Ctrl-C. */
@Command(
        name = "run",
        description = "Runs the proxy until SIGTERM or Ctrl-C, then lets exchanges end.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:after the drain", "2:the configuration is bad, or cannot be put to work here"})
public final class RunCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", description = "The configuration file (YAML).")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        long pid = ProcessHandle.current().pid();
        try (ServiceNotifier notifier = ServiceNotifier.of(System.getenv(), pid)) {
            Loaded loaded = load();
            loaded.warnings().forEach(warning -> err.println("warning: " + warning));
            InheritedSockets sockets = InheritedSockets.of(System.getenv(), pid);
            AtomicReference<@Nullable Server> started = new AtomicReference<>();
            // Before the first connection is accepted: who got an answer may stop the process.
            Shutdown shutdown = Shutdown.onSignal(() -> hurry(started.get()));
            Server server = Server.start(
                    loaded,
                    () -> {
                        notifier.reloading();
                        return load();
                    },
                    exchange -> {},
                    outcome -> {
                        tell(outcome, err);
                        notifier.reloaded(outcome.reloaded());
                    },
                    new Server.Environment(sockets, ServerTls.provider()));
            started.set(server);
            Signal.handle(new Signal("HUP"), signal -> server.reload());
            announce(server, err);
            announce(loaded.config().capture(), err);
            tell(sockets, err);
            notifier.ready("listening on " + String.join(", ", server.urls()));
            notifier.watch(server::respond);
            shutdown.await(() -> {
                notifier.stopping(server.longestDrain());
                server.drain();
                notifier.close();
                server.close();
                Diagnostics.close();
            });
            return 0;
        } catch (ConfigException e) {
            e.errors().forEach(err::println);
            return 2;
        } catch (CannotStart e) {
            err.println("headgate: " + e.getMessage());
            return 2;
        } finally {
            err.flush();
        }
    }

    private static void hurry(@Nullable Server server) {
        if (server != null) {
            server.hurry();
        }
    }

    private Loaded load() throws ConfigException {
        return ConfigLoader.loadWithWarnings(file, System.getenv(), BuiltInProfiles.ALL.keySet());
    }

    private static void tell(InheritedSockets sockets, PrintWriter err) {
        if (sockets.isEmpty()) {
            return;
        }
        String unused = sockets.unused();
        if (!unused.isEmpty()) {
            err.println("warning: sockets passed by systemd that no listener uses: " + unused
                    + " (expected: a listener with address systemd:NAME for each)");
        }
        err.flush();
    }

    private void tell(ReloadOutcome outcome, PrintWriter err) {
        Instant now = Instant.now();
        outcome.errors().forEach(error -> err.println(Diagnostics.line(now, error)));
        outcome.warnings().forEach(warning -> err.println(Diagnostics.line(now, "warning: " + warning)));
        outcome.kept()
                .forEach(key -> err.println(Diagnostics.line(now, "warning: " + key + ": the change takes a restart")));
        String end = outcome.reloaded() ? " reloaded" : " not reloaded; the one before stays";
        err.println(Diagnostics.line(now, "headgate: " + file + end));
        err.flush();
    }

    /** The ports really bound, one line each. */
    private static void announce(Config.Capture capture, PrintWriter err) {
        if (capture.path() != null) {
            err.println("headgate: capture in " + capture.path());
            err.flush();
        }
    }

    static void announce(Server server, PrintWriter err) {
        server.urls().forEach(url -> err.println("headgate: listening on " + url));
        String admin = server.adminUrl();
        if (admin != null) {
            err.println("headgate: admin on " + admin);
        }
        err.flush();
    }
}
