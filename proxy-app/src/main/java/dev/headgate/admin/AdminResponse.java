package dev.headgate.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** What an {@link AdminPage} answers. */
public record AdminResponse(HttpResponseStatus status, String contentType, byte[] body) {
    /** A line of plain text; a line feed is added. */
    public static AdminResponse text(HttpResponseStatus status, String line) {
        return new AdminResponse(status, "text/plain; charset=utf-8", (line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
