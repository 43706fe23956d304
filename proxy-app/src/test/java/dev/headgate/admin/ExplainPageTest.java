package dev.headgate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Reason;
import dev.headgate.http.FieldName;
import dev.headgate.http.FieldNames;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.IdSource;
import dev.headgate.netty.ExchangeRecord.OrganizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.GuardedFields;
import dev.headgate.observe.Exchanges;
import dev.headgate.observe.OpenWebSockets;
import dev.headgate.observe.RecentExchanges;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(30)
class ExplainPageTest {
    private static final GateSettings SETTINGS = new GateSettings(
            new Organization(FieldName.of("X-Genesys-Cloud-Id"), "org", false),
            FieldName.of("x-request-id"),
            true,
            0,
            0,
            null);
    private static final Instant SINCE = Instant.parse("2023-11-14T22:13:20.105Z");
    private static final FieldNames GUARDED = new FieldNames(SETTINGS.guardedFields());

    private final RecentExchanges recent = new RecentExchanges(30);
    private final OpenWebSockets open = new OpenWebSockets(() -> SINCE);
    private AdminServer server;
    private AdminClient client;

    @BeforeEach
    void start() throws Exception {
        AdminPage page = new ExplainPage(recent, open, () -> SETTINGS);
        server = AdminServer.start("127.0.0.1", 0, Map.of("/explain", page, "/explain/", page));
        client = new AdminClient("http://127.0.0.1:" + server.port());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode explained(Exchanges exchange) throws Exception {
        recent.finished(exchange.record());
        return client.json("GET", "/explain/" + exchange.requestId)
                .path("exchanges")
                .path(0);
    }

    private JsonNode exchanges(String id) throws Exception {
        return client.json("GET", "/explain/" + id).path("exchanges");
    }

    @Test
    void tellsOfAnOpenWebSocketUntilItEnds() throws Exception {
        Exchanges exchange = Exchanges.good();
        exchange.requestId = "chat";
        exchange.method = "GET";
        exchange.status = 101;
        exchange.upstreamStatus = 101;
        open.upgraded(exchange.record());
        Exchanges again = Exchanges.good();
        again.requestId = "chat";
        again.status = 101;
        again.client = "192.0.2.9";
        again.path = "x".repeat(5000);
        open.upgraded(again.record());

        JsonNode both = exchanges("chat");
        assertThat(both).hasSize(2);
        assertThat(both.path(0).path("client").asString()).isEqualTo("192.0.2.9");
        assertThat(both.path(0).path("path").asString()).hasSize(512);
        JsonNode first = both.path(1);
        assertThat(first.path("time").asString()).isEqualTo("2023-11-14T22:13:20.005Z");
        assertThat(first.path("open_since").asString()).isEqualTo("2023-11-14T22:13:20.105Z");
        assertThat(first.path("verdict").asString()).isEqualTo("allow");
        assertThat(first.path("decided_by").asString()).isEqualTo("upstream");
        assertThat(first.path("status").asInt()).isEqualTo(101);
        assertThat(first.path("upstream_duration_ms").asDouble()).isEqualTo(1);
        assertThat(first.has("duration_ms")).isFalse();

        recent.finished(exchange.record());
        open.finished(exchange.record());
        JsonNode mixed = exchanges("chat");
        assertThat(mixed).hasSize(2);
        assertThat(mixed.path(0).has("open_since")).isTrue();
        assertThat(mixed.path(0).path("client").asString()).isEqualTo("192.0.2.9");
        assertThat(mixed.path(1).has("open_since")).isFalse();
        assertThat(mixed.path(1).has("duration_ms")).isTrue();

        recent.finished(again.record());
        open.finished(again.record());
        assertThat(exchanges("chat")).hasSize(2).noneMatch(each -> each.has("open_since"));
        assertThat(open.find("chat")).isEmpty();
    }

    private static GuardedFields having(String... names) {
        long present = 0;
        for (int i = 0; i < GUARDED.names().size(); i++) {
            for (String name : names) {
                present |= GUARDED.names().get(i).matches(name) ? 1L << i : 0;
            }
        }
        return new GuardedFields(GUARDED, present);
    }

    private Map<String, String> fates(Exchanges exchange) throws Exception {
        Map<String, String> fates = new HashMap<>();
        explained(exchange)
                .path("fields")
                .properties()
                .forEach(field -> fates.put(field.getKey(), field.getValue().asString()));
        return fates;
    }

    @Test
    void tellsAllThatIsKnown() throws Exception {
        Exchanges exchange = Exchanges.full();
        exchange.requestId = "all";
        JsonNode explained = explained(exchange);
        assertThat(explained.propertyNames())
                .containsExactly(
                        "time",
                        "method",
                        "path",
                        "status",
                        "route",
                        "upstream",
                        "upstream_address",
                        "verdict",
                        "decided_by",
                        "aborted",
                        "reason",
                        "title",
                        "detail",
                        "check",
                        "compared",
                        "diagnosis",
                        "upstream_status",
                        "upstream_code",
                        "upstream_context_id",
                        "upstream_correlation_id",
                        "upstream_request_id",
                        "client_request_id",
                        "fields",
                        "token",
                        "session_age_ms",
                        "client",
                        "protocol",
                        "duration_ms",
                        "upstream_duration_ms",
                        "what_to_do");
        assertThat(explained.path("time").asString()).isEqualTo("2023-11-14T22:13:20.005Z");
        assertThat(explained.path("compared").toString())
                .isEqualTo("{\"what\":\"guestId in the body\",\"found\":\"one\",\"expected\":\"another\"}");
        assertThat(explained.path("diagnosis").toString())
                .isEqualTo("{\"code\":\"flow.settings\",\"confidence\":\"possible\",\"title\":\""
                        + Cause.FLOW_SETTINGS.title() + "\",\"detail\":\"intact\"}");
        assertThat(explained.path("duration_ms").asDouble()).isEqualTo(1.234567);
    }

    @Test
    void leavesOutWhatIsNot() throws Exception {
        assertThat(explained(Exchanges.bare()).propertyNames())
                .containsExactly(
                        "time",
                        "method",
                        "path",
                        "verdict",
                        "decided_by",
                        "fields",
                        "client",
                        "protocol",
                        "duration_ms",
                        "what_to_do");
    }

    @Test
    void givesAllThatUsedTheId() throws Exception {
        for (int i = 0; i < 3; i++) {
            Exchanges exchange = Exchanges.good();
            exchange.requestId = "mine";
            exchange.path = "/" + i;
            recent.finished(exchange.record());
        }
        JsonNode answer = client.json("GET", "/explain/mine");
        assertThat(answer.path("request_id").asString()).isEqualTo("mine");
        assertThat(answer.path("exchanges").findValuesAsString("path")).containsExactly("/2", "/1", "/0");
    }

    @Test
    void takesEachCharacterOfAnId() throws Exception {
        Exchanges exchange = Exchanges.good();
        exchange.requestId = "aZ0._~+/=:@-/b";
        recent.finished(exchange.record());
        assertThat(client.get("/explain/aZ0._~+/=:@-/b").statusCode()).isEqualTo(200);
        assertThat(client.get("/explain/aZ0._%7e%2B%2f%3D%3A%40-%2Fb?x=y").statusCode())
                .isEqualTo(200);
    }

    @Test
    void knowsNoOtherId() throws Exception {
        recent.finished(Exchanges.good().record());
        recent.finished(Exchanges.good().record());
        for (String id : List.of("nobody", "018bcfe5-6800-7000-8000", "%22%3e")) {
            HttpResponse<String> answer = client.get("/explain/" + id);
            assertThat(answer.statusCode()).as(id).isEqualTo(404);
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
            assertThat(answer.body()).contains("one of the 2 exchanges kept").doesNotContain(id);
        }
        assertThat(client.raw("GET", "/explain/%zz"))
                .startsWith("HTTP/1.1 400 ")
                .contains("a malformed percent-encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/explain", "/explain/"})
    void listsTheNewest(String target) throws Exception {
        for (int i = 0; i < 25; i++) {
            Exchanges exchange = Exchanges.refused(Reason.AUTH_MISSING);
            exchange.requestId = "id-" + i;
            exchange.path = "/a\u009b\ud83d" + i;
            recent.finished(exchange.record());
        }
        recent.finished(Exchanges.good().record());
        List<String> lines = client.get(target).body().lines().toList();
        assertThat(lines).hasSize(21);
        assertThat(lines.get(0)).startsWith("GET /explain/REQUEST_ID tells").contains("26 are kept");
        assertThat(lines.get(1))
                .isEqualTo("2023-11-14T22:13:20.005Z 018bcfe5-6800-7000-8000-000000000001 POST /api/v2/guests/messages"
                        + " 200 allow -");
        assertThat(lines.get(2))
                .isEqualTo("2023-11-14T22:13:20.005Z id-24 POST /a\\u009b\\ud83d24 401 deny auth.missing");
        assertThat(lines.get(20)).contains(" id-6 ");
    }

    @Test
    void escapesHostileText() throws Exception {
        Exchanges exchange = Exchanges.good();
        exchange.path = "/\ud83d\u009b\"\u202e";
        recent.finished(exchange.record());
        HttpResponse<String> answer = client.get("/explain/" + exchange.requestId);
        assertThat(answer.body()).matches("[ -~\\n\\r]*");
        assertThat(client.json("GET", "/explain/" + exchange.requestId)
                        .path("exchanges")
                        .path(0)
                        .path("path")
                        .asString())
                .isEqualTo(exchange.path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void isOnlyRead(String method) throws Exception {
        HttpResponse<String> answer = client.send(method, "/explain/a");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void tellsTheFateOfEachFieldThatWasSent() throws Exception {
        Exchanges exchange = Exchanges.good();
        exchange.idSource = IdSource.CLIENT;
        exchange.organization = OrganizationFate.REPLACED;
        exchange.fields = having(
                "authorization",
                "host",
                "content-length",
                "transfer-encoding",
                "expect",
                "x-forwarded-for",
                "traceparent",
                "x-request-id",
                "x-genesys-cloud-id");
        assertThat(fates(exchange))
                .isEqualTo(Map.of(
                        "Authorization", "intact",
                        "Host", "set to the upstream's",
                        "Content-Length", "kept",
                        "Transfer-Encoding", "re-framed",
                        "Expect", "kept, unless the edge has answered it",
                        "X-Forwarded-For", "kept",
                        "traceparent", "kept",
                        "x-request-id", "client's, kept",
                        "X-Genesys-Cloud-Id", "replaced"));
    }

    @Test
    void tellsWhatTheEdgeAdds() throws Exception {
        Exchanges exchange = Exchanges.good();
        exchange.authorization = AuthorizationFate.ABSENT;
        exchange.fields = having();
        assertThat(fates(exchange))
                .isEqualTo(Map.of(
                        "Authorization", "absent",
                        "Host", "added: the upstream's",
                        "x-request-id", "made here",
                        "X-Genesys-Cloud-Id", "added"));
    }

    @Test
    void tellsWhatWasNotSent() throws Exception {
        Exchanges exchange = Exchanges.refused(Reason.TOKEN_EXPIRED);
        exchange.idSource = IdSource.REPLACED;
        exchange.fields = having("authorization", "host", "cookie", "x-request-id", "x-genesys-cloud-id");
        assertThat(fates(exchange))
                .isEqualTo(Map.of(
                        "Authorization", "not sent",
                        "Host", "not sent",
                        "Cookie", "not sent",
                        "x-request-id", "replaced: the client's is not usable",
                        "X-Genesys-Cloud-Id", "not sent"));
        exchange.organization = OrganizationFate.REFUSED;
        exchange.authorization = AuthorizationFate.ALTERED;
        exchange.requestId = "other";
        assertThat(fates(exchange))
                .containsEntry("X-Genesys-Cloud-Id", "refused")
                .containsEntry("Authorization", "altered; the exchange was closed");
    }

    @Test
    void knowsNoFieldOfAHeadThatCannotBeRead() throws Exception {
        Exchanges exchange = Exchanges.refused(Reason.HEAD_MALFORMED);
        exchange.fields = GuardedFields.NONE;
        assertThat(fates(exchange)).isEqualTo(Map.of("x-request-id", "made here"));
    }

    @ParameterizedTest
    @CsvSource({
        "ALLOW, 200, 200, , , upstream",
        "ALLOW, 404, 404, , , upstream",
        "OBSERVE_DENY, 200, 200, SCOPE_MISSING, , upstream",
        "DENY, 403, 0, SESSION_GUEST, , edge",
        "DENY, 200, 200, FRAMING_AMBIGUOUS, DOWNSTREAM, edge",
        "ALLOW, 502, 0, UPSTREAM_UNREACHABLE, , edge",
        "ALLOW, 502, 502, UPSTREAM_INVALID, , edge",
        "OBSERVE_DENY, 504, 0, SCOPE_MISSING, , edge",
        "ALLOW, 204, 0, , , edge",
        "ALLOW, 0, 0, , DOWNSTREAM, nobody",
        "ALLOW, 200, 200, , UPSTREAM, nobody"
    })
    void tellsWhoDecided(
            VerdictKind verdict, int status, int upstreamStatus, Reason reason, Side aborted, String decidedBy)
            throws Exception {
        Exchanges exchange = Exchanges.good();
        exchange.verdict = verdict;
        exchange.status = status;
        exchange.upstreamStatus = upstreamStatus;
        exchange.reason = reason;
        exchange.aborted = aborted;
        assertThat(explained(exchange).path("decided_by").asString()).isEqualTo(decidedBy);
    }

    @Test
    void decidesWhenItFindsAnAlteredField() throws Exception {
        Exchanges exchange = Exchanges.bare();
        exchange.authorization = AuthorizationFate.ALTERED;
        exchange.aborted = Side.UPSTREAM;
        JsonNode explained = explained(exchange);
        assertThat(explained.path("decided_by").asString()).isEqualTo("edge");
        assertThat(explained.path("what_to_do").asString()).contains("report it");
    }

    @ParameterizedTest
    @EnumSource
    void advisesForEachReason(Reason reason) throws Exception {
        JsonNode explained = explained(Exchanges.refused(reason));
        assertThat(explained.path("what_to_do").asString()).isEqualTo(reason.advice());
        assertThat(explained.path("title").asString()).isEqualTo(reason.title());
    }

    @ParameterizedTest
    @EnumSource
    void advisesForEachDiagnosis(Cause cause) throws Exception {
        Exchanges exchange = Exchanges.good();
        exchange.status = 403;
        exchange.upstreamStatus = 403;
        exchange.evidence = new Evidence(null, null, new Diagnosis(cause, Confidence.LIKELY, "d"), ApiError.NONE);
        assertThat(explained(exchange).path("what_to_do").asString()).isEqualTo(cause.advice());
    }

    @ParameterizedTest
    @CsvSource({
        "200, 200, , Nothing: it passed.",
        "304, 304, , Nothing: it passed.",
        "404, 404, , 'Ask the upstream, with the ids above'",
        "500, 500, , 'Ask the upstream, with the ids above'",
        "204, 0, , Nothing: the edge answered the preflight itself.",
        "0, 0, DOWNSTREAM, Look at the client",
        "200, 200, UPSTREAM, Look at the upstream"
    })
    void advisesWithoutAFinding(int status, int upstreamStatus, Side aborted, String advice) throws Exception {
        Exchanges exchange = Exchanges.good();
        exchange.status = status;
        exchange.upstreamStatus = upstreamStatus;
        exchange.aborted = aborted;
        assertThat(explained(exchange).path("what_to_do").asString()).startsWith(advice);
    }

    @Test
    void saysThatAnObservedFindingPassed() throws Exception {
        Exchanges exchange = Exchanges.good();
        exchange.verdict = VerdictKind.OBSERVE_DENY;
        exchange.reason = Reason.SCOPE_MISSING;
        assertThat(explained(exchange).path("what_to_do").asString())
                .isEqualTo("Nothing yet: this is only observed. " + Reason.SCOPE_MISSING.advice());
        exchange.requestId = "other";
        exchange.status = 403;
        exchange.upstreamStatus = 403;
        assertThat(explained(exchange).path("what_to_do").asString()).isEqualTo(Reason.SCOPE_MISSING.advice());
    }
}
