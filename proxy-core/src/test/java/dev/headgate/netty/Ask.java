package dev.headgate.netty;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A request's bytes, each octet one character. */
final class Ask {
    private Ask() {}

    static String get(String target, String... fields) {
        return request("GET", target, null, fields);
    }

    static String post(String target, String body, String... fields) {
        return request("POST", target, body, fields);
    }

    /** A message with a JSON body. */
    static String message(String body, String... fields) {
        return post("/api/v2/guests/messages", body, and(fields, "Content-Type: application/json"));
    }

    static String identity(String... fields) {
        return post(
                "/api/v2/guests/identities",
                "{\"purpose\":\"chat\",\"name\":\"Ada\"}",
                and(fields, "Content-Type: application/json"));
    }

    static String request(String method, String target, @Nullable String body, String... fields) {
        StringBuilder out = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: edge.example\r\n");
        for (String field : fields) {
            out.append(field).append("\r\n");
        }
        if (body != null) {
            out.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return out.append("\r\n").append(body == null ? "" : body).toString();
    }

    static String[] and(String[] fields, String more) {
        String[] all = Arrays.copyOf(fields, fields.length + 1);
        all[fields.length] = more;
        return all;
    }

    /** The same request with its body in chunks of that size. */
    static String chunked(String request, int size, String trailers) {
        int end = request.indexOf("\r\n\r\n");
        String head = request.substring(0, end).replaceAll("\r\nContent-Length: \\d+", "");
        String body = request.substring(end + 4);
        StringBuilder out = new StringBuilder(head).append("\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < body.length(); at += size) {
            String chunk = body.substring(at, Math.min(body.length(), at + size));
            out.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        return out.append("0\r\n").append(trailers).append("\r\n").toString();
    }
}
