package dev.headgate.replay;

import static dev.headgate.replay.ReadRecording.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Files of GoReplay. */
class GorRecordingTest {
    private static final String GET = "GET /a?b HTTP/1.1\r\nHost: edge.test\r\nX-Two: 1\r\nx-two: 2\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private static String entry(int kind, String id, long nanos, String message) {
        return kind + " " + id + " " + nanos + " 5000\n" + message + GorRecording.SEPARATOR;
    }

    @Test
    void pairsRequestsWithTheirAnswers() throws IOException {
        ReadRecording read = ReadRecording.of(entry(1, "a", 2_000_000, GET)
                + entry(1, "b", 3_000_000, GET.replace("/a", "/b"))
                + entry(2, "b", 4_000_000, OK)
                + entry(3, "b", 4_500_000, OK)
                + entry(2, "a", 5_000_000, OK.replace("200 OK", "404 No")));
        assertThat(read.problems()).isEmpty();
        assertThat(read.exchanges()).extracting(e -> e.request().target()).containsExactly("/a?b", "/b?b");
        assertThat(read.exchanges()).extracting(e -> e.response().status()).containsExactly(404, 200);
        assertThat(read.exchanges()).extracting(RecordedExchange::startMicros).containsExactly(2000L, 3000L);
        assertThat(read.exchanges())
                .extracting(RecordedExchange::durationMicros)
                .containsExactly(3005L, 1005L);
        RecordedExchange first = read.exchanges().get(0);
        assertThat(first.place()).isEqualTo("chat: entry 1");
        assertThat(first.request().fields())
                .containsExactly(
                        new RecordedField("Host", "edge.test"),
                        new RecordedField("X-Two", "1"),
                        new RecordedField("x-two", "2"));
        assertThat(text(first.response().body())).isEqualTo("hi");
    }

    @Test
    void requestsWithoutAnswersAreReadToo() throws IOException {
        StringBuilder text = new StringBuilder();
        int many = GorRecording.MOST_WAITING + 10;
        for (int i = 0; i < many; i++) {
            text.append(entry(1, "id" + i, i, GET));
        }
        text.append(entry(2, "id0", many, OK)).append(entry(2, "id" + (many - 1), many, OK));
        ReadRecording read = ReadRecording.of(text.toString());
        assertThat(read.exchanges()).hasSize(many);
        assertThat(read.exchanges().get(many - 1).response()).isNotNull();
        assertThat(read.exchanges().subList(0, many - 1)).allMatch(exchange -> exchange.response() == null);
        assertThat(read.problems())
                .containsExactly("chat: entry " + (many + 1)
                        + ": an answer without its request among the 1024 before (expected: one)");
    }

    @Test
    void undoesChunksAndGzip() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("hello".getBytes(StandardCharsets.US_ASCII));
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(entry(
                        1,
                        "a",
                        1,
                        "POST / HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        file.writeBytes(("2 a 2 0\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                        + "Content-Length: " + packed.size() + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        file.writeBytes(packed.toByteArray());
        file.writeBytes(GorRecording.SEPARATOR.getBytes(StandardCharsets.UTF_8));
        ReadRecording read = ReadRecording.of("chat", file.toByteArray());
        assertThat(text(read.request().body())).isEqualTo("abcde");
        assertThat(text(read.response().body())).isEqualTo("hello");
        assertThat(read.response().value("content-encoding")).isEqualTo("gzip");
    }

    @Test
    void badEntriesAreToldAndTheOthersRead() throws IOException {
        String[] bad = {
            entry(1, "a", 1, "GET /secret HTTP/1.1\nHost: e\n\n"),
            entry(1, "b", 1, "GET secret HTTP/1.1\r\n\r\n"),
            entry(1, "c", 1, "GET / HTTP/1.1\r\nHost: e\r\n"),
            entry(1, "d", 1, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nsecret"),
            entry(1, "e", 1, "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            entry(2, "f", 1, OK),
            entry(4, "g", 1, OK),
            entry(1, "h", 9_223_372_036_854_775_807L, GET).replace("9223372036854775807", "9999999999999999999"),
            "secret" + GorRecording.SEPARATOR,
        };
        ReadRecording read =
                ReadRecording.of(entry(1, "x", 1, GET) + String.join("", bad) + entry(1, "y", 2, GET) + "\n");
        assertThat(read.exchanges()).hasSize(2);
        assertThat(read.failure()).isEmpty();
        assertThat(read.problems()).hasSize(bad.length).noneMatch(problem -> problem.contains("secret"));
        for (int i = 0; i < bad.length; i++) {
            assertThat(read.problems().get(i)).startsWith("chat: entry " + (i + 2) + ": ");
        }
    }

    @Test
    void anEnormousEntryIsPassedOver() throws IOException {
        ReadRecording read = ReadRecording.of(
                entry(1, "x", 1, GET) + entry(1, "z", 1, "x".repeat(Recordings.LONGEST_ENTRY)) + entry(1, "y", 2, GET));
        assertThat(read.exchanges()).hasSize(2);
        assertThat(read.problems())
                .containsExactly("chat: entry 2: more than 16777216 bytes (expected: less); it is left out");
    }
}
