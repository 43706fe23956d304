package dev.headgate.gate;

import dev.headgate.http.FieldName;
import dev.headgate.http.RequestHead;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which pages' scripts may use the API, where the edge decides it (Fetch standard, section 3.2). Immutable.
 *
 * @param origins as browsers send them, such as {@code https://chat.example.com}; {@code *} for any
 * @param credentials whether cookies may go along
 * @param maxAgeSeconds how long a browser may keep a preflight's answer
 */
public record Cors(Set<String> origins, boolean credentials, long maxAgeSeconds) {
    public static final FieldName ORIGIN = FieldName.of("origin");
    public static final FieldName ALLOW_ORIGIN = FieldName.of("access-control-allow-origin");
    static final FieldName ALLOW_CREDENTIALS = FieldName.of("access-control-allow-credentials");
    private static final FieldName REQUEST_HEADERS = FieldName.of("access-control-request-headers");
    private static final int LONGEST_ORIGIN = 256;

    /** A serialized origin (HTML standard, section 7.1.1), or what stands for an opaque one. */
    private static final Pattern SERIALIZED = Pattern.compile("null|[a-z][a-z0-9+.-]*://[A-Za-z0-9._~:\\[\\]-]*");

    public Cors {
        origins = Set.copyOf(origins);
    }

    /** Whether a page of that origin may. */
    public boolean allows(String origin) {
        return origins.contains(origin) || origins.contains("*");
    }

    /** The request's origin, or null where it has none, several, or one that no browser sends. */
    public static @Nullable String origin(RequestHead head) {
        int field = head.find(ORIGIN);
        if (field < 0 || head.find(ORIGIN, field + 1) >= 0) {
            return null;
        }
        String origin = head.value(field);
        return origin.length() <= LONGEST_ORIGIN && SERIALIZED.matcher(origin).matches() ? origin : null;
    }

    /** The fields that let a page of that origin read an answer; empty where it may not. */
    public String fields(String origin) {
        return allows(origin) ? fields(origin, credentials) : "";
    }

    /** The fields that let a page of that origin read an answer. */
    public static String fields(String origin, boolean credentials) {
        return "Access-Control-Allow-Origin: " + origin + "\r\n"
                + (credentials ? "Access-Control-Allow-Credentials: true\r\n" : "")
                + "Vary: Origin\r\n";
    }

    /** The fields that answer a preflight of an allowed origin. */
    public String preflight(RequestHead head, String origin) {
        String asked = head.value(REQUEST_HEADERS);
        return fields(origin)
                + "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"
                + (asked == null || asked.isEmpty() ? "" : "Access-Control-Allow-Headers: " + asked + "\r\n")
                + "Access-Control-Max-Age: " + maxAgeSeconds + "\r\n"
                + "Vary: Access-Control-Request-Method, Access-Control-Request-Headers\r\n";
    }
}
