package dev.headgate.app;

import dev.headgate.app.DemoConversation.Step;
import dev.headgate.app.Server.CannotStart;
import dev.headgate.config.Config;
import dev.headgate.config.ConfigException;
import dev.headgate.config.ConfigLoader;
import dev.headgate.gate.Diagnosis;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.observe.Diagnostics;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headgate demo}: a stand-in Genesys, the proxy in front of it, and a short guest conversation through both. */
@Command(
        name = "demo",
        description = {
            "Plays a short guest conversation through the proxy to a stand-in for Genesys.",
            "Prints REQUEST_ID METHOD PATH STATUS VERDICT REASON for each exchange, and keeps serving."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every verdict was the expected one", "1:some verdict was not", "2:it could not start"})
public final class DemoCommand implements Callable<Integer> {
    static final String ORGANIZATION = "5d4c1f2e-7a0b-4c3d-9e8f-0a1b2c3d4e5f";

    private static final int MOST_UNPRINTED = 10_000;

    private static final String CONFIG = """
            listeners:
              - address: 127.0.0.1:%d
            admin:
              address: 127.0.0.1:%d
            upstreams:
              genesys:
                url: %s
            organization:
              header: X-Genesys-Cloud-Id
              id: %s
            routes:
              - path: /api/v2/guests/
                upstream: genesys
                profile: forum-guest
              - path: /
                upstream: genesys
            sessions:
              supersededGrace: 0
            accessLog:
              path: ""
            """;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--once", description = "Exit after the conversation.")
    private boolean once;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "The port that the proxy listens on; 0, the default, takes a free one.")
    private int port;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "The admin port; 0, the default, takes a free one.")
    private int adminPort;

    private final LinkedBlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>(MOST_UNPRINTED);

    @Override
    public Integer call() throws InterruptedException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Sandbox sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(ORGANIZATION));
        try {
            Server server = Server.start(config(sandbox.url()), records::offer);
            RunCommand.announce(server, err);
            err.println("headgate: sandbox on " + sandbox.url());
            err.flush();
            boolean expected = play(server.urls().get(0), sandbox.url(), out, err);
            if (!once) {
                err.println(
                        "headgate: try  curl -i " + server.urls().get(0) + "/api/v2/guests/messages  (Ctrl-C ends)");
                err.flush();
                Thread printing = new Thread(() -> printOn(out), "headgate-demo");
                printing.setDaemon(true);
                printing.start();
                Shutdown.awaitSignal(() -> {
                    stop(server, sandbox);
                    Diagnostics.close();
                });
            }
            stop(server, sandbox);
            return expected ? 0 : 1;
        } catch (CannotStart e) {
            err.println("headgate: " + e.getMessage());
            return 2;
        } finally {
            sandbox.close();
            out.flush();
            err.flush();
        }
    }

    /** Prints each exchange that the user brings about. */
    private void printOn(PrintWriter out) {
        try {
            while (true) {
                out.println(line(records.take()));
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(Server server, Sandbox sandbox) {
        server.drain(Duration.ZERO);
        server.close();
        sandbox.close();
    }

    private Config config(String upstream) throws IOException {
        Path file = Files.createTempFile("headgate-demo", ".yaml");
        try {
            Files.writeString(file, String.format(Locale.ROOT, CONFIG, port, adminPort, upstream, ORGANIZATION));
            return ConfigLoader.load(file, Map.of(), BuiltInProfiles.ALL.keySet());
        } catch (ConfigException e) {
            throw new IllegalStateException("the demo's own configuration is bad: " + e.errors(), e);
        } finally {
            Files.delete(file);
        }
    }

    /** Plays the conversation through the proxy, then what was refused once more without it. */
    private boolean play(String proxy, String sandbox, PrintWriter out, PrintWriter err)
            throws IOException, InterruptedException {
        boolean expected = true;
        DemoConversation conversation = new DemoConversation(proxy, sandbox, ORGANIZATION);
        for (Step step : conversation.steps()) {
            step.send();
            ExchangeRecord record = records.poll(10, TimeUnit.SECONDS);
            if (record == null) {
                err.println("headgate: " + step.title() + ": no exchange was recorded");
                return false;
            }
            out.println(line(record));
            out.flush();
            Diagnosis diagnosis = diagnosis(record);
            if (record.reason() == null && diagnosis != null) {
                err.println(
                        "headgate: " + step.title() + ": " + diagnosis.finding().title() + " ("
                                + diagnosis.finding().code() + ": " + diagnosis.detail() + ")");
            }
            String finding =
                    diagnosis == null ? reason(record) : diagnosis.finding().code();
            if (!finding.equals(step.finding())) {
                err.println("headgate: " + step.title() + ": " + finding + " (expected: " + step.finding() + ")");
                expected = false;
            }
        }
        err.println("headgate: the same kinds of request straight to the sandbox, as a user sees them today:");
        for (Step step : new DemoConversation(sandbox, sandbox, ORGANIZATION).steps()) {
            DemoConversation.Answer answer = step.send();
            if (!step.finding().equals("-")) {
                err.println("headgate:   " + (step.title() + ": " + answer.status() + " " + answer.message()).strip());
            }
        }
        err.flush();
        return expected;
    }

    private static String line(ExchangeRecord record) {
        String verdict = record.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return String.join(
                " ",
                record.requestId(),
                record.method(),
                record.path(),
                String.valueOf(record.status()),
                verdict,
                reason(record));
    }

    private static @Nullable Diagnosis diagnosis(ExchangeRecord record) {
        Evidence evidence = record.evidence();
        return evidence == null ? null : evidence.diagnosis();
    }

    private static String reason(ExchangeRecord record) {
        return record.reason() == null ? "-" : record.reason().code();
    }
}
