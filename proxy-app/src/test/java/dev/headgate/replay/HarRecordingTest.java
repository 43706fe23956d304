package dev.headgate.replay;

import static dev.headgate.replay.ReadRecording.har;
import static dev.headgate.replay.ReadRecording.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HARs as their many writers make them. */
class HarRecordingTest {
    private static String get(String url) {
        return "{\"request\":{\"method\":\"GET\",\"url\":\"" + url + "\"}}";
    }

    private static String post(String postData, String more) {
        return "{\"request\":{\"postData\":" + postData + more
                + ",\"method\":\"POST\",\"url\":\"http://edge.test/form\"}}";
    }

    private static String answer(String response) {
        return "{\"request\":{\"method\":\"GET\",\"url\":\"http://edge.test/\"},\"response\":" + response + "}";
    }

    @Test
    void readsAnEntryOfChrome() throws IOException {
        RecordedExchange read = har("""
                {"_initiator":{"type":"script","stack":{"callFrames":[{"url":"x","lineNumber":3}]}},"_priority":"High",
                 "_resourceType":"fetch","cache":{},"connection":"443","pageref":"page_1",
                 "request":{"method":"POST","url":"https://edge.test/api/v2/guests/messages?conversationId=1#top",
                   "httpVersion":"http/2.0",
                   "headers":[{"name":":authority","value":"edge.test"},{"name":":method","value":"POST"},
                     {"name":":path","value":"/api"},{"name":":scheme","value":"https"},
                     {"name":"authorization","value":"Bearer fake-token-1"},{"name":"content-length","value":"13"}],
                   "queryString":[{"name":"conversationId","value":"1"}],"cookies":[],"headersSize":-1,"bodySize":13,
                   "postData":{"mimeType":"application/json","text":"{\\"text\\":\\"\\u00fc\\"}"}},
                 "response":{"status":403,"statusText":"","httpVersion":"http/2.0",
                   "headers":[{"name":"content-type","value":"application/json"},{"name":"content-encoding","value":"gzip"}],
                   "cookies":[],"content":{"size":2,"mimeType":"application/json","text":"{}"},
                   "redirectURL":"","headersSize":-1,"bodySize":-1,"_transferSize":57,"_error":null},
                 "serverIPAddress":"127.0.0.1","startedDateTime":"2026-11-25T16:00:00.123Z","time":12.345678,
                 "timings":{"blocked":1.2,"dns":-1,"ssl":-1,"connect":-1,"send":0.1,"wait":10,"receive":1}}
                """).only();
        assertThat(read.place()).isEqualTo("chat: entry 1");
        assertThat(read.startMicros()).isEqualTo(1_795_622_400_123_000L);
        assertThat(read.durationMicros()).isEqualTo(12_346);
        assertThat(read.sanitized()).isFalse();
        assertThat(read.request().target()).isEqualTo("/api/v2/guests/messages?conversationId=1");
        assertThat(read.request().fields())
                .containsExactly(
                        new RecordedField("Host", "edge.test"),
                        new RecordedField("authorization", "Bearer fake-token-1"),
                        new RecordedField("content-length", "13"));
        assertThat(text(read.request().body())).isEqualTo("{\"text\":\"\u00fc\"}");
        assertThat(read.response().status()).isEqualTo(403);
        assertThat(text(read.response().body())).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-25T17:00:00.5+01:00, 1795622400500000",
        "2026-11-25T17:00:00.123456789+0100, 1795622400123456",
        "2026-11-25T16:00:00Z, 1795622400000000",
        "2026-11-25T16:00:00.000, 1795622400000000",
        "1969-12-31T23:59:59.999999Z, -1",
        "yesterday, 0",
    })
    void readsTimesOfAllZones(String time, long micros) throws IOException {
        String entry =
                get("http://edge.test/").replace("{\"request\"", "{\"startedDateTime\":\"" + time + "\",\"request\"");
        assertThat(har(entry).only().startMicros()).isEqualTo(micros);
    }

    @Test
    void anEntryWithoutATimeHasThatOfTheOneBefore() throws IOException {
        String first = get("http://edge.test/1")
                .replace("{\"request\"", "{\"startedDateTime\":\"1970-01-01T00:00:01Z\",\"request\"");
        assertThat(har(first, get("http://edge.test/2")).exchanges())
                .extracting(RecordedExchange::startMicros)
                .containsExactly(1_000_000L, 1_000_000L);
    }

    @ParameterizedTest
    @CsvSource({
        "http://edge.test, /, edge.test",
        "HTTPS://user:secret@edge.test:8443/a?b=c@d, /a?b=c@d, edge.test:8443",
        "wss://edge.test/v1?deploymentId=1, /v1?deploymentId=1, edge.test",
        "http://edge.test?q, /?q, edge.test",
        "http://[::1]:80/x y\u00fc, /x%20y%C3%BC, [::1]:80",
        "http://edge.test/a%2Fb;p=1//c, /a%2Fb;p=1//c, edge.test",
    })
    void takesTheUrlApart(String url, String target, String host) throws IOException {
        RecordedRequest request = har(get(url)).request();
        assertThat(request.target()).isEqualTo(target);
        assertThat(request.value("host")).isEqualTo(host);
    }

    @Test
    void whatWasNeverOnAWireIsPassedOver() throws IOException {
        ReadRecording read = har(
                get("data:text/plain,x"),
                get("blob:http://edge.test/1"),
                get("chrome-extension://abc/x.js"),
                get("http://edge.test/on"));
        assertThat(read.only().place()).isEqualTo("chat: entry 4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"text\":\"a=b\"}||a=b",
                "{\"text\":\"_w==\",\"encoding\":\"base64\"}||",
                "{\"text\":\"YT1i\",\"encoding\":\"base64\"}||a=b",
                "{\"params\":[{\"name\":\"a\",\"value\":\"b c\"},{\"name\":\"d%20e\",\"value\":\"%C3%BC\"}]}||a=b+c&d%20e=%C3%BC",
                "{\"mimeType\":\"application/x-www-form-urlencoded; charset=utf-8\",\"text\":\"\",\"params\":[{\"name\":\"a\"}]}||a=",
                "{\"mimeType\":\"multipart/form-data\",\"params\":[{\"name\":\"a\",\"fileName\":\"x.png\"}]}||?",
                "{}|,\"bodySize\":12|?",
                "{\"text\":null}|,\"headers\":[{\"name\":\"Content-Length\",\"value\":\"3\"}]|?",
                "null|,\"bodySize\":0|-",
                "{\"mimeType\":\"\",\"text\":\"\",\"params\":[]}|,\"bodySize\":-1|-",
            })
    void readsBodiesOfRequests(String postData, String more, String body) throws IOException {
        ReadRecording read = har(post(postData, more == null ? "" : more));
        if (body == null) {
            assertThat(read.exchanges()).isEmpty();
            assertThat(read.problems().toString()).contains("chat: entry 1: request.postData.text: no Base64");
            return;
        }
        RecordedBody found = read.request().body();
        assertThat(found.known()).isEqualTo(!body.equals("?"));
        assertThat(text(found)).isEqualTo(body.length() == 1 ? "" : body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"status\":200,\"content\":{\"size\":3,\"text\":\"abc\"}}|200|abc",
                "{\"status\":200,\"content\":{\"size\":-1,\"text\":\"YWJj\",\"encoding\":\"base64\"}}|200|abc",
                "{\"status\":200,\"content\":{\"size\":1048576,\"text\":\"abc\"}}|200|abc...",
                "{\"status\":200,\"content\":{\"size\":5}}|200|?",
                "{\"status\":200}|200|?",
                "{\"status\":204}|204|-",
                "{\"status\":304,\"content\":{\"size\":7}}|304|-",
                "{\"status\":200,\"content\":{\"size\":0,\"mimeType\":\"x-unknown\"}}|200|-",
                "{\"status\":0,\"statusText\":\"\",\"_error\":\"net::ERR_ABORTED\",\"headers\":[],\"content\":{}}|0|-",
                "{\"status\":\"201\",\"headers\":null,\"content\":null}|201|?",
            })
    void readsAnswers(String response, int status, String body) throws IOException {
        RecordedResponse read = har(answer(response)).response();
        assertThat(read.status()).isEqualTo(status);
        assertThat(read.body().known()).isEqualTo(!body.equals("?"));
        boolean part = body.endsWith("...");
        assertThat(text(read.body())).isEqualTo(body.length() == 1 ? "" : body.replace("...", ""));
        assertThat(read.body().isComplete()).isEqualTo(!part && !body.equals("?"));
    }

    @Test
    void anAnswerMayBeMissing() throws IOException {
        assertThat(har(answer("null")).only().response()).isNull();
        assertThat(har(get("http://edge.test/")).only().response()).isNull();
    }

    @Test
    void linesThatABrowserJoinedAreTakenApart() throws IOException {
        RecordedResponse read = har(answer(
                        "{\"status\":200,\"headers\":[{\"name\":\"set-cookie\",\"value\":\"a=1\\nb=2\"},"
                                + "{\"name\":\"bad name\",\"value\":\"x\"}]}"))
                .response();
        assertThat(read.fields())
                .containsExactly(new RecordedField("set-cookie", "a=1"), new RecordedField("set-cookie", "b=2"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', true",
        "Cookie, false",
        "AUTHORIZATION, false",
        "X-Other, true",
    })
    void withoutCredentialsItMayBeSanitized(String field, boolean sanitized) throws IOException {
        String headers = field.isEmpty() ? "" : "{\"name\":\"" + field + "\",\"value\":\"x\"}";
        String entry = get("http://edge.test/").replace("{\"method\"", "{\"headers\":[" + headers + "],\"method\"");
        assertThat(har(entry).only().sanitized()).isEqualTo(sanitized);
    }

    @Test
    void badEntriesAreToldAndTheOthersRead() throws IOException {
        String good = get("http://edge.test/good");
        ReadRecording read = har(
                "null",
                "{\"request\":null}",
                "{}",
                get("/relative"),
                get("ftp://edge.test/"),
                get("http:///x"),
                "{\"request\":{\"method\":\"CONNECT\",\"url\":\"https://edge.test:443\"}}",
                "{\"request\":{\"method\":\"secret T\",\"url\":\"https://edge.test\"}}",
                "{\"request\":{\"method\":\"GET\"}}",
                "{\"request\":{\"method\":{},\"url\":[]}}",
                "{\"request\":{\"headers\":[{\"name\":\"a\",\"value\":\"Bearer\\u0000secret\"}],\"method\":\"GET\",\"url\":\"http://e\"}}",
                answer("{\"status\":999}"),
                "{\"request\":tru}",
                "{\"request\":{\"url\":\"\\q\"}}",
                good);
        assertThat(read.exchanges()).hasSize(1);
        assertThat(read.exchanges().get(0).place()).isEqualTo("chat: entry 15");
        assertThat(read.failure()).isEmpty();
        assertThat(read.problems()).hasSize(14).noneMatch(problem -> problem.contains("secret"));
        for (int i = 0; i < 14; i++) {
            assertThat(read.problems().get(i)).startsWith("chat: entry " + (i + 1) + ": ");
        }
        assertThat(read.problems().get(0)).isEqualTo("chat: entry 1: entry: null (expected: an object)");
        assertThat(read.problems().get(3)).endsWith("request.url: no absolute http or https URL (expected: one)");
        assertThat(read.problems().get(11))
                .endsWith("response.status: 999 (expected: 100 to 599, or 0 where no answer came)");
    }

    @Test
    void anEntryThatIsNoUtf8SpoilsItselfOnly() throws IOException {
        ByteArrayOutputStream har = new ByteArrayOutputStream();
        har.writeBytes("{\"log\":{\"entries\":[{\"comment\":\"".getBytes(StandardCharsets.UTF_8));
        har.write(0xff);
        har.writeBytes(("\"}," + get("http://edge.test/") + "]}}").getBytes(StandardCharsets.UTF_8));
        ReadRecording read = ReadRecording.of("chat", har.toByteArray());
        assertThat(read.problems()).containsExactly("chat: entry 1: no UTF-8 (expected: JSON in UTF-8)");
        assertThat(read.exchanges()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"log\":{\"entries\":[ONE,{\"request\":{|1|chat: entry 2: cut off at byte",
                "{\"log\":{\"entries\":[ONE|1|chat: entry 2: cut off at byte",
                "{\"log\":{\"entries\":[ONE,|1|chat: entry 2: cut off at byte",
                "{\"log\":{\"entries\":[ONE]|1|chat: cut off at byte",
                "{\"log\":{\"entries\":[ONE,{\"a\":[}},ONE]}}|1|chat: entry 2: no well-formed JSON at byte",
                "{\"log\":{\"version\":\"2.0\",\"entries\":[ONE]}}|0|chat: log.version: 2.0 (expected: 1.2)",
                "{\"log\":{\"entries\":[ONE],\"version\":\"2.0\"}}|1|chat: log.version: 2.0 (expected: 1.2)",
                "{\"log\":{\"version\":\"1.2\"}}|0|chat: no log.entries (expected: a HAR 1.2)",
                "{\"log\":{\"entries\":{}}}|0|chat: no well-formed JSON at byte 18 (expected: an array as log.entries)",
                "{\"log\":[]}|0|chat: no well-formed JSON at byte 7 (expected: an object as log)",
            })
    void whatCannotBeReadFurtherIsToldAfterWhatCould(String har, int exchanges, String failure) throws IOException {
        ReadRecording read = ReadRecording.of(har.replace("ONE", get("http://edge.test/")));
        assertThat(read.exchanges()).hasSize(exchanges);
        assertThat(read.failure()).startsWith(failure);
    }

    @Test
    void anEnormousEntryIsPassedOver() throws IOException {
        String long1 =
                answer("{\"status\":200,\"content\":{\"text\":\"" + "x".repeat(Recordings.LONGEST_ENTRY) + "\"}}");
        ReadRecording read = har(long1, get("http://edge.test/"));
        assertThat(read.problems())
                .containsExactly("chat: entry 1: more than 16777216 bytes (expected: less); it is left out");
        assertThat(read.exchanges()).hasSize(1);
    }

    @Test
    void deepNestingIsTold() throws IOException {
        String deep = "{\"request\":" + "[".repeat(400) + "]".repeat(400) + "}";
        ReadRecording read = har(deep, get("http://edge.test/"));
        assertThat(read.problems()).singleElement().asString().startsWith("chat: entry 1: ");
        assertThat(read.exchanges()).hasSize(1);
        assertThat(har("[".repeat(600)).failure()).contains("nested more than 512 deep");
    }

    @Test
    void whatFollowsTheLogIsTold() throws IOException {
        ReadRecording read = ReadRecording.of("{\"log\":{\"entries\":[" + get("http://edge.test/") + "]}} {\"log\"");
        assertThat(read.exchanges()).hasSize(1);
        assertThat(read.problems()).singleElement().asString().startsWith("chat: more behind the end of the log");
        assertThat(List.of(read.failure())).containsExactly("");
    }
}
