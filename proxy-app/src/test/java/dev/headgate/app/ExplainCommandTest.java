package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import dev.headgate.session.TokenFingerprint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class ExplainCommandTest {
    private static final String HELP =
            " (expected: the admin port of a running headgate; name it by --admin or" + " HEADGATE_ADMIN)\n";

    @TempDir
    Path directory;

    private Sandbox sandbox;
    private RunningProxy proxy;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
        proxy = RunningProxy.before(sandbox.url(), directory, "");
    }

    @AfterEach
    void stop() {
        proxy.close();
        sandbox.close();
    }

    private record Ran(int exit, String out, String err) {}

    private static Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = new CommandLine(new ExplainCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
        return new Ran(exit, out.toString(), err.toString());
    }

    private Ran explain(String requestId, String... more) {
        String[] args = new String[more.length + 3];
        args[0] = requestId;
        args[1] = "--admin";
        args[2] = proxy.adminUrl();
        System.arraycopy(more, 0, args, 3, more.length);
        return run(args);
    }

    private String get(String target, String fields) throws Exception {
        RawClient.Response answer = RawClient.exchange(proxy.port(), RawClient.request("GET", target, fields, ""));
        proxy.record();
        return answer.field("x-request-id");
    }

    private JsonNode created() throws Exception {
        JsonNode identity =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        proxy.record();
        return identity;
    }

    @Test
    void reportsARefusalInAlignedLines() throws Exception {
        JsonNode ada = created();
        JsonNode grace = created();
        String id =
                RawClient.message(proxy.port(), RawClient.bearer(ada), grace).field("x-request-id");
        TokenFingerprint token = proxy.record().token();

        Ran ran = explain(id);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
        List<String> lines = ran.out().lines().toList();
        assertThat(lines.get(0)).isEqualTo(id + " POST /api/v2/guests/messages 403 deny session.guest");
        assertThat(lines.subList(1, lines.size())).allMatch(line -> line.matches(" {2}[a-z ]{12} [^ ].*"));
        String found = grace.path("guestId").asString();
        String expected = ada.path("guestId").asString();
        assertThat(lines)
                .contains(
                        "  decided by   edge, SessionIdCheck",
                        "  because      The guest id is not the one of this token: guestId in the body: " + found
                                + " (expected: the one that token " + token + " is bound to)",
                        "  compared     guestId in the body: found " + found + ", expected " + expected,
                        "  fields       Authorization        not sent",
                        "               Host                 not sent",
                        "  upstream     genesys, no answer",
                        "  what to do   Send each guest's own token; look for a server that caches one guest's"
                                + " Authorization field.")
                .anyMatch(line -> line.matches("  session      token " + token + ", [0-9]+\\.[0-9] s old"))
                .anyMatch(line -> line.matches("  time         20[0-9T:.Z-]+"))
                .anyMatch(line -> line.matches("  client       .*, HTTP/1.1, answered in [0-9]+\\.[0-9] ms"));
        assertThat(labels(lines))
                .containsExactly(
                        "time",
                        "decided by",
                        "because",
                        "compared",
                        "fields",
                        "session",
                        "upstream",
                        "client",
                        "what to do");
        assertThat(ran.out()).doesNotContain(ada.path("guest_token").asString(), "\u001b");
    }

    private static List<String> labels(List<String> lines) {
        return lines.stream()
                .skip(1)
                .map(line -> line.substring(0, 15).strip())
                .filter(label -> !label.isEmpty())
                .toList();
    }

    @Test
    void reportsAnExchangeThatPassed() throws Exception {
        JsonNode ada = created();
        RawClient.Response answer = RawClient.message(proxy.port(), RawClient.bearer(ada), ada);
        proxy.record();
        List<String> lines = explain(answer.field("x-request-id")).out().lines().toList();
        assertThat(lines.get(0)).endsWith(" POST /api/v2/guests/messages 200 allow -");
        assertThat(lines)
                .contains(
                        "  decided by   upstream",
                        "  correlation  ININ-Correlation-Id " + answer.field("ININ-Correlation-Id"),
                        "  what to do   Nothing: it passed.")
                .anyMatch(line -> line.matches(
                        "  upstream     genesys at 127\\.0\\.0\\.1:[0-9]+ answered 200, in [0-9]+\\.[0-9] ms"));
        assertThat(labels(lines)).doesNotContain("because", "compared");
    }

    @Test
    void reportsADiagnosis() throws Exception {
        proxy.close();
        sandbox.close();
        sandbox = Sandbox.start(SandboxConfig.defaults().withInjectedStatus(403));
        proxy = RunningProxy.before(sandbox.url(), directory, "");
        JsonNode ada = created();
        String id = RawClient.message(proxy.port(), RawClient.bearer(ada), ada).field("x-request-id");
        proxy.record();
        List<String> lines = explain(id).out().lines().toList();
        assertThat(lines.get(0)).endsWith(" POST /api/v2/guests/messages 403 allow -");
        assertThat(lines)
                .anyMatch(line -> line.startsWith("  because      Everything that the edge can check is right"
                        + " (flow.settings, possible): the Authorization field left here intact; "))
                .anyMatch(line -> line.matches(
                        "  upstream     genesys at 127\\.0\\.0\\.1:[0-9]+ answered 403, not\\.authorized, in .*"))
                .anyMatch(line -> line.matches("  correlation  contextId [0-9a-f-]{36}, ININ-Correlation-Id .*"));
    }

    @Test
    void reportsEachUseOfAnId() throws Exception {
        get("/first", "x-request-id: twice\r\n");
        get("/second", "x-request-id: twice\r\n");
        assertThat(explain("twice").out().lines().filter(line -> line.startsWith("twice ")))
                .containsExactly("twice GET /second 404 allow -", "twice GET /first 404 allow -");
        assertThat(explain("twice").out()).contains("\n\ntwice GET /first");
    }

    @Test
    void takesEachCharacterOfAnId() throws Exception {
        String id = "aZ0._~+/=:@-/b";
        assertThat(get("/", "x-request-id: " + id + "\r\n")).isEqualTo(id);
        assertThat(explain(id).out()).startsWith(id + " GET / ");
    }

    @Test
    void printsTheJsonAsItIs() throws Exception {
        String id = get("/", "");
        Ran ran = explain(id, "--json");
        assertThat(ran.exit()).isZero();
        assertThat(RunningProxy.JSON.readTree(ran.out()).path("request_id").asString())
                .isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "with a space", "a?b#c", "caf\u00e9", "%zz"})
    void doesNotKnowAnotherId(String id) throws Exception {
        get("/", "");
        for (String[] more : new String[][] {{}, {"--json"}}) {
            Ran ran = explain(id, more);
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err())
                    .isEqualTo(
                            "headgate: request id: unknown (expected: that of one of the 1 exchanges kept, or of an open WebSocket)\n");
        }
        assertThat(explain("x".repeat(100_000)).exit()).isEqualTo(1);
    }

    @Test
    void namesAnAdminPortThatDoesNotAnswer() {
        String url = proxy.adminUrl();
        proxy.close();
        Ran ran = run("a", "--admin", url);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("headgate: " + url + ": ").endsWith(HELP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "nowhere", "127.0.0.1:9090", "ftp://127.0.0.1:9090", "http://", "http://a b", "http:// "})
    void refusesWhatIsNoUrl(String url) {
        Ran ran = run("a", "--admin", url);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).isEqualTo("headgate: " + url + ": no http or https URL" + HELP);
    }

    @ParameterizedTest
    @CsvSource({
        "404, text/plain, nothing, it answered 404",
        "500, application/json, {}, it answered 500",
        "200, text/html, <p>, it answered 200",
        "200, application/json, <p>, it did not answer with JSON"
    })
    void tellsAnotherServerFromAnAdminPort(int status, String type, String body, String why) throws Exception {
        HttpServer other = serve(status, type, body);
        try {
            String url = "http://127.0.0.1:" + other.getAddress().getPort();
            Ran ran = run("a", "--admin", url + "/");
            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.err()).isEqualTo("headgate: " + url + "/: " + why + HELP);
        } finally {
            other.stop(0);
        }
    }

    private static HttpServer serve(int status, String type, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void showsNoControlCharacterOfAnotherServer() throws Exception {
        String hostile = "{\"request_id\":\"a\\u001b[2J\",\"exchanges\":[{\"method\":\"GET\",\"path\":\"/\\u009b\","
                + "\"status\":200,\"verdict\":\"allow\",\"detail\":\"\\u001b\",\"title\":\"t\","
                + "\"fields\":{\"Host\\u001b\":\"\\u001b\"}}]}";
        HttpServer other = serve(200, "application/json", hostile);
        try {
            Ran ran =
                    run("a", "--admin", "http://127.0.0.1:" + other.getAddress().getPort());
            assertThat(ran.exit()).isZero();
            assertThat(ran.out()).matches("[ -~\n]*").contains("\\u001b[2J GET /\\u009b 200 allow -");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void needsAnId() {
        assertThat(run().exit()).isEqualTo(2);
        assertThat(run().err()).contains("REQUEST_ID");
    }

    @Test
    void isHelpful() {
        Ran ran = run("--help");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .contains(
                        "--admin=URL",
                        "HEADGATE_ADMIN",
                        "http://127.0.0.1:9090.",
                        "--json",
                        "Exit codes:",
                        "REQUEST_ID");
    }

    @Test
    void isACommandOfTheProgramAndReadsTheEnvironment() throws Exception {
        String id = get("/", "");
        try (ChildProcess child =
                ChildProcess.run(directory, Map.of("HEADGATE_ADMIN", proxy.adminUrl()), "explain", id)) {
            assertThat(child.exit()).as(child.err()).isZero();
            assertThat(child.out()).startsWith(id + " GET / 404 allow -\n");
            assertThat(child.err()).isEmpty();
        }
        try (ChildProcess child =
                ChildProcess.run(directory, Map.of("HEADGATE_ADMIN", proxy.adminUrl()), "explain", "nobody")) {
            assertThat(child.exit()).isEqualTo(1);
        }
    }
}
