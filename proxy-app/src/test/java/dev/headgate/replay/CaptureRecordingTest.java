package dev.headgate.replay;

import static dev.headgate.replay.ReadRecording.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of captures. */
class CaptureRecordingTest {
    private static final String LINE = """
            {"version":1,"time":"2026-11-25T16:00:00.123456Z","request_id":"01a2","client":"127.0.0.1","later":{"x":[1]},\
            "verdict":"deny","reason":"session.guest","token":"00112233445566778899aabbccddeeff",\
            "request":{"method":"POST","target":"/api/v2/guests/messages?x=1","version":"HTTP/1.1",\
            "fields":[["Host","edge.test"],["Authorization","Bearer {{token:00112233445566778899aabbccddeeff}}"]],\
            "body":{"text":"{\\"guestId\\":\\"{{id:00112233445566778899aabbccddeeff}}\\"}"},"trailers":[]},\
            "response":{"status":403,"fields":[["Content-Type","application/json"]],"body":{"base64":"YWJj","size":70000}},\
            "aborted":null,"timings":{"total_us":1234,"upstream_us":1000,"added_us":40}}
            """;

    private static String line(String request) {
        return "{\"version\":1,\"time\":\"2026-11-25T16:00:00Z\",\"request\":" + request + "}\n";
    }

    @Test
    void readsALine() throws IOException {
        RecordedExchange read = ReadRecording.of(LINE).only();
        assertThat(read.place()).isEqualTo("chat:1");
        assertThat(read.startMicros()).isEqualTo(1_795_622_400_123_456L);
        assertThat(read.durationMicros()).isEqualTo(1234);
        assertThat(read.requestId()).isEqualTo("01a2");
        assertThat(read.verdict()).isEqualTo("deny");
        assertThat(read.reason()).isEqualTo("session.guest");
        assertThat(read.sanitized()).isFalse();
        RecordedRequest request = read.request();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/api/v2/guests/messages?x=1");
        assertThat(request.fields())
                .containsExactly(
                        new RecordedField("Host", "edge.test"),
                        new RecordedField("Authorization", "Bearer {{token:00112233445566778899aabbccddeeff}}"));
        assertThat(text(request.body())).isEqualTo("{\"guestId\":\"{{id:00112233445566778899aabbccddeeff}}\"}");
        assertThat(request.body().isComplete()).isTrue();
        assertThat(read.response().status()).isEqualTo(403);
        assertThat(text(read.response().body())).isEqualTo("abc");
        assertThat(read.response().body().size()).isEqualTo(70_000);
        assertThat(read.response().body().isComplete()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1013-11-25T16:00:00Z, -30171600000000000",
        "1969-12-31T23:59:59.999999Z, -1",
        "2500-01-01T00:00:00Z, 16725225600000000"
    })
    void readsTimesOfAllCenturies(String time, long micros) throws IOException {
        assertThat(ReadRecording.of(LINE.replace("2026-11-25T16:00:00.123456Z", time))
                        .only()
                        .startMicros())
                .isEqualTo(micros);
    }

    @Test
    void aRequestThatNobodyCouldReadIsNull() throws IOException {
        RecordedExchange read = ReadRecording.of(line("null")).only();
        assertThat(read.request()).isNull();
        assertThat(read.response()).isNull();
        assertThat(read.durationMicros()).isEqualTo(-1);
    }

    @Test
    void badLinesAreToldAndTheOthersRead() throws IOException {
        String good = line("{\"method\":\"GET\",\"target\":\"/good\",\"fields\":[]}");
        String[] bad = {
            "nothing\n",
            "{\"version\":2}\n",
            "{\"time\":\"2026-11-25T16:00:00Z\"}\n",
            "{\"version\":1}\n",
            "{\"version\":1,\"time\":\"secret\"}\n",
            line("{\"method\":\"GET\",\"target\":\"http://x/\",\"fields\":[]}"),
            line("{\"method\":\"GET\",\"target\":\"/\",\"fields\":[[\"secret\"]]}"),
            line("{\"method\":\"GET\",\"target\":\"/\",\"fields\":[[\"a b\",\"secret\"]]}"),
            line("{\"method\":\"GET\"}"),
            line("{\"method\":\"GET\",\"target\":\"/\",\"body\":{\"base64\":\"*secret\"}}"),
            line("{\"method\":\"GET\",\"target\":\"/\"} "),
            "[]\n",
            line("[]"),
            "{} {}\n",
        };
        bad[10] = line("{\"method\":\"GET\",\"target\":\"/\"").replace("}\n", "\n");
        ReadRecording read = ReadRecording.of(good + String.join("", bad) + "\n\r\n" + good);
        assertThat(read.exchanges()).extracting(RecordedExchange::place).containsExactly("chat:1", "chat:18");
        assertThat(read.failure()).isEmpty();
        assertThat(read.problems()).hasSize(bad.length).noneMatch(problem -> problem.contains("secret"));
        for (int i = 0; i < bad.length; i++) {
            assertThat(read.problems().get(i)).startsWith("chat:" + (i + 2) + ": ");
        }
        assertThat(read.problems().get(1)).isEqualTo("chat:3: version: 2 (expected: 1)");
        assertThat(read.problems().get(2)).isEqualTo("chat:4: version: none (expected: 1)");
    }

    @ParameterizedTest
    @CsvSource({"1, true", "30, false", "200, false"})
    void aTornLastLineIsPassedOver(int torn, boolean readable) throws IOException {
        String text = LINE + LINE;
        ReadRecording read = ReadRecording.of(text.substring(0, text.length() - torn));
        assertThat(read.exchanges()).hasSize(readable ? 2 : 1);
        assertThat(read.failure()).isEmpty();
        assertThat(read.problems()).hasSize(readable ? 0 : 1);
        if (!readable) {
            assertThat(read.problems().get(0)).startsWith("chat:2: torn off: no end of the line, as after a crash");
        }
    }

    @Test
    void anEnormousLineIsPassedOver() throws IOException {
        String enormous = line("{\"x\":\"" + "x".repeat(Recordings.LONGEST_ENTRY) + "\"}");
        ReadRecording read = ReadRecording.of(LINE + enormous + LINE);
        assertThat(read.exchanges()).extracting(RecordedExchange::place).containsExactly("chat:1", "chat:3");
        assertThat(read.problems())
                .containsExactly("chat:2: a line of more than 16777216 bytes (expected: less); it is left out");
    }
}
