package dev.headgate.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Guests of a chat, and what goes wrong for them. Not thread-safe. */
final class DemoConversation {
    /** What came back. */
    record Answer(int status, JsonNode body) {
        String message() {
            return body.path("message").asString("");
        }
    }

    /**
     * One exchange.
     *
     * @param finding the code of what the proxy is expected to say of it; {@code -} for nothing
     */
    record Step(String title, String finding, Callable<Answer> request) {
        Answer send() throws IOException, InterruptedException {
            try {
                return request.call();
            } catch (IOException | InterruptedException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String MESSAGES = "/api/v2/guests/messages";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final String api;
    private final String organization;
    private JsonNode ada = JSON.nullNode();
    private JsonNode grace = JSON.nullNode();
    private JsonNode alan = JSON.nullNode();
    private String stale = "";

    /**
     * @param base URL of the proxy, or of the API itself
     * @param api URL of the API itself
     * @param organization the id that a client must send that has no proxy to do it
     */
    DemoConversation(String base, String api, String organization) {
        this.base = base;
        this.api = api;
        this.organization = organization;
    }

    List<Step> steps() {
        return List.of(
                new Step("Ada is created", "-", () -> {
                    Answer answer = create(identity("Ada"));
                    ada = answer.body();
                    return answer;
                }),
                new Step("Ada writes", "-", () -> message(bearer(ada), ada)),
                new Step("Grace is created", "-", () -> {
                    Answer answer = create(identity("Grace"));
                    grace = answer.body();
                    return answer;
                }),
                new Step("Grace writes", "-", () -> message(bearer(grace), grace)),
                new Step("Ada reads", "-", () -> read(bearer(ada), ada)),
                new Step("Ada's token with Grace's message", "session.guest", () -> message(bearer(ada), grace)),
                new Step("a stripped Authorization", "auth.missing", () -> message(null, ada)),
                new Step("a redacted Authorization", "auth.placeholder", () -> message("[REDACTED]", ada)),
                new Step("a token from nowhere", "token.unknown", () -> message("Bearer 3f9a17c2b4d85e60", ada)),
                new Step("Ada gets a new token", "-", this::refresh),
                new Step("Ada's stale token", "token.superseded", () -> message(stale, ada)),
                new Step("Ada writes with the new token", "-", () -> message(bearer(ada), ada)),
                new Step("a conversation that Genesys has ended", "token.expired", () -> {
                    endAtTheApi(ada);
                    return message(bearer(ada), ada);
                }),
                new Step("an identity without a purpose", "identity.incomplete", () -> {
                    Answer answer = create(JSON.createObjectNode().put("name", "Alan"));
                    alan = answer.body();
                    return answer;
                }),
                new Step(
                        "a message of an identity without a purpose",
                        "purpose.missing",
                        () -> message(bearer(alan), alan)));
    }

    private Answer refresh() throws IOException, InterruptedException {
        stale = bearer(ada);
        Answer answer =
                create(identity("Ada").put("guestId", ada.path("guestId").asString("")));
        ada = answer.body();
        return answer;
    }

    private static String bearer(JsonNode identity) {
        return "Bearer " + identity.path("guest_token").asString("");
    }

    private static ObjectNode identity(String name) {
        return JSON.createObjectNode().put("purpose", "chat").put("name", name);
    }

    private Answer create(ObjectNode body) throws IOException, InterruptedException {
        return send("POST", "/api/v2/guests/identities", null, body.toString());
    }

    private Answer message(@Nullable String authorization, JsonNode from) throws IOException, InterruptedException {
        String body = JSON.createObjectNode()
                .put("guestId", from.path("guestId").asString(""))
                .put("conversationId", from.path("conversationId").asString(""))
                .put("text", "Hello")
                .toString();
        return send("POST", MESSAGES, authorization, body);
    }

    private Answer read(String authorization, JsonNode of) throws IOException, InterruptedException {
        String path = MESSAGES + "?conversationId=" + of.path("conversationId").asString("");
        return send("GET", path, authorization, null);
    }

    /** Past the proxy, as an agent does. */
    private void endAtTheApi(JsonNode of) throws IOException, InterruptedException {
        String path =
                "/api/v2/guests/conversations/" + of.path("conversationId").asString("");
        send("DELETE", URI.create(api + path), bearer(of), null);
    }

    private Answer send(String method, String path, @Nullable String authorization, @Nullable String body)
            throws IOException, InterruptedException {
        return send(method, URI.create(base + path), authorization, body);
    }

    private Answer send(String method, URI to, @Nullable String authorization, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(to)
                .timeout(TIMEOUT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (to.toString().startsWith(api)) {
            request.header("X-Genesys-Cloud-Id", organization);
        }
        var response = client.send(request.build(), BodyHandlers.ofString());
        String text = response.body();
        return new Answer(response.statusCode(), text.isEmpty() ? JSON.nullNode() : JSON.readTree(text));
    }
}
