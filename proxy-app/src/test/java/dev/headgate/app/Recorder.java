package dev.headgate.app;

import dev.headgate.app.RawClient.Response;
import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedField;
import dev.headgate.replay.RecordedRequest;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.replay.Recording;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Sends requests, and keeps them with their answers as a recording. */
final class Recorder {
    static final String MESSAGES = "/api/v2/guests/messages";
    private static final int FINGERPRINT = 32;

    private final int port;
    private final List<RecordedExchange> exchanges = new ArrayList<>();
    private final Map<String, String> placeholders = new LinkedHashMap<>();

    Recorder(int port) {
        this.port = port;
    }

    JsonNode identity(String body) throws IOException {
        JsonNode identity = send("POST", "/api/v2/guests/identities", "", body).json();
        mask("token", identity.path("guest_token").asString(""));
        mask("id", identity.path("guestId").asString(""));
        mask("id", identity.path("conversationId").asString(""));
        return identity;
    }

    /** @param authorization of the request; empty for no such field */
    Response message(String authorization, JsonNode from) throws IOException {
        String fields = authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n";
        return send("POST", MESSAGES, fields, RawClient.hello(from));
    }

    Response read(String authorization, JsonNode of) throws IOException {
        String target =
                MESSAGES + "?conversationId=" + of.path("conversationId").asString("");
        return send("GET", target, "Authorization: " + authorization + "\r\n", "");
    }

    /** @param fields lines, each ended */
    Response send(String method, String target, String fields, String body) throws IOException {
        String request = RawClient.request(method, target, fields, body);
        Response answer = RawClient.exchange(port, request);
        exchanges.add(new RecordedExchange(
                "recording: entry " + (exchanges.size() + 1),
                exchanges.size() * 1_000L,
                500,
                "id-" + exchanges.size(),
                null,
                answer.field("x-headgate-reason").isEmpty() ? null : answer.field("x-headgate-reason"),
                new RecordedRequest(
                        method,
                        target,
                        fields(request.substring(0, request.indexOf("\r\n\r\n"))),
                        RecordedBody.of(body.getBytes(StandardCharsets.UTF_8))),
                new RecordedResponse(
                        answer.status(),
                        fields(answer.head()),
                        RecordedBody.of(answer.body().getBytes(StandardCharsets.UTF_8))),
                false));
        return answer;
    }

    private static List<RecordedField> fields(String head) {
        return head.lines()
                .skip(1)
                .map(line -> new RecordedField(
                        line.substring(0, line.indexOf(':')),
                        line.substring(line.indexOf(':') + 1).strip()))
                .toList();
    }

    private void mask(String kind, String value) {
        String fingerprint = ("0".repeat(FINGERPRINT) + Integer.toHexString(placeholders.size() + 0x9f8600));
        placeholders.putIfAbsent(
                value, "{{" + kind + ":" + fingerprint.substring(fingerprint.length() - FINGERPRINT) + "}}");
    }

    List<RecordedExchange> exchanges() {
        return List.copyOf(exchanges);
    }

    /** With placeholders, as a capture has them. */
    List<RecordedExchange> masked() {
        return map(exchanges, text -> {
            String masked = text;
            for (Map.Entry<String, String> one : placeholders.entrySet()) {
                masked = masked.replace(one.getKey(), one.getValue());
            }
            return masked;
        });
    }

    /** As a browser exports them: without credentials. */
    static List<RecordedExchange> sanitized(List<RecordedExchange> all) {
        List<RecordedExchange> changed = new ArrayList<>();
        for (RecordedExchange one : all) {
            RecordedRequest request = one.request();
            changed.add(new RecordedExchange(
                    one.place(),
                    one.startMicros(),
                    one.durationMicros(),
                    null,
                    null,
                    null,
                    new RecordedRequest(
                            request.method(),
                            request.target(),
                            request.fields().stream()
                                    .filter(field -> !field.name().equalsIgnoreCase("authorization"))
                                    .toList(),
                            request.body()),
                    one.response(),
                    true));
        }
        return changed;
    }

    /** With every text changed: target, values of fields and bodies of requests and answers. */
    static List<RecordedExchange> map(List<RecordedExchange> all, UnaryOperator<String> change) {
        List<RecordedExchange> changed = new ArrayList<>();
        for (RecordedExchange one : all) {
            RecordedRequest request = one.request();
            RecordedResponse response = one.response();
            changed.add(new RecordedExchange(
                    one.place(),
                    one.startMicros(),
                    one.durationMicros(),
                    one.requestId(),
                    one.verdict(),
                    one.reason(),
                    new RecordedRequest(
                            request.method(),
                            change.apply(request.target()),
                            fields(request.fields(), change),
                            body(request.body(), change)),
                    new RecordedResponse(
                            response.status(), fields(response.fields(), change), body(response.body(), change)),
                    one.sanitized()));
        }
        return changed;
    }

    private static List<RecordedField> fields(List<RecordedField> fields, UnaryOperator<String> change) {
        return fields.stream()
                .map(field -> new RecordedField(field.name(), change.apply(field.value())))
                .toList();
    }

    private static RecordedBody body(RecordedBody body, UnaryOperator<String> change) {
        return RecordedBody.of(
                change.apply(new String(body.bytes(), StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }

    static Recording recording(List<RecordedExchange> exchanges) {
        Iterator<RecordedExchange> left = exchanges.iterator();
        return new Recording() {
            @Override
            public @Nullable RecordedExchange next() {
                return left.hasNext() ? left.next() : null;
            }

            @Override
            public void close() {}
        };
    }
}
