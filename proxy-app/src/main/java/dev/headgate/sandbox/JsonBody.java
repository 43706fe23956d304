package dev.headgate.sandbox;

import io.netty.handler.codec.http.HttpUtil;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads a request's body as a JSON object; what does not fit is refused. */
final class JsonBody {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final int LONGEST_SHORT_TEXT = 256;

    private JsonBody() {}

    static ObjectNode of(SeenRequest request) {
        String type = request.value("Content-Type");
        CharSequence media = type == null ? null : HttpUtil.getMimeType(type);
        if (media == null || !isJson(media.toString().strip().toLowerCase(Locale.ROOT))) {
            throw new Refusal(415, "unsupported.media.type", "The request's Content-Type must be application/json");
        }
        if (request.bodySize() > SeenRequest.KEPT_BODY) {
            throw new Refusal(413, "request.entity.too.large", "The request's body is larger than 1 MiB");
        }
        try {
            if (MAPPER.readTree(request.body()) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            // Its message quotes the body, which may hold a credential.
            throw Refusal.badRequest("The request's body is not valid JSON");
        }
        throw Refusal.badRequest("The request's body is not a JSON object");
    }

    private static boolean isJson(String media) {
        return media.equals("application/json") || (media.startsWith("application/") && media.endsWith("+json"));
    }

    /** A member that may be left out or null, and that is short enough to keep for each session. */
    static @Nullable String shortText(ObjectNode body, String name) {
        String text = text(body, name);
        if (text != null) {
            checkShort(name, text);
        }
        return text;
    }

    static void checkShort(String name, String text) {
        if (text.length() > LONGEST_SHORT_TEXT) {
            throw Refusal.badRequest(name + " is longer than " + LONGEST_SHORT_TEXT + " characters");
        }
    }

    /** A member that may be left out or null. */
    static @Nullable String text(ObjectNode body, String name) {
        JsonNode node = body.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isString()) {
            throw Refusal.badRequest(name + " must be a string");
        }
        return node.stringValue();
    }
}
