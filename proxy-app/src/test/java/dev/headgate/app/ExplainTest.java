package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.admin.AdminClient;
import dev.headgate.gate.Reason;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the admin port says of exchanges that the product has really had. */
@Timeout(60)
class ExplainTest {
    private static final String NO_UUID = "guest-4711-of-the-other-tab";

    @TempDir
    Path directory;

    private Sandbox sandbox;
    private RunningProxy proxy;
    private AdminClient admin;
    private JsonNode ada;

    @BeforeEach
    void start() throws Exception {
        start(SandboxConfig.defaults());
    }

    private void start(SandboxConfig config) throws Exception {
        sandbox = Sandbox.start(config.withOrganizationId(RunningProxy.ORGANIZATION));
        proxy = RunningProxy.before(sandbox.url(), directory, "");
        admin = new AdminClient(proxy.adminUrl());
    }

    @AfterEach
    void stop() {
        proxy.close();
        sandbox.close();
    }

    private JsonNode created() throws Exception {
        JsonNode identity =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        proxy.record();
        return identity;
    }

    /** What there is to say of the exchange that this is the answer of. */
    private JsonNode explained(RawClient.Response answer) throws Exception {
        proxy.record();
        JsonNode body = admin.json("GET", "/explain/" + answer.field("x-request-id"));
        assertThat(body.path("request_id").asString()).isEqualTo(answer.field("x-request-id"));
        assertThat(body.path("exchanges")).hasSize(1);
        return body.path("exchanges").path(0);
    }

    private RawClient.Response messageAs(JsonNode guest, JsonNode ids) throws Exception {
        return RawClient.message(proxy.port(), RawClient.bearer(guest), ids);
    }

    @Test
    void anotherGuestsId() throws Exception {
        ada = created();
        JsonNode grace = created();
        JsonNode explained = explained(messageAs(ada, grace));
        assertThat(explained.path("status").asInt()).isEqualTo(403);
        assertThat(explained.path("verdict").asString()).isEqualTo("deny");
        assertThat(explained.path("decided_by").asString()).isEqualTo("edge");
        assertThat(explained.path("reason").asString()).isEqualTo("session.guest");
        assertThat(explained.path("check").asString()).isEqualTo("SessionIdCheck");
        assertThat(explained.path("compared").path("what").asString()).isEqualTo("guestId in the body");
        assertThat(explained.path("compared").path("found").asString())
                .isEqualTo(grace.path("guestId").asString());
        assertThat(explained.path("compared").path("expected").asString())
                .isEqualTo(ada.path("guestId").asString());
        assertThat(explained.path("fields").path("Authorization").asString()).isEqualTo("not sent");
        assertThat(explained.path("fields").path("Host").asString()).isEqualTo("not sent");
        assertThat(explained.path("what_to_do").asString()).isEqualTo(Reason.SESSION_GUEST.advice());
        assertThat(explained.path("session_age_ms").asLong(-1)).isBetween(0L, 60_000L);
        assertThat(explained.has("upstream_status")).isFalse();

        String fingerprint = explained.path("token").asString();
        JsonNode session = admin.json("GET", "/sessions?fingerprint=" + fingerprint)
                .path("sessions")
                .path(0);
        assertThat(session.path("ids").path("guest").asString())
                .isEqualTo(ada.path("guestId").asString());
    }

    @Test
    void anIdThatMayBeAToken() throws Exception {
        ada = created();
        ObjectNode wrong = RunningProxy.JSON.createObjectNode().put("guestId", NO_UUID);
        JsonNode explained = explained(messageAs(ada, wrong));
        assertThat(explained.path("reason").asString()).isEqualTo("session.guest");
        assertThat(explained.path("compared").path("found").asString())
                .isEqualTo("a value of " + NO_UUID.length() + " characters");
        assertThat(explained.toString()).doesNotContain(NO_UUID);
    }

    @Test
    void aRefusalOfTheUpstream() throws Exception {
        stop();
        start(SandboxConfig.defaults().withInjectedStatus(403));
        ada = created();
        String message = RawClient.messageOf(RawClient.bearer(ada) + "\r\nx-request-id: mine", ada);
        RawClient.Response answer = RawClient.exchange(proxy.port(), message);
        assertThat(answer.status()).isEqualTo(403);
        JsonNode explained = explained(answer);
        assertThat(explained.path("verdict").asString()).isEqualTo("allow");
        assertThat(explained.path("decided_by").asString()).isEqualTo("upstream");
        assertThat(explained.path("upstream_address").asString()).matches("127\\.0\\.0\\.1:[1-9][0-9]*");
        assertThat(explained.path("upstream_status").asInt()).isEqualTo(403);
        assertThat(explained.path("upstream_code").asString()).isEqualTo("not.authorized");
        assertThat(explained.path("upstream_context_id").asString())
                .isEqualTo(answer.json().path("contextId").asString());
        assertThat(explained.path("upstream_correlation_id").asString())
                .isNotEmpty()
                .isEqualTo(answer.field("ININ-Correlation-Id"));
        assertThat(explained.path("diagnosis").path("code").asString())
                .isNotEmpty()
                .isEqualTo(answer.field("x-headgate-diagnosis"));
        assertThat(explained.path("diagnosis").path("confidence").asString()).isEqualTo("possible");
        assertThat(explained.path("diagnosis").path("detail").asString()).contains("left here intact");
        assertThat(explained.path("fields").path("Authorization").asString()).isEqualTo("intact");
        assertThat(explained.path("fields").path("x-request-id").asString()).isEqualTo("client's, kept");
        assertThat(explained.path("fields").path("X-Genesys-Cloud-Id").asString())
                .isEqualTo("added");
        assertThat(explained.path("fields").path("Host").asString()).isEqualTo("set to the upstream's");
        assertThat(explained.path("what_to_do").asString()).isNotEmpty().doesNotStartWith("Nothing");
        assertThat(explained.has("reason")).isFalse();
    }

    @Test
    void anAllowedOne() throws Exception {
        ada = created();
        JsonNode explained = explained(messageAs(ada, ada));
        assertThat(explained.path("status").asInt()).isEqualTo(200);
        assertThat(explained.path("decided_by").asString()).isEqualTo("upstream");
        assertThat(explained.path("what_to_do").asString()).isEqualTo("Nothing: it passed.");
        assertThat(explained.path("fields").path("Content-Length").asString()).isEqualTo("kept");
        assertThat(explained.path("fields").path("x-request-id").asString()).isEqualTo("made here");
        assertThat(explained.propertyNames()).doesNotContain("reason", "diagnosis", "compared", "check");
    }

    @Test
    void aMalformedHead() throws Exception {
        RawClient.Response answer = RawClient.exchange(
                proxy.port(), "GET / HTTP/1.1\r\nHost : chat.example\r\nx-request-id: broken-1\r\n\r\n");
        assertThat(answer.field("x-request-id")).isEqualTo("broken-1");
        JsonNode explained = explained(answer);
        assertThat(explained.path("reason").asString()).isEqualTo("head.malformed");
        assertThat(explained.path("decided_by").asString()).isEqualTo("edge");
        assertThat(explained.path("method").asString()).isEqualTo("-");
        assertThat(explained.path("fields").toString()).isEqualTo("{\"x-request-id\":\"client's, kept\"}");
    }

    @Test
    void anUnknownId() throws Exception {
        created();
        created();
        assertThat(admin.get("/explain/nobody").statusCode()).isEqualTo(404);
        assertThat(admin.get("/explain/nobody").body()).contains("one of the 2 exchanges kept");
        assertThat(admin.get("/explain").body().lines()).hasSize(3);
    }

    @Test
    void aRevokedToken() throws Exception {
        ada = created();
        assertThat(admin.json("GET", "/sessions").path("live").asInt()).isEqualTo(1);
        assertThat(admin.json("DELETE", "/sessions?guest=" + ada.path("guestId").asString())
                        .toString())
                .isEqualTo("{\"revoked\":1}");
        RawClient.Response answer = messageAs(ada, ada);
        assertThat(answer.status()).isEqualTo(401);
        JsonNode explained = explained(answer);
        assertThat(explained.path("reason").asString()).isEqualTo("token.revoked");
        assertThat(explained.path("check").asString()).isEqualTo("EndedTokenCheck");
    }
}
