package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SandboxCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** What a process of its own runs. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SandboxCommand()).execute(arguments));
    }

    private int execute(String... arguments) {
        return new CommandLine(new SandboxCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void itServesUntilSigtermAndExitsWithZero() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(List.of(
                        java,
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SandboxCommandTest.class.getName(),
                        "--port",
                        "0",
                        "--token-lifetime",
                        "2h",
                        "--delay",
                        "1ms",
                        "--jwt"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            String prefix = "headgate: sandbox on ";
            String line = lines.readLine();
            while (line != null && !line.startsWith(prefix)) {
                line = lines.readLine();
            }
            assertThat(line).matches("headgate: sandbox on http://127\\.0\\.0\\.1:[0-9]+");
            HttpRequest identity = HttpRequest.newBuilder(
                            URI.create(line.substring(prefix.length()) + "/api/v2/guests/identities"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"purpose\":\"chat\"}"))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(identity, BodyHandlers.ofString())
                            .body())
                    .contains("\"expiresIn\":7200", "\"guest_token\":\"eyJ");
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aBusyPort() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.defaults())) {
            assertThat(execute("--port", Integer.toString(sandbox.port()))).isEqualTo(2);
            assertThat(err.toString().strip())
                    .isEqualTo("headgate: cannot listen on 127.0.0.1:" + sandbox.port() + ": address already in use");
            assertThat(out.toString()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --delay          | 2x     | (expected: a whole number with ms, s, m, h or d, such as 15s)
            --token-lifetime | 0s     | token lifetime: 0ms (expected: 1s to 365 days)
            --delay          | 61m    | delay: 3660000ms (expected: 0ms to 1h)
            --status         | 200    | status: 200 (expected: 0, or 400 to 599)
            --error-code     | a.b    | error code: a.b (expected: only together with --status)
            --require-attribute | ""   | required attribute: empty (expected: a name)
            --port           | 65536  | port: 65536 (expected: 0 to 65535)
            --port           | x      | 'x' is not an int
            """)
    void aBadOption(String option, String value, String message) {
        assertThat(execute(option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void everyKnobHasItsOption() {
        SandboxCommand command = new SandboxCommand();
        String options =
                "--host=::1 --port=1 --token-lifetime=2h --delay=3ms --status=403 --error-code=origin.not.allowed"
                        + " --organization=o --jwt --deny-guests --require-attribute=a --require-attribute=b";
        new CommandLine(command).parseArgs(options.split(" "));
        assertThat(command.config())
                .isEqualTo(SandboxConfig.defaults()
                        .withHost("::1")
                        .withPort(1)
                        .withTokenLifetime(Duration.ofHours(2))
                        .withDelay(Duration.ofMillis(3))
                        .withInjectedStatus(403)
                        .withErrorCode("origin.not.allowed")
                        .withOrganizationId("o")
                        .withJwtTokens(true)
                        .withGuestsAllowed(false)
                        .withRequiredAttributes(Set.of("a", "b")));
    }

    @Test
    void helpAndVersion() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "--port=PORT",
                        "Default: 8099",
                        "--token-lifetime",
                        "--delay",
                        "--status",
                        "--organization",
                        "--error-code=CODE",
                        "--deny-guests",
                        "--require-attribute=NAME");
        assertThat(execute("--version")).isZero();
        assertThat(out.toString()).contains("headgate ");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"250ms,250", "15s,15000", "15m,900000", "2h,7200000", "0ms,0"})
    void durations(String text, long millis) {
        assertThat(new SandboxCommand.DurationConverter().convert(text).toMillis())
                .isEqualTo(millis);
    }
}
