package dev.headgate.sandbox;

import static dev.headgate.sandbox.GuestClient.JSON;
import static dev.headgate.sandbox.GuestClient.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SandboxKnowledgeTest extends RunningSandbox {
    private static final String SESSIONS = "/api/v2/knowledge/guest/sessions";
    private static final String APP = "{\"deploymentId\":\"d1\",\"type\":\"MessengerKnowledgeApp\"}";
    private static final String START = "{\"app\":" + APP + ",\"customerId\":\"c1\"}";

    private String session() throws Exception {
        return id(ok(client.post(SESSIONS, START)), "id");
    }

    private HttpResponse<String> search(String session, String body) throws Exception {
        return client.post(SESSIONS + "/" + session + "/documents/search", body);
    }

    private HttpResponse<String> document(String session, String document) throws Exception {
        return client.send("GET", SESSIONS + "/" + session + "/documents/" + document, "");
    }

    private static JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    @Test
    void aSessionSearchesAndReads() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode session = ok(client.post(SESSIONS, START));
        String id = id(session, "id");
        assertThat(UUID.fromString(id)).hasToString(id);
        assertThat(session)
                .isEqualTo(JSON.readTree("{\"id\":\"" + id + "\",\"app\":" + APP + ",\"customerId\":\"c1\"}"));

        JsonNode found = ok(search(id, "{\"query\":\"opening hours\"}"));
        assertThat(id(found, "query")).isEqualTo("opening hours");
        assertThat(found.get("results").size()).isEqualTo(1);
        JsonNode document = found.get("results").get(0).get("document");
        assertThat(ok(document(id, id(document, "id")))).isEqualTo(document);
        assertThat(ok(document(id.toUpperCase(Locale.ROOT), "d"))).isNotEqualTo(document);
        assertThat(session()).isNotEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"customerId\":\"c1\"}",
                "{\"app\":\"d1\"}",
                "{\"app\":{\"type\":\"MessengerKnowledgeApp\"}}",
                "{\"app\":{\"deploymentId\":null}}",
                "{\"app\":{\"deploymentId\":\"\"}}",
                "{\"app\":{\"deploymentId\":7}}",
                "{\"deploymentId\":\"d1\"}",
                "[]"
            })
    void aSessionWithoutDeployment(String body) throws Exception {
        start(SandboxConfig.defaults());
        assertRefused(client.post(SESSIONS, body), 400, "bad.request");
    }

    @Test
    void onlyTheDeploymentIsRequired() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode session = ok(client.post(SESSIONS, "{\"app\":{\"deploymentId\":\"d1\"}}"));
        assertThat(session.propertyNames()).containsExactly("id", "app");
        assertThat(session.get("app").propertyNames()).containsExactly("deploymentId");
    }

    @Test
    void aSearchWithoutQuery() throws Exception {
        start(SandboxConfig.defaults());
        assertRefused(search(session(), "{}"), 400, "bad.request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000-0000-4000-8000-000000000000", "undefined"})
    void anUnknownSession(String session) throws Exception {
        start(SandboxConfig.defaults());
        session();
        assertRefused(search(session, "{\"query\":\"q\"}"), 404, "not.found");
        assertRefused(document(session, "d"), 404, "not.found");
    }

    @Test
    void aSessionExpiresAtTheEndOfItsLifetime() throws Exception {
        start(SandboxConfig.defaults().withTokenLifetime(Duration.ofSeconds(10)));
        String session = session();
        now.updateAndGet(instant -> instant.plusMillis(9_999));
        assertThat(document(session, "d").statusCode()).isEqualTo(200);
        now.updateAndGet(instant -> instant.plusMillis(1));
        assertRefused(document(session, "d"), 401, "credentials.expired");
        assertRefused(search(session, "{\"query\":\"q\"}"), 401, "credentials.expired");
    }

    @Test
    void theRestIsNotFound() throws Exception {
        start(SandboxConfig.defaults());
        String session = session();
        for (String rest : List.of("", "x", "/", "/" + session, "/" + session + "/documents")) {
            assertRefused(client.send("GET", SESSIONS + rest, ""), 404, "not.found");
        }
        assertRefused(document(session, "search"), 404, "not.found");
        assertRefused(client.post(SESSIONS + "/" + session + "/documents/d", "{}"), 404, "not.found");
    }

    @Test
    void theInjectedStatusIsForWhatNeedsASession() throws Exception {
        start(SandboxConfig.defaults().withInjectedStatus(429));
        assertRefused(document(session(), "d"), 429, "too.many.requests");
    }

    @Test
    void aSuccessHasACorrelationIdAndARate() throws Exception {
        start(SandboxConfig.defaults());
        HttpResponse<String> response = document(session(), "d");
        assertThat(response.headers().firstValue("ININ-Correlation-Id")).isPresent();
        assertThat(response.headers().firstValue("inin-ratelimit-count")).contains("2");
        assertThat(response.headers().firstValue("inin-ratelimit-allowed")).contains("300");
        assertThat(response.headers().firstValue("inin-ratelimit-reset")).contains("55");
    }

    @Test
    void theSessionIsNotPrinted() throws Exception {
        start(SandboxConfig.defaults());
        String session = session();
        document(session, "d");
        SeenRequest seen = sandbox.seen().get(1);
        assertThat(seen.uri()).contains(session);
        assertThat(seen.toString()).startsWith("GET " + SESSIONS + "/***/documents/d (");
    }
}
