package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.replay.ReadRecording;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ExportCommandTest {
    private static final Path HAR = Path.of("../config/samples/conversation.har");
    private static final Path CAPTURE = Path.of("../config/samples/conversation.ndjson");

    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    private Path output;

    @BeforeEach
    void setUp() {
        output = directory.resolve("out");
    }

    private int export(String... args) {
        return new CommandLine(new Main()).setErr(new PrintWriter(err, true)).execute(args);
    }

    @ParameterizedTest
    @CsvSource({"har, har", "har, capture", "ndjson, har", "ndjson, capture"})
    void whatIsExportedTellsTheSame(String from, String to) throws IOException {
        Path file = from.equals("har") ? HAR : CAPTURE;
        assertThat(export("export", file.toString(), "--format", to, "--output", output.toString()))
                .as("%s", err)
                .isZero();
        assertThat(err.toString()).isEmpty();
        ReadRecording original = ReadRecording.of(file);
        ReadRecording copy = ReadRecording.of(output);
        assertThat(copy.problems()).isEmpty();
        assertThat(copy.exchanges().stream()
                        .map(e -> e.request().target() + e.response().status() + e.startMicros()))
                .isEqualTo(original.exchanges().stream()
                        .map(e -> e.request().target() + e.response().status() + e.startMicros())
                        .toList());
        assertThat(Files.readString(output)).contains("{{token:").doesNotContain("fake-token");
    }

    @Test
    void standardOutputIsTheDefault() throws Exception {
        try (ChildProcess child =
                ChildProcess.run(directory, Map.of("LC_ALL", "C"), "export", HAR.toString(), "--format", "curl")) {
            assertThat(child.exit()).isZero();
            assertThat(child.out())
                    .startsWith("#!/bin/sh\n")
                    .contains("# conversation.har: entry 6, recorded: 403\n")
                    .contains("curl -sS -i -g --path-as-is -X 'POST' 'https://chat.example.com/api/v2/guests/messages'")
                    .contains("  -H 'authorization: Bearer {{token:")
                    .contains("-H 'authorization: [REDACTED]'")
                    .doesNotContain("fake-token");
            assertThat(child.err()).isEmpty();
        }
    }

    @Test
    void whatIsLeftOutIsTold() throws IOException {
        Path file = Files.writeString(
                directory.resolve("chat.ndjson"),
                Files.readString(CAPTURE)
                        + "{\"version\":1,\"time\":\"2026-11-25T16:00:00Z\",\"request\":null}\n{\"version\":1,\"ti");
        assertThat(export("export", file.toString(), HAR.toString(), "--format", "har", "--output", output.toString()))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "headgate: chat.ndjson:13: its request was never read (expected: one); it is left out",
                        "headgate: chat.ndjson:14: torn off: no end of the line, as after a crash while it was written"
                                + " (expected: a line feed); it is left out");
        assertThat(ReadRecording.of(output).exchanges()).hasSize(24);
    }

    @Test
    void badInputIsTold() throws IOException {
        Path cut = Files.writeString(
                directory.resolve("cut.har"), Files.readString(HAR).substring(0, 10_000));
        assertThat(export(
                        "export", cut.toString(), CAPTURE.toString(), "--format", "har", "--output", output.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("headgate: cut.har: entry 3: cut off at byte 10000");
        assertThat(ReadRecording.of(output).exchanges()).hasSize(14);

        assertThat(export("export", output.toString(), "--format", "har", "--output", output.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--output: " + output + " is one of the recordings (expected: another file)");
        assertThat(export(
                        "export",
                        "nowhere.har",
                        "--format",
                        "har",
                        "--output",
                        directory.resolve("x").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("headgate: nowhere.har: no such file (expected: a HAR 1.2");
        Path missing = directory.resolve("missing").resolve("x");
        assertThat(export("export", HAR.toString(), "--format", "har", "--output", missing.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("headgate: --output: " + missing
                        + ": cannot be written: NoSuchFileException (expected: a file in a directory that exists)");
        assertThat(export("export", HAR.toString(), "--format", "pcap")).isEqualTo(2);
        assertThat(err.toString()).contains("headgate: --format: pcap (expected: har, curl or capture)");
        assertThat(export("export", HAR.toString())).isEqualTo(2);
    }
}
