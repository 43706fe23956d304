package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The fields of the access log, as the product writes them. */
class AccessLogWireTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String UUID_V7 = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

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

    @Test
    void anAllowedExchange() throws Exception {
        Instant before = Instant.now();
        RawClient.Response created = RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}");
        JsonNode ada = created.json();
        String body = "{\"conversationId\":\"" + ada.path("conversationId").asString() + "\"}";
        RawClient.Response sent = RawClient.exchange(
                proxy.port(),
                RawClient.request(
                        "POST",
                        "/api/v2/guests/messages?lang=en",
                        "Authorization: " + RawClient.bearer(ada) + "\r\nx-request-id: mine-1\r\ntraceparent: " + TRACE
                                + "\r\n",
                        body));
        assertThat(created.status()).isEqualTo(200);
        assertThat(sent.status()).isEqualTo(200);
        List<JsonNode> log = proxy.closeAndReadLog();

        assertThat(log).hasSize(2);
        JsonNode creation = log.get(0);
        assertThat(creation.path("request_id").asString()).matches(UUID_V7).isEqualTo(created.field("x-request-id"));
        assertThat(creation.path("path").asString()).isEqualTo("/api/v2/guests/identities");
        assertThat(creation.path("authorization").asString()).isEqualTo("absent");
        assertThat(creation.has("traceparent")).isFalse();

        JsonNode message = log.get(1);
        assertThat(Instant.parse(message.path("time").asString()))
                .isBetween(before.minusMillis(1), Instant.now().plusMillis(1));
        assertThat(message.path("request_id").asString()).isEqualTo("mine-1").isEqualTo(sent.field("x-request-id"));
        assertThat(message.path("method").asString()).isEqualTo("POST");
        assertThat(message.path("path").asString()).isEqualTo("/api/v2/guests/messages?lang=en");
        assertThat(message.path("status").asInt()).isEqualTo(200);
        assertThat(message.path("verdict").asString()).isEqualTo("allow");
        assertThat(message.has("reason")).isFalse();
        assertThat(message.path("route").asString()).isEqualTo("/api/v2/guests/");
        assertThat(message.path("upstream").asString()).isEqualTo("genesys");
        assertThat(message.path("upstream_address").asString()).matches("127\\.0\\.0\\.1:[1-9][0-9]*");
        assertThat(message.path("upstream_status").asInt()).isEqualTo(200);
        assertThat(message.path("upstream_correlation_id").asString())
                .isNotEmpty()
                .isEqualTo(sent.field("ININ-Correlation-Id"));
        assertThat(message.path("token").asString())
                .isNotEmpty()
                .doesNotContain(ada.path("guest_token").asString());
        assertThat(message.path("session_age_ms").asLong(-1)).isBetween(0L, 60_000L);
        assertThat(message.path("authorization").asString()).isEqualTo("intact");
        assertThat(message.path("bytes_in").asLong()).isEqualTo(body.length());
        assertThat(message.path("bytes_out").asLong()).isEqualTo(sent.body().length());
        assertThat(message.path("upstream_duration_ms").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(message.path("duration_ms").asDouble());
        assertThat(message.path("client").asString()).startsWith("127.0.0.1");
        assertThat(message.path("protocol").asString()).isEqualTo("HTTP/1.1");
        assertThat(message.path("traceparent").asString()).isEqualTo(TRACE);
        assertThat(message.has("aborted")).isFalse();
    }

    @Test
    void oneTokenHasOneFingerprint() throws Exception {
        JsonNode ada =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        JsonNode grace =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        RawClient.message(proxy.port(), RawClient.bearer(ada), ada);
        RawClient.message(proxy.port(), RawClient.bearer(grace), grace);
        RawClient.message(proxy.port(), RawClient.bearer(ada), grace);
        List<JsonNode> log = proxy.closeAndReadLog();

        assertThat(log.get(2).path("token").asString())
                .isNotEmpty()
                .isNotEqualTo(log.get(3).path("token").asString())
                .isEqualTo(log.get(4).path("token").asString());
    }

    @Test
    void aRefusedExchange() throws Exception {
        JsonNode ada =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        JsonNode grace =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        RawClient.Response refused = RawClient.message(proxy.port(), RawClient.bearer(ada), grace);
        JsonNode line = proxy.closeAndReadLog().get(2);

        assertThat(line.path("request_id").asString()).matches(UUID_V7).isEqualTo(refused.field("x-request-id"));
        assertThat(line.path("status").asInt()).isEqualTo(403).isEqualTo(refused.status());
        assertThat(line.path("verdict").asString()).isEqualTo("deny");
        assertThat(line.path("reason").asString())
                .isEqualTo("session.guest")
                .isEqualTo(refused.field("x-headgate-reason"));
        assertThat(line.path("route").asString()).isEqualTo("/api/v2/guests/");
        assertThat(line.path("token").asString()).isNotEmpty();
        assertThat(line.path("session_age_ms").asLong(-1)).isNotNegative();
        assertThat(line.has("upstream_address")).isFalse();
        assertThat(line.has("upstream_status")).isFalse();
        assertThat(line.has("upstream_duration_ms")).isFalse();
        assertThat(line.has("upstream_correlation_id")).isFalse();
    }

    @Test
    void aReplacedRequestIdIsToldBesideTheNewOne() throws Exception {
        RawClient.exchange(proxy.port(), RawClient.request("GET", "/", "x-request-id: a b\r\n", ""));
        JsonNode line = proxy.closeAndReadLog().get(0);

        assertThat(line.path("request_id").asString()).matches(UUID_V7);
        assertThat(line.path("client_request_id").asString()).isEqualTo("a b");
    }

    @Test
    void aMalformedHead() throws Exception {
        RawClient.Response refused = RawClient.exchange(
                proxy.port(), "GET /a HTTP/1.1\r\nHost : chat.example\r\nx-request-id: mine-2\r\n\r\n");
        JsonNode line = proxy.closeAndReadLog().get(0);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(line.path("request_id").asString()).isNotEmpty().isEqualTo(refused.field("x-request-id"));
        assertThat(line.path("method").asString()).isIn("GET", "-");
        assertThat(line.path("path").asString()).isIn("/a", "-");
        assertThat(line.path("status").asInt()).isEqualTo(400);
        assertThat(line.path("verdict").asString()).isEqualTo("deny");
        assertThat(line.path("reason").asString()).isEqualTo("head.malformed");
        assertThat(line.has("upstream_status")).isFalse();
        assertThat(line.path("client").asString()).startsWith("127.0.0.1");
        assertThat(Duration.between(Instant.parse(line.path("time").asString()), Instant.now()))
                .isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void anUpstreamThatIsGone() throws Exception {
        sandbox.close();
        RawClient.Response failed = RawClient.exchange(proxy.port(), RawClient.request("GET", "/x", "", ""));
        JsonNode line = proxy.closeAndReadLog().get(0);

        assertThat(failed.status()).isEqualTo(502);
        assertThat(line.path("status").asInt()).isEqualTo(502);
        assertThat(line.path("reason").asString()).isEqualTo("upstream.unreachable");
        // The gate let it pass; what failed came later.
        assertThat(line.path("verdict").asString()).isEqualTo("allow");
        assertThat(line.path("route").asString()).isEqualTo("/");
        assertThat(line.path("upstream").asString()).isEqualTo("genesys");
        assertThat(line.has("upstream_status")).isFalse();
        assertThat(line.path("request_id").asString()).isEqualTo(failed.field("x-request-id"));
    }
}
