package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A profile that only the configuration knows guards an API that only this test knows. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OwnProfileWireTest {
    private static final String PROFILE = """
            profiles:
              desk:
                endpoints:
                  - method: POST
                    path: /desk/open
                    learns:
                      token: [/session/key]
                      ids: {guest: [/session/visitor], conversation: [/session/thread]}
                      purpose: [/why]
                      needs: {body: [/why]}
                  - method: POST
                    path: /desk/threads/{thread}/lines
                    guards:
                      schemes: [desk]
                      ids:
                        path: {thread: conversation}
                        query: {visitor: guest}
                        body: {/line/thread: conversation}
                      body: true
                      purpose: help
                  - method: DELETE
                    path: /desk/threads/{thread}
                    ends: conversation
                    guards: {schemes: [desk], ids: {path: {thread: conversation}}}
            """;

    @TempDir
    Path directory;

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();
    private HttpServer desk;
    private RunningProxy proxy;

    /** What the desk told a visitor. */
    private record Visitor(String key, String name, String thread) {}

    @BeforeEach
    void start() throws IOException {
        desk = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        desk.createContext("/desk/", this::answer);
        desk.start();
    }

    @AfterEach
    void stop() {
        if (proxy != null) {
            proxy.close();
        }
        desk.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        seen.add(request);
        String answer = "{}";
        if (request.equals("POST /desk/open")) {
            int n = opened.incrementAndGet();
            answer = "{\"session\":{\"key\":\"key-" + n + "-of-a-desk\",\"visitor\":\"v" + n + "\",\"thread\":\"t" + n
                    + "\"}}";
        }
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /**
     * @param route more lines of the route, each with four blanks before it
     * @param more keys of the configuration
     */
    private void serve(String route, String more) throws Exception {
        proxy = RunningProxy.of("""
                listeners:
                  - address: 127.0.0.1:0
                upstreams:
                  desk:
                    url: http://127.0.0.1:%d
                routes:
                  - path: /desk
                    upstream: desk
                    profile: desk
                """.formatted(desk.getAddress().getPort()) + route + PROFILE + more, directory);
    }

    private RawClient.Response send(String method, String target, String fields, String body) throws Exception {
        return RawClient.exchange(proxy.port(), RawClient.request(method, target, fields, body));
    }

    private Visitor open() throws Exception {
        RawClient.Response opened = send("POST", "/desk/open", "", "{\"why\":\"help\"}");
        assertThat(opened.status()).isEqualTo(200);
        assertThat(proxy.record().verdict()).isEqualTo(VerdictKind.ALLOW);
        JsonNode session = opened.json().path("session");
        return new Visitor(
                session.path("key").asString(),
                session.path("visitor").asString(),
                session.path("thread").asString());
    }

    private RawClient.Response line(Visitor as, String pathThread, String bodyThread, String query) throws Exception {
        return send(
                "POST",
                "/desk/threads/" + pathThread + "/lines" + query,
                "Authorization: Desk " + as.key() + "\r\n",
                "{\"line\":{\"thread\":\"" + bodyThread + "\",\"text\":\"Hello\"}}");
    }

    private void assertRefused(RawClient.Response answer, int status, String reason) throws Exception {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.field("x-headgate-reason")).isEqualTo(reason);
        ExchangeRecord record = proxy.record();
        assertThat(record.verdict()).isEqualTo(VerdictKind.DENY);
        assertThat(seen).as("what reached the desk").noneMatch(request -> request.contains("/threads/"));
    }

    private void assertObserved(RawClient.Response answer, String reason) throws Exception {
        assertThat(answer.status()).isEqualTo(200);
        ExchangeRecord record = proxy.record();
        assertThat(record.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        assertThat(record.reason()).isNotNull().hasToString(reason);
    }

    @Test
    void learnsAndLetsPass() throws Exception {
        serve("", "");
        Visitor ada = open();
        assertThat(line(ada, ada.thread(), ada.thread(), "?visitor=" + ada.name())
                        .status())
                .isEqualTo(200);
        assertThat(seen)
                .containsExactly(
                        "POST /desk/open", "POST /desk/threads/" + ada.thread() + "/lines?visitor=" + ada.name());
    }

    @Test
    void refusesAnotherConversationInTheBody() throws Exception {
        serve("", "");
        Visitor ada = open();
        Visitor grace = open();
        assertRefused(line(ada, ada.thread(), grace.thread(), ""), 403, "session.conversation");
    }

    @Test
    void refusesAnotherConversationInThePathAndAnotherGuestInTheQuery() throws Exception {
        serve("", "");
        Visitor ada = open();
        Visitor grace = open();
        assertRefused(line(ada, grace.thread(), ada.thread(), ""), 403, "session.conversation");
        assertRefused(line(ada, ada.thread(), ada.thread(), "?visitor=" + grace.name()), 403, "session.guest");
    }

    @Test
    void refusesWhatIsNoTokenOfTheDesk() throws Exception {
        serve("", "");
        Visitor ada = open();
        assertRefused(line(new Visitor("made-up", "v", "t"), "t", "t", ""), 401, "token.unknown");
        assertRefused(send("POST", "/desk/threads/t/lines", "", "{}"), 401, "auth.missing");
        String bearer = "Authorization: Bearer " + ada.key() + "\r\n";
        assertRefused(send("POST", "/desk/threads/t1/lines", bearer, "{}"), 401, "auth.malformed");
    }

    @Test
    void refusesAPurposeThatIsNotTheOne() throws Exception {
        serve("", "");
        RawClient.Response opened = send("POST", "/desk/open", "", "{\"why\":\"sales\"}");
        proxy.record();
        Visitor ada = new Visitor(opened.json().path("session").path("key").asString(), "v1", "t1");
        assertRefused(line(ada, "t1", "t1", ""), 403, "purpose.missing");
    }

    @Test
    void endsAConversation() throws Exception {
        serve("", "");
        Visitor ada = open();
        String key = "Authorization: Desk " + ada.key() + "\r\n";
        assertThat(send("DELETE", "/desk/threads/" + ada.thread(), key, "").status())
                .isEqualTo(200);
        proxy.record();
        seen.clear();
        assertRefused(line(ada, ada.thread(), ada.thread(), ""), 401, "token.ended");
    }

    @Test
    void observesOnItsRouteOnly() throws Exception {
        serve("    guard: {mode: observe}\n" + "  - {path: /desk/threads/t2, upstream: desk, profile: desk}\n", "");
        Visitor ada = open();
        Visitor grace = open();
        RawClient.Response sent = line(ada, ada.thread(), grace.thread(), "");
        assertThat(sent.field("x-headgate-reason")).isEmpty();
        assertObserved(sent, "session.conversation");
        assertThat(seen).last().isEqualTo("POST /desk/threads/" + ada.thread() + "/lines");
        seen.clear();
        assertRefused(line(ada, grace.thread(), ada.thread(), ""), 403, "session.conversation");
        List<JsonNode> log = proxy.closeAndReadLog();
        assertThat(log.get(2).path("verdict").asString()).isEqualTo("observe-deny");
        assertThat(log.get(2).path("reason").asString()).isEqualTo("session.conversation");
        assertThat(log.get(2).path("status").asInt()).isEqualTo(200);
    }

    @Test
    void observesOneReason() throws Exception {
        serve("", "guard: {reasons: {session.conversation: observe}}\n");
        Visitor ada = open();
        Visitor grace = open();
        assertObserved(line(ada, ada.thread(), grace.thread(), ""), "session.conversation");
        seen.clear();
        assertRefused(line(ada, ada.thread(), ada.thread(), "?visitor=" + grace.name()), 403, "session.guest");
    }

    @Test
    void enforcesOneReasonOfARouteThatObserves() throws Exception {
        serve("    guard: {mode: observe, reasons: {session.guest: enforce}}\n", "");
        Visitor ada = open();
        Visitor grace = open();
        assertRefused(line(ada, ada.thread(), ada.thread(), "?visitor=" + grace.name()), 403, "session.guest");
        assertObserved(line(ada, ada.thread(), grace.thread(), ""), "session.conversation");
    }

    @Test
    void takesUnknownTokensWhereTheRouteDoes() throws Exception {
        serve("    guard: {unknownToken: allow}\n", "");
        Visitor stranger = new Visitor("made-elsewhere", "v", "t");
        assertThat(line(stranger, "t", "t", "").status()).isEqualTo(200);
    }

    @Test
    void refusesAnIncompleteCreateRequestWhereThatIsEnforced() throws Exception {
        serve("    guard: {reasons: {identity.incomplete: enforce}}\n", "");
        assertRefused(send("POST", "/desk/open", "", "{}"), 400, "identity.incomplete");
        assertThat(seen).isEmpty();
    }

    @Test
    void forwardsAnIncompleteCreateRequestElsewhere() throws Exception {
        serve("", "");
        assertThat(send("POST", "/desk/open", "", "{}").status()).isEqualTo(200);
        assertThat(seen).containsExactly("POST /desk/open");
    }

    @Test
    void answersPreflightsOfTheOrigins() throws Exception {
        serve("", "cors: {origins: [https://chat.example], maxAge: 1m}\n");
        String asks = "Access-Control-Request-Method: POST\r\nOrigin: ";
        RawClient.Response mine = send("OPTIONS", "/desk/open", asks + "https://chat.example\r\n", "");
        assertThat(mine.status()).isEqualTo(204);
        assertThat(mine.field("access-control-allow-origin")).isEqualTo("https://chat.example");
        assertThat(mine.field("access-control-max-age")).isEqualTo("60");
        RawClient.Response other = send("OPTIONS", "/desk/open", asks + "https://evil.example\r\n", "");
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.field("x-headgate-reason")).isEqualTo("cors.origin");
        assertThat(seen).isEmpty();
    }
}
