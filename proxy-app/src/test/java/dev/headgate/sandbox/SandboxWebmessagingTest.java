package dev.headgate.sandbox;

import static dev.headgate.sandbox.GuestClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class SandboxWebmessagingTest extends RunningSandbox {
    private static final String MESSAGES = "/api/v2/webmessaging/messages";

    @Test
    void anyBearerTokenGetsAnEmptyPage() throws Exception {
        start(SandboxConfig.defaults());
        HttpResponse<String> response = client.send("GET", MESSAGES + "?pageSize=5", "", "Authorization", "bearer x");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode page = JSON.readTree(response.body());
        assertThat(page.get("entities").isArray()).isTrue();
        assertThat(page.get("entities").isEmpty()).isTrue();
        assertThat(page.get("total").intValue()).isZero();
        assertThat(response.headers().firstValue("ININ-Correlation-Id")).isPresent();
        assertThat(response.headers().firstValue("inin-ratelimit-count")).contains("1");
    }

    @ParameterizedTest
    @CsvSource({
        "'', authentication.required",
        "Bearer, authentication.required",
        "Basic QWRhOkFkYQ==, authentication.required",
        "[REDACTED], bad.credentials"
    })
    void noBearerToken(String authorization, String code) throws Exception {
        start(SandboxConfig.defaults());
        assertRefused(client.send("GET", MESSAGES, "", "Authorization", authorization), 401, code);
        assertRefused(client.send("GET", MESSAGES, ""), 401, "authentication.required");
    }

    @Test
    void theRestIsNotFound() throws Exception {
        start(SandboxConfig.defaults());
        assertRefused(client.send("POST", MESSAGES, "", "Authorization", "Bearer x"), 404, "not.found");
        assertRefused(client.send("GET", MESSAGES + "/x", "", "Authorization", "Bearer x"), 404, "not.found");
    }

    @Test
    void theInjectedStatusIsForIt() throws Exception {
        start(SandboxConfig.defaults().withInjectedStatus(403).withErrorCode("missing.division.permission"));
        assertRefused(
                client.send("GET", MESSAGES, "", "Authorization", "Bearer x"), 403, "missing.division.permission");
    }
}
