package dev.headgate.netty;

import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.RequestHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The response of a refusal: at once an RFC 9457 problem and a Genesys error body, so that both kinds of client show
 * the reason.
 */
final class Refusal {
    private static final String TYPE = "tag:headgate.dev,2026:reasons/";
    private static final String INSTANCE = "tag:headgate.dev,2026:requests/";
    private static final byte[] NO_BODY = {};

    private Refusal() {}

    /**
     * Appends the head.
     *
     * @param request null where it could not be read; HEAD gets no body
     * @param close whether the connection closes after it
     * @param retryAfter in seconds; below 0 to say nothing of that
     * @return the body
     */
    static byte[] write(
            Deny deny,
            String requestId,
            GateSettings settings,
            @Nullable RequestHead request,
            boolean close,
            long retryAfter,
            HeadWriter out) {
        String code = deny.reason().code();
        int status = deny.reason().status();
        String title = deny.reason().title();
        byte[] body = body(deny, requestId).getBytes(StandardCharsets.UTF_8);
        line(out, "HTTP/1.1 ", String.valueOf(status), " ", phrase(status));
        line(out, "content-type: application/problem+json");
        line(out, "content-length: ", String.valueOf(body.length));
        line(out, "cache-control: no-store");
        line(out, settings.requestIdHeader().toString(), ": ", requestId);
        line(out, "x-headgate-reason: ", code);
        line(out, "Proxy-Status: headgate; error=", proxyError(deny), "; details=\"", code, "\"");
        if (status == 401) {
            line(out, "WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"", title, "\"");
        }
        if (retryAfter >= 0) {
            line(out, "Retry-After: ", String.valueOf(retryAfter));
        }
        out.write(AnswerFields.cors(request, settings));
        if (close) {
            line(out, "Connection: close");
        }
        line(out);
        return request != null && request.method().equals("HEAD") ? NO_BODY : body;
    }

    private static String body(Deny deny, String requestId) {
        StringBuilder json = new StringBuilder(512);
        String code = deny.reason().code();
        String detail = deny.detail() + ". " + deny.reason().advice();
        json.append('{');
        member(json, "type", TYPE + code).append(',');
        member(json, "title", deny.reason().title()).append(',');
        json.append("\"status\":").append(deny.reason().status()).append(',');
        member(json, "detail", detail).append(',');
        member(json, "instance", INSTANCE + requestId).append(',');
        member(json, "message", deny.reason().title()).append(',');
        member(json, "code", code).append(',');
        member(json, "contextId", requestId);
        return json.append(",\"details\":[],\"errors\":[]}").toString();
    }

    private static StringBuilder member(StringBuilder json, String name, String value) {
        json.append('"').append(name).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"');
    }

    /** RFC 9209 section 2.3. */
    private static String proxyError(Deny deny) {
        return switch (deny.reason()) {
            case UPSTREAM_UNREACHABLE -> "destination_unavailable";
            case UPSTREAM_OVERLOADED -> "connection_limit_reached";
            case UPSTREAM_TIMEOUT -> "http_response_timeout";
            case UPSTREAM_INVALID -> "http_protocol_error";
            default -> "http_request_denied";
        };
    }

    /** RFC 9110 section 15. */
    private static String phrase(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "Refused";
        };
    }

    private static void line(HeadWriter out, String... parts) {
        for (String part : parts) {
            out.write(part);
        }
        out.write("\r\n");
    }
}
