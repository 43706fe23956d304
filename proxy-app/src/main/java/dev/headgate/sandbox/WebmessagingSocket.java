package dev.headgate.sandbox;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Web messaging's WebSocket: what a guest's messages are answered with. A token is a UUID that the client makes; it is
 * good from the first {@code configureSession} on, for the sandbox's token lifetime. The latest 100,000 are known.
 * Thread-safe.
 */
final class WebmessagingSocket implements SocketApi {
    private static final String PATH = "/v1";
    private static final int EXPIRED = 4006;
    private static final int UNKNOWN = 4007;

    private final SandboxConfig config;
    private final InstantSource clock;
    private final BoundedMap<Instant> expiries = new BoundedMap<>(100_000);

    WebmessagingSocket(SandboxConfig config) {
        this.config = config;
        this.clock = config.clock();
    }

    @Override
    public boolean serves(String path) {
        return path.equals(PATH);
    }

    @Override
    public List<String> open(String path, @Nullable String deploymentId) {
        if (deploymentId == null || deploymentId.isBlank()) {
            throw Refusal.badRequest("deploymentId is required");
        }
        return List.of();
    }

    @Override
    public List<String> answer(String message) {
        ObjectNode read = read(message);
        if (read == null) {
            return List.of(failed(400, "The message is no JSON object", null));
        }
        String tracingId = text(read, "tracingId");
        String token = text(read, "token");
        if (token == null) {
            return List.of(failed(400, "token is required", tracingId));
        }
        return switch (String.valueOf(text(read, "action"))) {
            case "configureSession" -> List.of(configure(token.toLowerCase(Locale.ROOT), tracingId));
            case "onMessage" -> inSession(token.toLowerCase(Locale.ROOT), tracingId, read);
            case "echo" -> List.of(echo(read, tracingId));
            default -> List.of(failed(400, "action is not known", tracingId));
        };
    }

    private static @Nullable ObjectNode read(String message) {
        try {
            return JsonBody.MAPPER.readTree(message) instanceof ObjectNode object ? object : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static @Nullable String text(ObjectNode from, String name) {
        JsonNode node = from.path(name);
        return node.isString() ? node.stringValue() : null;
    }

    private String configure(String token, @Nullable String tracingId) {
        Instant expiry = expiries.get(token);
        if (expiry != null && !clock.instant().isBefore(expiry)) {
            return failed(EXPIRED, "The session has expired", tracingId);
        }
        if (expiry == null) {
            expiries.put(token, clock.instant().plus(config.tokenLifetime()));
        }
        ObjectNode answer = envelope("response", "SessionResponse", 200, tracingId);
        answer.putObject("body")
                .put("connected", true)
                .put("newSession", expiry == null)
                .put("readOnly", false);
        return answer.toString();
    }

    private List<String> inSession(String token, @Nullable String tracingId, ObjectNode read) {
        Instant expiry = expiries.get(token);
        if (expiry == null) {
            return List.of(failed(UNKNOWN, "The session is not known", tracingId));
        }
        if (!clock.instant().isBefore(expiry)) {
            ObjectNode event = envelope("message", "SessionExpiredEvent", 200, null);
            event.putObject("body");
            return List.of(event.toString());
        }
        return List.of(echo(read, tracingId));
    }

    /** Web messaging tells a guest what it has understood. */
    private static String echo(ObjectNode read, @Nullable String tracingId) {
        ObjectNode answer = envelope("message", "StructuredMessage", 200, tracingId);
        ObjectNode body = answer.putObject("body");
        body.put("id", UUID.randomUUID().toString());
        body.put("type", "Text");
        body.put("text", read.path("message").path("text").asString(""));
        body.put("direction", "Inbound");
        return answer.toString();
    }

    private static String failed(int code, String what, @Nullable String tracingId) {
        return envelope("response", "string", code, tracingId).put("body", what).toString();
    }

    private static ObjectNode envelope(String type, String kind, int code, @Nullable String tracingId) {
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("type", type)
                .put("class", kind)
                .put("code", code);
        if (tracingId != null) {
            answer.put("tracingId", tracingId);
        }
        return answer;
    }
}
