package dev.headgate.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What kind of recording a file is, its content tells; what it is not, the error does. */
class RecordingsTest {
    private static final String HAR = """
            {"log":{"version":"1.2","entries":[
              {"request":{"method":"GET","url":"http://edge.test/har"}}]}}
            """;
    private static final String CAPTURE = """
            {"version":1,"time":"2026-11-25T16:00:00Z","request":{"method":"GET","target":"/capture","fields":[]}}
            """;
    private static final String GOR = "1 a1b2 1764086400000000000 0\nGET /gor HTTP/1.1\r\nHost: edge.test\r\n\r\n";

    @TempDir
    Path directory;

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static String content(String kind) {
        return switch (kind) {
            case "har" -> HAR;
            case "capture" -> CAPTURE;
            default -> GOR + GorRecording.SEPARATOR;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"har", "capture", "gor"})
    void theContentTells(String kind) throws IOException {
        byte[] plain = content(kind).getBytes(StandardCharsets.UTF_8);
        for (byte[] content : new byte[][] {plain, gzip(plain), Zstd.compress(plain)}) {
            Path file = Files.write(directory.resolve("recording.txt"), content);
            RecordedExchange only = ReadRecording.of(file).only();
            assertThat(only.request().target()).isEqualTo("/" + kind);
            assertThat(only.place()).startsWith("recording.txt:").doesNotContain(directory.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"har", "capture", "gor"})
    void aByteOrderMarkIsPassedOver(String kind) throws IOException {
        assertThat(ReadRecording.of("\ufeff" + content(kind)).request().target())
                .isEqualTo("/" + kind);
    }

    @Test
    void theLogNeedNotComeFirst() throws IOException {
        String text = "\n{\"comment\":{\"version\":2},\"log\":{\"comment\":\"\\\"}\",\"entries\":["
                + "{\"comment\":[1,{}],\"request\":{\"url\":\"https://edge.test\",\"method\":\"GET\"}}],"
                + "\"version\":\"1.2\",\"pages\":[]}}";
        RecordedRequest request = ReadRecording.of(text).request();
        assertThat(request.target()).isEqualTo("/");
        assertThat(request.fields()).containsExactly(new RecordedField("Host", "edge.test"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|empty (expected: a HAR 1.2,",
                "' \n '|nothing but blanks (expected: a HAR 1.2,",
                "hello|no recording (expected: a HAR 1.2,",
                "[]|no recording (expected:",
                "{}|JSON without log or version (expected:",
                "{\"lo|no well-formed JSON, or cut off (expected:",
                "{\"entries\":[]}|JSON without log or version (expected:",
                "{\"version\":2,\"time\":1}|version: 2 (expected: 1, the only one that this Headgate reads)",
                "{\"version\":\"\\u001b[31m\"}|version: ?[31m (expected: 1",
            })
    void whatIsNoRecordingIsTold(String content, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("chat.har"), content);
        assertThatThrownBy(() -> Recordings.open(file, (place, problem) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": " + message);
    }

    @Test
    void whatIsNoFileIsTold() {
        assertThatThrownBy(() -> Recordings.open(directory, (place, problem) -> {}))
                .hasMessageStartingWith(directory + ": a directory (expected: a HAR");
        Path missing = directory.resolve("missing.har");
        assertThatThrownBy(() -> Recordings.open(missing, (place, problem) -> {}))
                .hasMessageStartingWith(missing + ": no such file (expected: a HAR");
        assertThatThrownBy(() -> ReadRecording.of("chat", HAR.getBytes(StandardCharsets.UTF_16)))
                .hasMessage("chat: UTF-16 (expected: UTF-8)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"har", "capture"})
    void aFileThatIsCutOffIsReadUpToThere(String kind) throws IOException {
        byte[] plain = content(kind).repeat(kind.equals("har") ? 1 : 20_000).getBytes(StandardCharsets.UTF_8);
        byte[] packed = kind.equals("har") ? plain : Zstd.compress(plain);
        ReadRecording read = ReadRecording.of("chat", Arrays.copyOf(packed, packed.length - 8));
        if (kind.equals("har")) {
            assertThat(read.exchanges()).isEmpty();
            assertThat(read.failure()).startsWith("chat: entry 1: cut off at byte");
        } else {
            assertThat(read.failure()).matches("(?s)chat:[0-9]+: cannot be read further: .*");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-25T16:00:00.123456Z",
                "1969-12-31T23:59:59.999999Z",
                "2024-02-29T00:00:00.000000Z",
                "0001-01-01T00:00:00.000001Z",
                "2026-11-25T16:00:00Z",
                "2026-11-25T16:00:00.1Z",
                "2026-11-25T16:00:00.12345678Z"
            })
    void readsTimesAsTheJdkDoes(String time) {
        assertThat(Recordings.micros(time)).isEqualTo(Recordings.micros(Instant.parse(time)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026x11-25T16:00:00.123456Z",
                "2026-11-25T16x00:00.123456Z",
                "2026-11-25T16:00:00.12345aZ",
                "2026-13-25T16:00:00.123456Z",
                "2026-02-30T16:00:00.123456Z",
                "2026-11-25T25:00:00.123456Z",
                "2026-11-25T16:00:00.123456+",
                "yesterday"
            })
    void refusesWhatIsNoTime(String time) {
        assertThatThrownBy(() -> Recordings.micros(time)).isInstanceOf(DateTimeException.class);
    }
}
