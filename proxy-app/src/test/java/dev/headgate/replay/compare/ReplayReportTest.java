package dev.headgate.replay.compare;

import static dev.headgate.replay.compare.Exchanges.answer;
import static dev.headgate.replay.compare.Exchanges.body;
import static dev.headgate.replay.compare.Exchanges.failed;
import static dev.headgate.replay.compare.Exchanges.recorded;
import static dev.headgate.replay.compare.Exchanges.replayed;
import static dev.headgate.replay.compare.Exchanges.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.OwnThread;
import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.replay.ReplayedExchange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReplayReportTest {
    private static final String SUBJECT = "chat.ndjson against http://127.0.0.1:8080";
    private static final String SCRIPT = "<script>alert('\"&\u0000\u001b[31m\u202e')</script>";

    @TempDir
    private Path directory;

    private final ReplayReport report = new ReplayReport(new ReplayComparison(), SUBJECT);

    private String table(boolean colours) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report.writeTable(new PrintStream(out, true, StandardCharsets.UTF_8), colours);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String html() throws Exception {
        Path file = directory.resolve("out.html");
        report.writeHtml(file);
        return Files.readString(file);
    }

    private String json() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report.writeJson(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String junit() throws Exception {
        Path file = directory.resolve("out.xml");
        report.writeJunit(file);
        return Files.readString(file);
    }

    private static Document xml(String text) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void acceptAFew() {
        RecordedExchange messages = recorded(
                "allow", null, request("POST", "/api/v2/guests/messages?x=1"), Exchanges.json("{\"text\":\"hello\"}"));
        report.accept(replayed(messages, Exchanges.json("{\"text\":\"hello\"}")));
        report.accept(replayed(messages, Exchanges.json("{\"text\":\"bye\"}")));
        report.accept(replayed(messages, answer(403, body("{}"), "x-headgate-reason", "session.guest")));
        report.accept(failed(
                recorded("allow", null, request("GET", "/api/v2/guests/1234"), Exchanges.json("{}")),
                "connect refused"));
        report.found("chat.har: entry 12", "no request (expected: one)");
    }

    @Test
    void writesATable() {
        acceptAFew();
        assertThat(table(false).lines().map(String::stripTrailing))
                .containsExactly(
                        "DIFFERENCE                  COUNT  FIRST EXAMPLE",
                        "body /text                      1  POST /api/v2/guests/messages?x=1",
                        "                                   chat.ndjson: line 3, 01a2b3",
                        "                                   recorded  \"hello\"",
                        "                                   replayed  \"bye\"",
                        "status 200 -> 403               1  POST /api/v2/guests/messages?x=1",
                        "                                   chat.ndjson: line 3, 01a2b3",
                        "verdict allow -> deny           1  POST /api/v2/guests/messages?x=1",
                        "                                   chat.ndjson: line 3, 01a2b3",
                        "reason - -> session.guest       1  POST /api/v2/guests/messages?x=1",
                        "                                   chat.ndjson: line 3, 01a2b3",
                        "failed connect refused          1  GET /api/v2/guests/1234",
                        "                                   chat.ndjson: line 3, 01a2b3",
                        "                                   recorded  200",
                        "                                   replayed  connect refused",
                        "",
                        "LATENCY in ms of 3 exchanges               p50       p99     p99.9       max",
                        "recorded                                  1.20      1.20      1.20      1.20",
                        "replayed                                  1.30      1.30      1.30      1.30",
                        "",
                        "4 exchanges replayed, 3 differ (5 kinds), 1 not replayed");
        assertThat(report.differs()).isTrue();
    }

    @Test
    void coloursWhereAsked() {
        acceptAFew();
        assertThat(table(false)).doesNotContain("\u001b");
        assertThat(table(true)).contains("\u001b[31m");
        assertThat(table(true).replaceAll("\u001b\\[\\d+m", "")).isEqualTo(table(false));
    }

    @Test
    void saysThatNothingDiffers() throws Exception {
        report.accept(replayed(Exchanges.recorded(Exchanges.json("{}")), Exchanges.json("{}")));
        assertThat(report.differs()).isFalse();
        assertThat(table(false)).endsWith("1 exchange replayed, none differs" + System.lineSeparator());
        assertThat(html()).contains("Nothing differs");
        xml(html());
    }

    @Test
    void reportsNothingAtAll() throws Exception {
        assertThat(table(false).strip()).isEqualTo("nothing was replayed");
        xml(html());
        xml(junit());
        assertThat(JsonMapper.shared().readTree(json()).path("exchanges").asInt())
                .isZero();
    }

    @Test
    void countsWhatHadNothingToCompare() {
        report.accept(replayed(Exchanges.recorded((RecordedResponse) null), Exchanges.json("{}")));
        assertThat(report.summary()).isEqualTo("1 exchange replayed, none differs, 1 without a recorded answer");
    }

    @Test
    void countsWhateverTheThread() throws Exception {
        RecordedExchange recorded = Exchanges.recorded(Exchanges.json("{\"a\":1}"));
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(OwnThread.run(() -> {
                for (int j = 0; j < 5000; j++) {
                    report.accept(replayed(recorded, Exchanges.json("{\"a\":2}")));
                }
            }));
        }
        for (CompletableFuture<Void> thread : threads) {
            thread.get(20, TimeUnit.SECONDS);
        }
        assertThat(report.summary()).isEqualTo("20,000 exchanges replayed, 20,000 differ (1 kind)");
    }

    @Test
    void aFailureLikeTheRecordedOneIsNone() throws Exception {
        report.accept(failed(Exchanges.recorded(answer(0, RecordedBody.NONE)), "closed"));
        assertThat(report.summary()).isEqualTo("1 exchange replayed, none differs");
        assertThat(html()).contains("<b>0</b>failed");
    }

    @Test
    void writesJson() throws Exception {
        acceptAFew();
        JsonNode root = JsonMapper.shared().readTree(json());
        assertThat(root.path("version").asInt()).isEqualTo(1);
        assertThat(root.path("subject").asString()).isEqualTo(SUBJECT);
        assertThat(root.path("exchanges").asInt()).isEqualTo(4);
        assertThat(root.path("differ").asInt()).isEqualTo(3);
        assertThat(root.path("failed").asInt()).isEqualTo(1);
        assertThat(root.path("not_replayed").asInt()).isEqualTo(1);
        assertThat(root.path("uncompared").asInt()).isZero();
        assertThat(root.path("other_differences").asInt()).isZero();
        JsonNode first = root.path("differences").get(0);
        assertThat(first.path("kind").asString()).isEqualTo("body /text");
        assertThat(first.path("count").asInt()).isEqualTo(1);
        assertThat(first.path("examples").get(0).toString())
                .isEqualTo("{\"place\":\"chat.ndjson: line 3\",\"request_id\":\"01a2b3\",\"method\":\"POST\","
                        + "\"target\":\"/api/v2/guests/messages?x=1\",\"recorded\":\"\\\"hello\\\"\","
                        + "\"replayed\":\"\\\"bye\\\"\"}");
        assertThat(root.path("endpoints").get(1).toString())
                .isEqualTo("{\"endpoint\":\"GET /api/v2/guests/*\",\"exchanges\":1,\"differ\":1}");
        assertThat(root.path("latency_ms").path("replayed").path("p99_9").asDouble())
                .isEqualTo(1.3);
        assertThat(root.path("problems").get(0).path("place").asString()).isEqualTo("chat.har: entry 12");
    }

    @Test
    void writesJunit() throws Exception {
        acceptAFew();
        Document document = xml(junit());
        Element suites = document.getDocumentElement();
        assertThat(suites.getTagName()).isEqualTo("testsuites");
        Element suite = (Element) document.getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("tests")).isEqualTo("3");
        assertThat(suite.getAttribute("failures")).isEqualTo("2");
        assertThat(suite.getAttribute("skipped")).isEqualTo("1");
        NodeList cases = document.getElementsByTagName("testcase");
        assertThat(cases.getLength()).isEqualTo(3);
        Element messages = (Element) cases.item(0);
        assertThat(messages.getAttribute("name")).isEqualTo("POST /api/v2/guests/messages");
        Element failure = (Element) messages.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message"))
                .isEqualTo("2 of 3 exchanges differ: body /text, status 200 -> 403, verdict allow -> deny");
        assertThat(failure.getTextContent()).contains("1 x body /text\n  chat.ndjson: line 3: \"hello\" -> \"bye\"\n");
        assertThat(document.getElementsByTagName("skipped").getLength()).isEqualTo(1);
    }

    /** Whatever a client, a server or a file says, it stays text. */
    @Test
    void escapesEverything() throws Exception {
        RecordedExchange recorded = new RecordedExchange(
                SCRIPT,
                0,
                1,
                SCRIPT,
                SCRIPT,
                SCRIPT,
                request("GET" + SCRIPT, "/" + SCRIPT + "?" + SCRIPT),
                answer(
                        200,
                        Exchanges.body("{\"<script>\":\"<script>\",\"\\u0000\":\"\\u001b]8;;x\",\"a\":\"\\ud800\"}"),
                        "content-type",
                        "application/json"),
                false);
        ReplayedExchange replayed = new ReplayedExchange(
                recorded,
                answer(
                        200,
                        Exchanges.body("{\"<script>\":\"</code>\",\"a\":1}"),
                        "content-type",
                        SCRIPT,
                        "x-headgate-reason",
                        SCRIPT),
                null,
                2,
                List.of(SCRIPT));
        report.accept(replayed);
        report.accept(failed(recorded, SCRIPT));
        report.found(SCRIPT, SCRIPT);

        assertThat(xml(html()).getElementsByTagName("script").getLength()).isZero();
        assertThat(html())
                .doesNotContain("<script", "\u0000", "\u001b", "\u202e")
                .contains("&lt;script&gt;");
        xml(junit());
        assertThat(junit()).doesNotContain("<script", "\u0000", "\u001b", "\u202e");
        JsonMapper.shared().readTree(json());
        assertThat(json()).doesNotContain("\u0000", "\u001b", "\u202e");
        assertThat(table(false)).doesNotContain("\u0000", "\u001b", "\u202e");
    }

    @Test
    void aPageNeedsNothingElse() throws Exception {
        acceptAFew();
        String html = html();
        assertThat(html)
                .contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
                .doesNotContain("src=", "href=", "url(", "@import", "style=", "<script", "onclick");
        Document page = xml(html);
        assertThat(page.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(page.getElementsByTagName("details").getLength()).isEqualTo(5);
    }

    /** As a token may stand anywhere, it is in every place that is shown. */
    @Test
    void showsNoToken() throws Exception {
        List<String> tokens = List.of(
                "gst_4f9A8bC7dE6f5A4b3C2d1E0f",
                "eyJhbGciOiJIUzI1NiJ9.eyJvcmciOiJhIn0.c2lnbmF0dXJl",
                "abcDEF123/ghiJKL456+mnoPQR789==",
                "justletterscredential");
        for (String token : tokens) {
            // The request's own credential is masked whatever it looks like, others by their looks.
            String credential = token.matches("[a-z]+") ? token : "another";
            RecordedExchange recorded = new RecordedExchange(
                    "chat.har: entry 1",
                    0,
                    1,
                    null,
                    null,
                    null,
                    request(
                            "GET",
                            "/a/" + token + "?token=" + token + "&x=" + token,
                            "authorization",
                            "Bearer " + credential),
                    answer(
                            200,
                            Exchanges.body("{\"a\":\"the " + token + " here\",\"" + token + "\":1,\"token\":\"" + token
                                    + "\",\"password\":\"hunter2\",\"b\":\"Bearer hunter2\",\"c\":{\"x\":\"" + token
                                    + "\"}}"),
                            "Location",
                            "/x?y=" + token,
                            "x-own",
                            "Bearer " + token,
                            "content-type",
                            "application/json"),
                    false);
            ReplayReport own = new ReplayReport(new ReplayComparison(List.of(), List.of("x-own")), SUBJECT);
            own.accept(replayed(
                    recorded,
                    answer(
                            200,
                            Exchanges.body("{\"a\":\"no\",\"password\":\"\",\"token\":\"\",\"b\":\"\"}"),
                            "Location",
                            "/z?y=" + token,
                            "x-own",
                            "none",
                            "x-headgate-reason",
                            token)));
            own.accept(replayed(
                    Exchanges.recorded(answer(200, Exchanges.body("short, then token=hunter2"))),
                    answer(200, Exchanges.body("other, then token=hunter2"))));
            Path html = directory.resolve("t.html");
            Path junit = directory.resolve("t.xml");
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            own.writeHtml(html);
            own.writeJunit(junit);
            own.writeJson(out);
            own.writeTable(new PrintStream(out, true, StandardCharsets.UTF_8), false);
            String all = Files.readString(html) + Files.readString(junit) + out.toString(StandardCharsets.UTF_8);
            assertThat(all).contains("[masked]").doesNotContain(token, "hunter2");
            assertThat(all).doesNotContain(token.substring(0, 12));
        }
    }

    /** A placeholder tells whether two values were the same, and nothing else. */
    @Test
    void showsPlaceholdersAsTheyAre() {
        String placeholders = "{{id:" + "0a".repeat(16) + "}} has {{token:" + "1b".repeat(16) + "}}";
        report.accept(replayed(
                Exchanges.recorded(Exchanges.json("{\"a\":\"" + placeholders + "\"}")),
                Exchanges.json("{\"a\":\"b\"}")));

        assertThat(table(false)).contains("recorded  \"" + placeholders + '"').doesNotContain("[masked]");
    }

    /** A token that is cut does not look like one. */
    @Test
    void cutsNoTokenInTwo() throws Exception {
        String token = "gst_4f9A8bC7dE6f5A4b3C2d1E0f";
        for (int before = 4000; before < 4100; before += 7) {
            RecordedExchange recorded =
                    Exchanges.recorded(Exchanges.json("{\"a\":\"" + "x ".repeat(before / 2) + token + "\"}"));
            report.accept(replayed(recorded, Exchanges.json("{\"a\":\"b\"}")));
            RecordedExchange text =
                    Exchanges.recorded(answer(200, Exchanges.body("q ".repeat(50) + "w ".repeat(before / 20) + token)));
            report.accept(replayed(text, answer(200, Exchanges.body("q ".repeat(50) + "other"))));
        }
        assertThat(json()).doesNotContain("gst_");
    }

    @Test
    void isBoundedWhateverComes() throws Exception {
        ReplayReport many = new ReplayReport(new ReplayComparison(), SUBJECT);
        long before = used();
        RecordedResponse one = answer(200, RecordedBody.NONE);
        for (int i = 0; i < 1_000_000; i++) {
            RecordedExchange recorded = recorded(
                    "allow", null, request("GET", "/p" + "qrstuvwxyz".charAt(i % 10) + Integer.toString(i, 36)), one);
            if (i % 2 == 0) {
                many.acceptVerdict(recorded, "deny", "code" + Integer.toString(i, 26));
            } else {
                many.accept(replayed(recorded, one));
            }
        }
        assertThat(used() - before).isLessThan(16L << 20);
        assertThat(many.kinds()).hasSize(1000);
        assertThat(many.otherKinds()).isEqualTo(500_000 - 999);
        assertThat(many.summary()).isEqualTo("1,000,000 exchanges replayed, 500,000 differ (more than 1,000 kinds)");
        assertThat(many.endpoints()).hasSize(1001);
        Path file = directory.resolve("many.html");
        many.writeHtml(file);
        xml(Files.readString(file));
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
