package dev.headgate.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What an {@link AdminPage} answers. */
public record AdminResponse(HttpResponseStatus status, String contentType, byte[] body) {
    /** Escaped to ASCII, as the access log is, so that hostile text does no harm to a terminal. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    /** Plain text; a line feed is added. */
    public static AdminResponse text(HttpResponseStatus status, String text) {
        return new AdminResponse(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static AdminResponse json(JsonNode body) {
        return new AdminResponse(HttpResponseStatus.OK, "application/json", bytes(body));
    }

    /** RFC 9457. */
    static AdminResponse problem(HttpResponseStatus status, String detail) {
        ObjectNode body = JSON.createObjectNode()
                .put("title", status.reasonPhrase())
                .put("status", status.code())
                .put("detail", detail);
        return new AdminResponse(status, "application/problem+json", bytes(body));
    }

    private static byte[] bytes(JsonNode body) {
        return (JSON.writeValueAsString(body) + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
