package dev.headgate.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A chat client as the seed's, on Java's own HTTP client. */
final class GuestClient {
    static final JsonMapper JSON = new JsonMapper();
    static final String CHAT = "{\"purpose\":\"chat\",\"name\":\"Ada\"}";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;

    GuestClient(String url) {
        this.url = url;
    }

    HttpClient http() {
        return http;
    }

    /** @param fields name, value, name, value ... */
    HttpRequest request(String method, String target, String body, String... fields) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url + target))
                .timeout(Duration.ofSeconds(30))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (fields.length > 0) {
            builder.headers(fields);
        }
        return builder.build();
    }

    HttpResponse<String> send(String method, String target, String body, String... fields)
            throws IOException, InterruptedException {
        return http.send(request(method, target, body, fields), BodyHandlers.ofString());
    }

    JsonNode identity(String body, String... fields) throws IOException, InterruptedException {
        HttpResponse<String> response = post("/api/v2/guests/identities", body, fields);
        if (response.statusCode() != 200) {
            throw new IOException("identity: " + response.statusCode());
        }
        return JSON.readTree(response.body());
    }

    HttpResponse<String> post(String target, String body, String... fields) throws IOException, InterruptedException {
        String[] all = new String[fields.length + 2];
        all[0] = "Content-Type";
        all[1] = "application/json; charset=utf-8";
        System.arraycopy(fields, 0, all, 2, fields.length);
        return send("POST", target, body, all);
    }

    HttpResponse<String> message(String authorization, String body) throws IOException, InterruptedException {
        return post("/api/v2/guests/messages", body, "Authorization", authorization);
    }

    static String bearer(JsonNode identity) {
        return "Bearer " + identity.get("guest_token").stringValue();
    }

    static String id(JsonNode identity, String name) {
        return identity.get(name).stringValue();
    }

    static String text(JsonNode identity) {
        return text(identity, "");
    }

    /** @param more further members, each after a comma */
    static String text(JsonNode identity, String more) {
        return "{\"conversationId\":\"" + id(identity, "conversationId") + "\",\"text\":\"hello\"" + more + "}";
    }
}
