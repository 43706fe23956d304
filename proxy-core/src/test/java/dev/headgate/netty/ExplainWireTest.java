package dev.headgate.netty;

import static dev.headgate.netty.Ask.get;
import static dev.headgate.netty.Ask.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Finding;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.WireClient.Answer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the edge makes of the upstream's own 401 and 403, and what its record keeps of them. */
@EachProtocol
class ExplainWireTest extends GuardedWireTest {
    private static final String CONTEXT = "0c1d2e3f-0000-4000-8000-00000000000c";

    private void told(int status, String body) {
        edge.api.script = seen -> List.of(GuestApi.answer(status, "Content-Type: application/json\r\n", body));
    }

    private static String error(@Nullable String code, @Nullable String contextId) {
        return "{\"message\":\"User not authenticated\",\"code\":" + quoted(code) + ",\"status\":403,\"contextId\":"
                + quoted(contextId) + ",\"details\":[],\"errors\":[]}";
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }

    /** Forwarded and refused upstream; explained as that. */
    private ExchangeRecord explained(String request, int status, Finding finding, Confidence confidence, String detail)
            throws Exception {
        Answer answer = edge.ask(request);
        ExchangeRecord record = edge.record();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.values("x-headgate-diagnosis")).containsExactly(finding.code());
        assertThat(answer.values("Proxy-Status"))
                .containsExactly("headgate; received-status=" + status + "; details=\"" + finding.code() + "\"");
        assertThat(answer.names()).doesNotContain("x-headgate-reason");
        assertThat(record.verdict()).isEqualTo(VerdictKind.ALLOW);
        assertThat(record.reason()).isNull();
        assertThat(record.evidence().check()).isNull();
        assertThat(record.evidence().diagnosis().finding()).isEqualTo(finding);
        assertThat(record.evidence().diagnosis().confidence()).isEqualTo(confidence);
        assertThat(record.evidence().diagnosis().detail()).contains(detail);
        return record;
    }

    private static String hello(Guest guest, String... fields) {
        return message(guest.message(), Ask.and(fields, guest.bearer()));
    }

    /** The edge that is nearer to the API knows better. */
    @ParameterizedTest
    @CsvSource({"x-headgate-diagnosis, org.missing", "x-headgate-reason, token.unknown"})
    void whatAnotherEdgeHasSaidStays(String field, String code) throws Exception {
        Guest me = edge.newGuest();
        edge.api.script = seen -> List.of(GuestApi.answer(403, field + ": " + code + "\r\n", "{}"));
        Answer answer = edge.ask(hello(me));
        assertThat(answer.values(field)).containsExactly(code);
        assertThat(answer.names()).doesNotContain("proxy-status");
        assertThat(answer.values("x-headgate-diagnosis")).hasSize(field.endsWith("diagnosis") ? 1 : 0);
        assertThat(edge.record().evidence()).isNull();
    }

    @Test
    void whatIsLeftWhenAllIsRight() throws Exception {
        Guest me = edge.newGuest();
        told(403, error("not.authorized", CONTEXT));
        ExchangeRecord record = explained(
                hello(me),
                403,
                Cause.FLOW_SETTINGS,
                Confidence.POSSIBLE,
                "the Authorization field left here intact; its token is 0 s old, of a lifetime of 900 s that is"
                        + " assumed; its scopes are not known; its ids are as issued; the upstream's region is not"
                        + " known");
        assertThat(record.evidence().error()).isEqualTo(new ApiError("not.authorized", CONTEXT));
    }

    @Test
    void aPurposeThatWasLeftOut() throws Exception {
        Guest me = GuestApi.newGuest();
        edge.api.script = seen -> List.of(GuestApi.identity(me, ""));
        answered(Ask.post("/api/v2/guests/identities", "{}", "Content-Type: application/json"), 200);
        told(403, error("not.authorized", CONTEXT));
        explained(
                get("/api/v2/guests/files", me.bearer()),
                403,
                Reason.PURPOSE_MISSING,
                Confidence.LIKELY,
                "the identity was created without a purpose, such as purpose: chat");
    }

    @Test
    void anOldToken() throws Exception {
        Guest me = edge.newGuest();
        told(403, error("not.authorized", CONTEXT));
        edge.advance(Duration.ofSeconds(450));
        explained(hello(me), 403, Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "450 s old");
        edge.advance(Duration.ofSeconds(1));
        explained(hello(me), 403, Reason.TOKEN_EXPIRED, Confidence.POSSIBLE, "451 s old");
        told(401, "");
        explained(hello(me), 401, Reason.TOKEN_REJECTED, Confidence.LIKELY, "451 s old");
    }

    @ParameterizedTest
    @CsvSource({
        "origin.not.allowed, origin.refused, CERTAIN, https://shop.example",
        "credentials.expired, token.expired, CERTAIN, 0 s old",
        "authentication.required, auth.lost, LIKELY, left here intact",
        "missing.division.permission, session.division, LIKELY, another division",
        "missing.permissions, scope.missing, LIKELY, missing.permissions",
        "missing.any.permissions, scope.missing, LIKELY, missing.any.permissions"
    })
    void whatTheApiSaysItself(String code, String finding, Confidence confidence, String detail) throws Exception {
        Guest me = edge.newGuest();
        told(403, error(code, null));
        Answer answer = edge.ask(hello(me, "Origin: https://shop.example"));
        ExchangeRecord record = edge.record();
        assertThat(answer.values("x-headgate-diagnosis")).containsExactly(finding);
        assertThat(record.evidence().diagnosis().confidence()).isEqualTo(confidence);
        assertThat(record.evidence().diagnosis().detail()).contains(detail);
        assertThat(record.evidence().error()).isEqualTo(new ApiError(code, null));
    }

    @Test
    void aRegionAnOrganizationAndAnUnknownToken() throws Exception {
        Guest me = edge.newGuest();
        told(403, "");
        edge.use(GuardedEdge.settings((Organization) null, null), GuardedEdge.ALLOW_UNKNOWN);
        explained(hello(me), 403, Cause.ORG_MISSING, Confidence.LIKELY, "no X-Genesys-Cloud-Id came");
        Guest unknown = GuestApi.newGuest();
        explained(hello(unknown, "X-Genesys-Cloud-Id: x"), 403, Reason.TOKEN_UNKNOWN, Confidence.LIKELY, "not issued");
    }

    @Test
    void anIdThatCouldNotBeChecked() throws Exception {
        Guest me = GuestApi.newGuest();
        edge.api.script = seen -> List.of(GuestApi.json("{\"token\":\"" + me.token() + "\"}"));
        answered(Ask.identity(), 200);
        told(403, "");
        explained(
                message("{\"divisionId\":\"" + me.divisionId() + "\"}", me.bearer()),
                403,
                Reason.SESSION_DIVISION,
                Confidence.POSSIBLE,
                "divisionId in the body could not be checked");
    }

    @Test
    void aCreateRequestWithAndWithoutAServiceAccount() throws Exception {
        told(403, error("not.authorized", CONTEXT));
        explained(
                Ask.identity("Authorization: Bearer service"),
                403,
                Reason.SCOPE_MISSING,
                Confidence.POSSIBLE,
                "guest:identity:write");
        explained(Ask.identity(), 403, Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "the upstream's region is not known");
    }

    @Test
    void whatWasObservedExplainsIt() throws Exception {
        edge.use(GuardedEdge.ENFORCE, Policy.OBSERVE);
        told(401, error("bad.credentials", CONTEXT));
        Answer answer = edge.ask(message("{}"));
        ExchangeRecord record = edge.record();
        assertThat(answer.values("x-headgate-diagnosis")).containsExactly("auth.missing");
        assertThat(answer.values("Proxy-Status"))
                .containsExactly("headgate; received-status=401; details=\"auth.missing\"");
        assertThat(record.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        assertThat(record.evidence().error()).isEqualTo(new ApiError("bad.credentials", CONTEXT));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 304, 400, 404, 429, 500, 503})
    void otherAnswersAreNotExplained(int status) throws Exception {
        Guest me = edge.newGuest();
        edge.api.script = seen -> List.of(
                status == 204 || status == 304
                        ? "HTTP/1.1 " + status + " Told\r\n\r\n"
                        : GuestApi.answer(status, "", error("not.authorized", CONTEXT)));
        Answer answer = edge.ask(hello(me));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.names()).doesNotContain("x-headgate-diagnosis", "proxy-status");
        assertThat(edge.record().evidence()).isNull();
    }

    @Test
    void norIsWhatNoProfileKnows() throws Exception {
        told(403, error("not.authorized", CONTEXT));
        for (String path : List.of("/elsewhere", "/api/v2/webmessaging/deployments/x")) {
            Answer answer = edge.ask(get(path, "Authorization: Bearer x"));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.names()).doesNotContain("x-headgate-diagnosis", "proxy-status");
            assertThat(edge.record().evidence()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Not.Authorized",
                "not authorized",
                "",
                ".not",
                "not\\u000aauthorized",
                "not\u00c3\u00a9",
                "eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
                "tok0123456789abcdefghij",
                "a0123456789abcdef0123456789abcdef",
                "LONG"
            })
    void aCodeThatLooksOddIsNotKept(String code) throws Exception {
        Guest me = edge.newGuest();
        told(403, error(code.equals("LONG") ? "a".repeat(65) : code, CONTEXT));
        edge.ask(hello(me));
        assertThat(edge.record().evidence().error()).isEqualTo(new ApiError(null, CONTEXT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "TOKEN",
                "0c1d2e3f-0000-4000-8000-00000000000",
                "0c1d2e3f-0000-4000-8000-00000000000g",
                "0c1d2e3f-0000-4000-8000-0000000000\\u0662\\u0663",
                "0c1d2e3f-0000-4000-8000-00000000000c\\n"
            })
    void aContextIdThatLooksOddIsNotKept(String contextId) throws Exception {
        Guest me = edge.newGuest();
        told(403, error("not.authorized", contextId.replace("TOKEN", me.token())));
        edge.ask(hello(me));
        assertThat(edge.record().evidence().error()).isEqualTo(new ApiError("not.authorized", null));
    }

    @Test
    void aCredentialIsNotKeptWhereverTheErrorSaysIt() throws Exception {
        String session = Knowledge.started(edge);
        told(403, error("not.authorized", session));
        edge.ask(get(Knowledge.ROOT + "/" + session));
        assertThat(edge.record().evidence().error()).isEqualTo(new ApiError("not.authorized", null));
        told(403, error("not.authorized", UUID.randomUUID().toString()));
        edge.ask(get(Knowledge.ROOT + "/" + session));
        assertThat(edge.record().evidence().error().contextId()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "[]", "{", "{\"code\":\"a.b\",\"code\":\"a.b\"}", "{\"code\":{}}", ""})
    void aBodyThatIsNoErrorTellsNothing(String body) throws Exception {
        Guest me = edge.newGuest();
        told(403, body);
        Answer answer = edge.ask(hello(me));
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.value("x-headgate-diagnosis")).isEqualTo("hop.refused");
        assertThat(edge.record().evidence().error()).isEqualTo(ApiError.NONE);
    }
}
