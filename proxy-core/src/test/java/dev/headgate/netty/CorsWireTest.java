package dev.headgate.netty;

import static dev.headgate.netty.Ask.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Cors;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.WireClient.Answer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lets a page's script read an answer (Fetch standard, section 3.2). */
@EachProtocol
class CorsWireTest extends GuardedWireTest {
    private static final String SHOP = "https://shop.example";
    private static final String EXPOSED = "x-request-id, x-headgate-reason, x-headgate-diagnosis, Proxy-Status,"
            + " WWW-Authenticate, ININ-Correlation-Id";
    private static final String THEIRS = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: false\r\n"
            + "Access-Control-Expose-Headers: X-Theirs\r\nVary: Accept\r\n";
    private static final String[] CORS_FIELDS = {
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-expose-headers",
        "access-control-allow-methods",
        "access-control-allow-headers",
        "access-control-max-age",
        "vary"
    };

    private void configure(boolean credentials, String... origins) {
        configure(Policy.ENFORCE, credentials, origins);
    }

    private void configure(Policy policy, boolean credentials, String... origins) {
        edge.use(GuardedEdge.settings((Organization) null, new Cors(Set.of(origins), credentials, 600)), policy);
    }

    private Answer refusal(String... fields) throws Exception {
        Answer answer = edge.ask(message("{}", fields));
        Refusals.check(answer, Reason.AUTH_MISSING, "absent", edge.record());
        return answer;
    }

    private static String preflight(String origin, String... more) {
        String[] fields = Ask.and(more, "Origin: " + origin);
        return Ask.request(
                "OPTIONS", "/api/v2/guests/messages", null, Ask.and(fields, "Access-Control-Request-Method: POST"));
    }

    private Answer told(String fields, String request) throws Exception {
        edge.api.script = seen -> List.of(GuestApi.answer(200, fields, "{}"));
        return answered(request, 200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.example",
                "http://localhost:3000",
                "null",
                "capacitor://localhost",
                "http://[::1]:8080"
            })
    void aPageCanReadWhyItWasRefused(String origin) throws Exception {
        Answer answer = refusal("Origin: " + origin);
        assertThat(answer.values("Access-Control-Allow-Origin")).containsExactly(origin);
        assertThat(answer.values("Vary")).containsExactly("Origin");
        assertThat(answer.values("Access-Control-Expose-Headers")).containsExactly(EXPOSED);
        assertThat(answer.values("Access-Control-Allow-Credentials")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: y",
                "Origin: https://a.example\r\nOrigin: https://a.example",
                "Origin: https://a.example, https://b.example",
                "Origin: https://a.example https://b.example",
                "Origin:",
                "Origin: \"https://a.example\"",
                "Origin: https://\u00e4.example",
                "Origin: *",
                "Origin: a.example",
                "Origin: tok0123456789abcdefghij",
                "Origin: https://a.example/path",
                "Origin: https://me@a.example",
                "long"
            })
    void withoutOneOriginThereIsNothingToAllow(String field) throws Exception {
        String sent = field.equals("long") ? "Origin: https://" + "a".repeat(300) + ".example" : field;
        Answer answer = refusal(sent);
        assertThat(answer.names()).doesNotContain(CORS_FIELDS);
        configure(true, "*");
        assertThat(refusal(sent).names()).doesNotContain(CORS_FIELDS);
    }

    @Test
    void whereTheUpstreamDecidesItsWordStays() throws Exception {
        Answer allowed = told(THEIRS, Ask.get("/elsewhere", "Origin: " + SHOP));
        assertThat(allowed.values("Access-Control-Allow-Origin")).containsExactly("*");
        assertThat(allowed.values("Access-Control-Allow-Credentials")).containsExactly("false");
        assertThat(allowed.values("Access-Control-Expose-Headers")).containsExactly("X-Theirs", EXPOSED);
        assertThat(allowed.values("Vary")).containsExactly("Accept");
        assertThat(told("", Ask.get("/elsewhere", "Origin: " + SHOP)).names()).doesNotContain(CORS_FIELDS);
        assertThat(told(THEIRS, Ask.get("/elsewhere")).values("Access-Control-Expose-Headers"))
                .containsExactly("X-Theirs");
    }

    @Test
    void aPreflightIsAnsweredHereWhereOriginsAreConfigured() throws Exception {
        configure(false, SHOP);
        Answer answer = edge.ask(preflight(SHOP, "Access-Control-Request-Headers: authorization, x-request-id"));
        ExchangeRecord record = edge.record();
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.names())
                .containsExactly(
                        "x-request-id",
                        "access-control-allow-origin",
                        "vary",
                        "access-control-allow-methods",
                        "access-control-allow-headers",
                        "access-control-max-age",
                        "vary");
        assertThat(answer.value("Access-Control-Allow-Origin")).isEqualTo(SHOP);
        assertThat(answer.value("Access-Control-Allow-Methods")).contains("POST", "DELETE");
        assertThat(answer.value("Access-Control-Allow-Headers")).isEqualTo("authorization, x-request-id");
        assertThat(answer.value("Access-Control-Max-Age")).isEqualTo("600");
        assertThat(answer.values("Vary"))
                .containsExactly("Origin", "Access-Control-Request-Method, Access-Control-Request-Headers");
        assertThat(record.status()).isEqualTo(204);
        assertThat(record.verdict()).isEqualTo(VerdictKind.ALLOW);
        assertThat(record.upstreamStatus()).isZero();
        assertThat(record.requestId()).isEqualTo(answer.value("x-request-id"));
        assertThat(edge.api.seen).isEmpty();
        assertThat(edge.ask(preflight(SHOP)).names()).doesNotContain("access-control-allow-headers");
        edge.record();
    }

    @Test
    void anUnlistedOriginIsRefused() throws Exception {
        configure(false, SHOP);
        for (String origin :
                List.of("https://shop.example:8443", "http://shop.example", "https://SHOP.example", "null")) {
            refused(preflight(origin), Reason.CORS_ORIGIN, "Origin: " + origin + " (expected: one of cors.origins)");
        }
        Answer answer = edge.ask(preflight("https://evil.example"));
        assertThat(answer.names()).doesNotContain(CORS_FIELDS);
        assertThat(edge.record().reason()).isEqualTo(Reason.CORS_ORIGIN);
        assertThat(refusal("Origin: https://evil.example").names()).doesNotContain(CORS_FIELDS);
        assertThat(refusal("Origin: " + SHOP).value("Access-Control-Allow-Origin"))
                .isEqualTo(SHOP);
        assertThat(edge.api.seen).isEmpty();
    }

    @Test
    void theUpstreamsWordIsReplaced() throws Exception {
        configure(true, SHOP);
        Answer allowed = told(THEIRS, Ask.get("/elsewhere", "Origin: " + SHOP));
        assertThat(allowed.values("Access-Control-Allow-Origin")).containsExactly(SHOP);
        assertThat(allowed.values("Access-Control-Allow-Credentials")).containsExactly("true");
        assertThat(allowed.values("Access-Control-Expose-Headers")).containsExactly("X-Theirs", EXPOSED);
        assertThat(allowed.values("Vary")).containsExactly("Accept", "Origin");
        for (String origin : List.of("https://evil.example", "a b", SHOP + "\r\nOrigin: " + SHOP)) {
            Answer foreign = told(THEIRS, Ask.get("/elsewhere", "Origin: " + origin));
            assertThat(foreign.values("Access-Control-Allow-Origin")).as(origin).isEmpty();
            assertThat(foreign.values("Access-Control-Allow-Credentials")).isEmpty();
        }
        assertThat(told(THEIRS, Ask.get("/elsewhere")).values("Access-Control-Allow-Origin"))
                .containsExactly("*");
    }

    @Test
    void credentialsAndAnyOrigin() throws Exception {
        configure(true, "*");
        for (String origin : List.of(SHOP, "null")) {
            Answer answer = edge.ask(preflight(origin));
            edge.record();
            assertThat(answer.values("Access-Control-Allow-Origin")).containsExactly(origin);
            assertThat(answer.values("Access-Control-Allow-Credentials")).containsExactly("true");
            assertThat(refusal("Origin: " + origin).values("Access-Control-Allow-Credentials"))
                    .containsExactly("true");
        }
    }

    @Test
    void observingLeavesTheUpstreamsWordInForce() throws Exception {
        configure(Policy.OBSERVE, false, SHOP);
        edge.api.script = seen -> List.of(GuestApi.answer(200, THEIRS, ""));
        Answer answer = edge.ask(preflight("https://evil.example"));
        ExchangeRecord record = edge.record();
        assertThat(answer.value("x-headgate-diagnosis")).isEqualTo("cors.origin");
        assertThat(record.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        assertThat(record.reason()).isEqualTo(Reason.CORS_ORIGIN);
        assertThat(answer.values("Access-Control-Allow-Origin")).containsExactly("*");
        assertThat(told(THEIRS, Ask.get("/elsewhere", "Origin: https://evil.example"))
                        .values("Access-Control-Allow-Origin"))
                .containsExactly("*");
    }

    @Test
    void whatIsNoPreflightOfAPageGoesOn() throws Exception {
        configure(false, SHOP);
        String method = "Access-Control-Request-Method: POST";
        passed(Ask.request("OPTIONS", "/api/v2/guests/messages", null, method));
        passed(Ask.request("OPTIONS", "/elsewhere", null, "Origin: " + SHOP));
        refused(
                Ask.request("OPTIONS", "/api/v2/guests/messages", null, "X-Http-Method: POST", method),
                Reason.AUTH_MISSING,
                "absent");
    }
}
