package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is captured today is replayed tomorrow: the demo's conversation, from the wire into files and back. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CaptureReplayTest {
    /** All but the one in which the API ends a conversation by itself, which no replay can bring about. */
    private static final int STEPS = 14;

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> captures = new ArrayList<>();

    private static Sandbox sandbox() throws IOException {
        return Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
    }

    @BeforeEach
    void capture() throws Exception {
        String capture = "capture:\n  path: captures\n";
        try (Sandbox sandbox = sandbox();
                RunningProxy proxy = RunningProxy.before(sandbox.url(), directory, capture)) {
            for (DemoConversation.Step step :
                    new DemoConversation(proxy.url(), sandbox.url(), RunningProxy.ORGANIZATION).steps()) {
                if (!step.finding().equals("token.expired")) {
                    step.send();
                }
            }
        }
        for (Path file : CapturedLines.files(directory.resolve("captures"))) {
            captures.add(file.toString());
        }
    }

    private int replay(String... args) {
        List<String> all = new ArrayList<>(List.of("replay"));
        all.addAll(captures);
        all.addAll(List.of(args));
        return new CommandLine(new Main())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    private int replayBefore(String more) throws Exception {
        Path other = Files.createDirectories(directory.resolve("other"));
        try (Sandbox sandbox = sandbox();
                RunningProxy proxy = RunningProxy.before(sandbox.url(), other, more)) {
            return replay("--target", proxy.url(), "--fast");
        }
    }

    @Test
    void nothingDiffersWithNewTokens() throws Exception {
        int exit = replayBefore("");

        assertThat(out).asString().contains(STEPS + " exchanges replayed, none differs");
        assertThat(err).hasToString("headgate: " + STEPS + " replayed\n");
        assertThat(exit).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"session.guest", "auth.missing", "token.superseded", "auth.placeholder", "token.unknown"})
    void aBrokenConfigurationIsNamed(String reason) throws Exception {
        String broken = "guard:\n  reasons: {" + reason + ": observe}\n";

        assertThat(replayBefore(broken)).isEqualTo(1);
        assertThat(out).asString().contains(reason);
        out.getBuffer().setLength(0);

        Path config = Files.writeString(
                directory.resolve("broken.yaml"),
                RunningProxy.config("  - address: 127.0.0.1:0\n", "http://127.0.0.1:9") + broken);
        assertThat(replay("--offline", "--config", config.toString())).isEqualTo(1);
        assertThat(out).asString().contains(reason);
    }

    @Test
    void theGateAloneDecidesTheSame() throws Exception {
        Path config = Files.writeString(
                directory.resolve("same.yaml"),
                RunningProxy.config("  - address: 127.0.0.1:0\n", "http://127.0.0.1:9"));

        assertThat(replay("--offline", "--config", config.toString())).isZero();
        assertThat(out).asString().contains(STEPS + " exchanges replayed, none differs");
    }
}
