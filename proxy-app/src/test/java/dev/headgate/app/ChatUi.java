package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The chat UI of the seed thread: plain HTTP, and no SDK. */
final class ChatUi {
    static final String CHAT = "{\"purpose\":\"chat\",\"name\":\"Ada\"}";
    static final String ORGANIZATION_FIELD = "X-Genesys-Cloud-Id";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String base;
    private final Map<String, String> fields;

    private ChatUi(String base, Map<String, String> fields) {
        this.base = base;
        this.fields = fields;
    }

    /** @param base URL of what it takes for Genesys */
    static ChatUi at(String base) {
        return new ChatUi(base, Map.of());
    }

    String base() {
        return base;
    }

    /** The same, sending this field too. */
    ChatUi with(String name, String value) {
        Map<String, String> more = new TreeMap<>(fields);
        more.put(name, value);
        return new ChatUi(base, more);
    }

    /** The same, sending the organisation's id itself. */
    ChatUi withOrganization() {
        return with(ORGANIZATION_FIELD, RunningProxy.ORGANIZATION);
    }

    HttpResponse<String> create(String body) throws IOException, InterruptedException {
        return send("POST", "/api/v2/guests/identities", body);
    }

    /** The identity that the answer tells. */
    JsonNode identity(String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = create(body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningProxy.JSON.readTree(answer.body());
    }

    HttpResponse<String> message(String authorization, JsonNode body) throws IOException, InterruptedException {
        return with("Authorization", authorization).message(body);
    }

    /** Without a credential, unless this sends one with every request. */
    HttpResponse<String> message(JsonNode body) throws IOException, InterruptedException {
        return send("POST", "/api/v2/guests/messages", body.toString());
    }

    HttpResponse<String> messages(String authorization, JsonNode identity) throws IOException, InterruptedException {
        String path = "/api/v2/guests/messages?conversationId=" + id(identity, "conversationId");
        return with("Authorization", authorization).send("GET", path, "");
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        fields.forEach(request::header);
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    static String bearer(JsonNode identity) {
        return "Bearer " + id(identity, "guest_token");
    }

    static String id(JsonNode identity, String name) {
        return identity.path(name).asString("");
    }

    /** A message as the thread shows it, naming these ids of the identity. */
    static ObjectNode hello(JsonNode identity, String... names) {
        ObjectNode body =
                RunningProxy.JSON.createObjectNode().put("type", "text").put("text", "Hello");
        for (String name : names) {
            body.put(name, id(identity, name));
        }
        return body;
    }

    /** The usual one. */
    static ObjectNode hello(JsonNode identity) {
        return hello(identity, "conversationId");
    }
}
