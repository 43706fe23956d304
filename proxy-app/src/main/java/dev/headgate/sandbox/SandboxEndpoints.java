package dev.headgate.sandbox;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Every path of the sandbox, with what all answers have in common: rate limit, CORS and error bodies. Thread-safe. */
final class SandboxEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxEndpoints.class);
    private static final long MOST_BYTES = 1L << 30;

    /** The scheme and authority of an absolute-form target (RFC 9112 section 3.2.2). */
    private static final Pattern ORIGIN = Pattern.compile("(?i)^https?://[^/?#]*");

    private final InstantSource clock;
    private final RateWindow anonymous = new RateWindow();
    private final List<Api> apis;
    private final List<SocketApi> sockets;

    SandboxEndpoints(SandboxConfig config) {
        clock = config.clock();
        TokenGenerator generator = new TokenGenerator();
        Messages messages = new Messages();
        WebchatApi webchat = new WebchatApi(config, generator, messages);
        apis = List.of(
                new GuestApi(config, new GuestSessions(config, generator), messages),
                webchat,
                new KnowledgeApi(config),
                new WebmessagingApi(config));
        sockets = List.of(new WebmessagingSocket(config), new EventStream(webchat));
    }

    /** A WebSocket, with what is said on it first. */
    record Opened(SocketApi api, List<String> first) {}

    /**
     * The WebSocket that a handshake asks for, or null where {@link #reply} is to answer it, which tells why.
     */
    @Nullable
    Opened open(SeenRequest request) {
        QueryStringDecoder target;
        try {
            target = target(request);
            for (SocketApi api : sockets) {
                if (api.serves(target.path())) {
                    return new Opened(api, api.open(target.path(), parameter(target, "deploymentId")));
                }
            }
        } catch (Refusal refusal) {
            LOG.debug("sandbox: {} refused", request);
        }
        return null;
    }

    /** The answer to a whole request. Every problem becomes an answer, too. */
    Reply reply(SeenRequest request, String correlationId) {
        Map<String, String> common = count(rate(request));
        allowOrigin(request, common);
        boolean delayed = false;
        try {
            QueryStringDecoder target = target(request);
            Api api = api(target.path());
            delayed = api != null;
            checkSocket(target);
            if (isPreflight(request)) {
                common.putAll(preflight(request));
                return new Reply(204, common, new byte[0], -1, false, false);
            }
            if (target.path().equals("/sandbox/bytes") && isRead(request)) {
                return new Reply(200, common, new byte[0], size(target), isChunked(target), false);
            }
            return whole(api != null ? api.answer(request, target) : answer(request, target), common, delayed);
        } catch (Refusal refusal) {
            return whole(refused(refusal, correlationId), common, delayed);
        } catch (RuntimeException e) {
            LOG.warn("sandbox: {} failed", request, e);
            Refusal refusal = new Refusal(500, "internal.server.error", "The sandbox failed; its log tells why");
            return whole(refused(refusal, correlationId), common, false);
        }
    }

    /** What is for a WebSocket only is refused with what stood in the way of one. */
    private void checkSocket(QueryStringDecoder target) {
        for (SocketApi api : sockets) {
            if (api.serves(target.path())) {
                List<String> unused = api.open(target.path(), parameter(target, "deploymentId"));
                throw Refusal.badRequest("A WebSocket handshake is required");
            }
        }
    }

    /** The answer to what is no HTTP/1.1 message. */
    Reply unreadable(String correlationId) {
        Refusal refusal = Refusal.badRequest("The request is not a valid HTTP/1.1 message");
        return whole(refused(refusal, correlationId), count(anonymous), false);
    }

    /** Where the request counts: with its token where an API knows it, and with all others where none does. */
    private RateWindow rate(SeenRequest request) {
        Credential credential = Credential.of(request);
        if (credential != null) {
            for (Api api : apis) {
                RateWindow rate = api.rate(credential.token());
                if (rate != null) {
                    return rate;
                }
            }
        }
        return anonymous;
    }

    private Map<String, String> count(RateWindow rate) {
        RateWindow.Reading reading = rate.next(clock.instant());
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("inin-ratelimit-count", Integer.toString(reading.count()));
        fields.put("inin-ratelimit-allowed", Integer.toString(RateWindow.ALLOWED));
        fields.put("inin-ratelimit-reset", Integer.toString(reading.reset()));
        return fields;
    }

    private @Nullable Api api(String path) {
        for (Api api : apis) {
            if (path.startsWith(api.root())) {
                return api;
            }
        }
        return null;
    }

    private static QueryStringDecoder target(SeenRequest request) {
        Matcher origin = ORIGIN.matcher(request.uri());
        QueryStringDecoder target =
                new QueryStringDecoder(origin.find() ? request.uri().substring(origin.end()) : request.uri());
        try {
            // Decodes: a bad percent sign is found here.
            target.path();
            target.parameters();
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("The request target is not well-formed");
        }
        return target;
    }

    /** What belongs to no API. */
    private static Answer answer(SeenRequest request, QueryStringDecoder target) {
        String path = target.path();
        if (path.equals("/sandbox/echo")) {
            return Answer.of(200, echo(request));
        }
        if (path.equals("/api/v2/status") && isRead(request)) {
            return Answer.of(200, JsonNodeFactory.instance.objectNode().put("status", "ok"));
        }
        throw Refusal.notFound();
    }

    private static Reply whole(Answer answer, Map<String, String> common, boolean delayed) {
        common.putAll(answer.fields());
        JsonNode body = answer.body();
        byte[] bytes = body == null ? new byte[0] : JsonBody.MAPPER.writeValueAsBytes(body);
        return new Reply(answer.status(), common, bytes, -1, false, delayed);
    }

    private static Answer refused(Refusal refusal, String correlationId) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("message", refusal.text());
        body.put("code", refusal.code());
        body.put("status", refusal.status());
        body.put("contextId", correlationId);
        body.putArray("details");
        body.putArray("errors");
        return new Answer(refusal.status(), refusal.fields(), body);
    }

    private static boolean isRead(SeenRequest request) {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }

    private static boolean isPreflight(SeenRequest request) {
        return request.method().equals("OPTIONS") && request.value("Access-Control-Request-Method") != null;
    }

    private static void allowOrigin(SeenRequest request, Map<String, String> fields) {
        String origin = request.value("Origin");
        if (origin != null) {
            fields.put("Access-Control-Allow-Origin", origin);
            fields.put(
                    "Access-Control-Expose-Headers",
                    "ININ-Correlation-Id, inin-ratelimit-count, inin-ratelimit-allowed, inin-ratelimit-reset,"
                            + " Retry-After, WWW-Authenticate, x-request-id");
            fields.put("Vary", "Origin");
        }
    }

    private static Map<String, String> preflight(SeenRequest request) {
        String asked = request.value("Access-Control-Request-Headers");
        return Map.of(
                "Access-Control-Allow-Methods",
                "GET, HEAD, POST, DELETE, OPTIONS",
                "Access-Control-Allow-Headers",
                asked != null ? asked : "Authorization, Content-Type, " + GuestApi.ORGANIZATION + ", x-request-id",
                "Access-Control-Max-Age",
                "600");
    }

    private static long size(QueryStringDecoder target) {
        String size = parameter(target, "size");
        long bytes = -1;
        try {
            bytes = Long.parseLong(size == null ? "0" : size);
        } catch (NumberFormatException e) {
            // Out of range, as far as the client is concerned.
        }
        if (bytes < 0 || bytes > MOST_BYTES) {
            throw Refusal.badRequest("size is out of range (expected: 0 to " + MOST_BYTES + ")");
        }
        return bytes;
    }

    private static boolean isChunked(QueryStringDecoder target) {
        return Boolean.parseBoolean(parameter(target, "chunked"));
    }

    private static @Nullable String parameter(QueryStringDecoder target, String name) {
        List<String> values = target.parameters().get(name);
        return values == null ? null : values.get(0);
    }

    private static ObjectNode echo(SeenRequest request) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("method", request.method());
        answer.put("uri", request.uri());
        echo(request.fields(), answer.putArray("headers"));
        echo(request.trailers(), answer.putArray("trailers"));
        answer.put("bodySize", request.bodySize());
        answer.put("bodySha256", request.bodySha256());
        return answer;
    }

    private static void echo(List<SeenRequest.Field> fields, ArrayNode answer) {
        for (SeenRequest.Field field : fields) {
            boolean secret = field.name().equalsIgnoreCase("Authorization")
                    || field.name().equalsIgnoreCase("Proxy-Authorization");
            answer.addObject()
                    .put("name", field.name())
                    .put(secret ? "valueSha256" : "value", secret ? sha256(field.value()) : field.value());
        }
    }

    private static String sha256(String value) {
        return HexFormat.of().formatHex(SandboxConnection.sha256().digest(value.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
