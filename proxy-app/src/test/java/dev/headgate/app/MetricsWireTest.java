package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What Prometheus reads from the running product after one exchange of each kind. */
class MetricsWireTest {
    private static final String GUESTS = "http_route=\"/api/v2/guests/\"";

    @TempDir
    Path directory;

    @Test
    void eachKindOfExchangeIsCountedOnce() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
                RunningProxy proxy = RunningProxy.before(sandbox.url(), directory, "")) {
            int port = proxy.port();
            JsonNode ada = RawClient.identity(port, "{\"purpose\":\"chat\"}").json();
            JsonNode grace = RawClient.identity(port, "{\"purpose\":\"chat\"}").json();
            RawClient.message(port, RawClient.bearer(ada), ada);
            RawClient.message(port, RawClient.bearer(ada), grace);
            RawClient.message(port, "", ada);
            RawClient.message(port, "[REDACTED]", ada);
            RawClient.message(port, "Bearer 9c27d1f05be84a63", ada);
            String again = RunningProxy.JSON
                    .createObjectNode()
                    .put("purpose", "chat")
                    .put("guestId", ada.path("guestId").asString(""))
                    .toString();
            RawClient.identity(port, again);
            RawClient.message(port, RawClient.bearer(ada), ada);
            RawClient.exchange(port, RawClient.request("GET", "/", "x-request-id: mine\r\n", ""));
            RawClient.exchange(port, RawClient.request("GET", "/", "x-request-id: a b\r\n", ""));
            RawClient.exchange(port, "GET / HTTP/1.1\r\nHost : chat.example\r\n\r\n");
            for (int i = 0; i < 12; i++) {
                proxy.record();
            }

            String metrics = proxy.metrics();
            assertThat(metrics.lines())
                    .contains(
                            refusal("session.guest", GUESTS),
                            refusal("auth.missing", GUESTS),
                            refusal("auth.placeholder", GUESTS),
                            refusal("token.unknown", GUESTS),
                            refusal("token.superseded", GUESTS),
                            refusal("head.malformed", "http_route=\"none\""),
                            "headgate_authorization_checks_total{outcome=\"identical\"} 1.0",
                            "headgate_authorization_checks_total{outcome=\"altered\"} 0.0",
                            "headgate_request_ids_total{source=\"client\"} 1.0",
                            "headgate_request_ids_total{source=\"replaced\"} 1.0",
                            "headgate_request_ids_total{source=\"generated\"} 10.0",
                            "headgate_token_checks_total{outcome=\"learned\"} 3.0",
                            "headgate_token_checks_total{outcome=\"confirmed\"} 1.0",
                            "headgate_token_checks_total{outcome=\"stale\"} 1.0",
                            "headgate_token_checks_total{outcome=\"conflict\"} 1.0",
                            "headgate_token_checks_total{outcome=\"unknown\"} 1.0",
                            "headgate_log_events_dropped_total 0.0",
                            "headgate_draining 0.0",
                            "http_server_active_requests 0.0");
            assertThat(metrics.lines().filter(line -> line.startsWith("headgate_refusals_total{")))
                    .hasSize(6);
            assertThat(sum(metrics, "http_server_request_duration_seconds_count{"))
                    .isEqualTo(12);
            assertThat(sum(metrics, "http_client_request_duration_seconds_count{"))
                    .isEqualTo(sandbox.requestCount())
                    .isEqualTo(6);
            // Three creations, two reads without a token and the malformed head, and the one that is stripped.
            assertThat(metrics.lines()).contains("headgate_authorization_checks_total{outcome=\"absent\"} 7.0");
        }
    }

    private static String refusal(String reason, String route) {
        return "headgate_refusals_total{" + route + ",reason=\"" + reason + "\"} 1.0";
    }

    private static double sum(String metrics, String prefix) {
        return metrics.lines()
                .filter(line -> line.startsWith(prefix))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
