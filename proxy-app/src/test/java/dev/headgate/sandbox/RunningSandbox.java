package dev.headgate.sandbox;

import static dev.headgate.sandbox.GuestClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import tools.jackson.databind.JsonNode;

/** A sandbox for one test, on a clock that only the test moves. */
abstract class RunningSandbox {
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));
    Sandbox sandbox;
    GuestClient client;

    void start(SandboxConfig config) throws Exception {
        sandbox = Sandbox.start(config.withClock(now::get));
        client = new GuestClient(sandbox.url());
    }

    @AfterEach
    void close() {
        if (sandbox != null) {
            sandbox.close();
        }
    }

    static void assertRefused(HttpResponse<String> response, int status, String code) throws Exception {
        assertThat(response.statusCode()).isEqualTo(status);
        JsonNode body = JSON.readTree(response.body());
        assertThat(body.propertyNames()).containsExactly("message", "code", "status", "contextId", "details", "errors");
        assertThat(body.get("code").stringValue()).isEqualTo(code);
        assertThat(body.get("status").intValue()).isEqualTo(status);
        assertThat(body.get("details").isArray()).isTrue();
        assertThat(body.get("errors").isArray()).isTrue();
        assertThat(response.headers().allValues("ININ-Correlation-Id"))
                .containsExactly(body.get("contextId").stringValue());
        assertThat(response.headers().firstValue("WWW-Authenticate").isPresent())
                .isEqualTo(status == 401);
    }

    static void assertForbidden(HttpResponse<String> response) throws Exception {
        assertRefused(response, 403, "not.authorized");
        assertThat(JSON.readTree(response.body()).get("message").stringValue()).isEqualTo("User not authenticated");
    }
}
