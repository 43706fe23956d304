package dev.headgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Timeout(60)
class DiagnosticsTest {
    @TempDir
    Path directory;

    /** What the child process does. */
    static final class Talk {
        public static void main(String[] args) throws IOException {
            Logger log = LoggerFactory.getLogger("somewhere");
            AccessLog access = AccessLog.open("-");
            log.info("not shown");
            log.warn("limits.head: {}", "0B (expected: 1KiB to 1MiB)");
            log.error("forged\nheadgate: WARN line", new IllegalStateException("why\nnot"));
            access.finished(Exchanges.good().record());
            access.close();
            Diagnostics.close();
        }
    }

    private record Output(String out, String err) {}

    private Output talk(String... options) throws Exception {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Talk.class.getName()));
        Process child = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(child.waitFor(50, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.exitValue()).isZero();
        return new Output(Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void warnsInOneLineAndKeepsStandardOutputForResults() throws Exception {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Output output = talk();
        Instant after = Instant.now();
        List<String> lines = output.err().lines().toList();
        assertThat(lines)
                .allSatisfy(line -> {
                    assertThat(line).matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z .*");
                    assertThat(Instant.parse(line.substring(0, 24))).isBetween(before, after);
                })
                .extracting(line -> line.substring(25))
                .containsExactly(
                        "headgate: WARN limits.head: 0B (expected: 1KiB to 1MiB)",
                        "headgate: ERROR forged\\nheadgate: WARN line: why\\nnot");
        assertThat(output.err()).endsWith("\n");
        assertThat(output.out().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("{\"time\":"));
    }

    @Test
    void theTimeIsThatOfUtc() throws Exception {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        String line = talk("-Duser.timezone=Asia/Kolkata").err();
        assertThat(Instant.parse(line.substring(0, 24))).isBetween(before, Instant.now());
        assertThat(Diagnostics.line(Instant.parse("2026-01-02T03:04:05Z"), "text"))
                .isEqualTo("2026-01-02T03:04:05.000Z text");
    }

    @Test
    void showsStackTracesWhenAsked() throws Exception {
        assertThat(talk("-Dheadgate.debug").err())
                .contains("java.lang.IllegalStateException: why")
                .contains("\tat " + Talk.class.getName() + ".main(");
    }
}
