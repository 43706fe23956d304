package dev.headgate.sandbox;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request as it arrived at the sandbox, credentials included: it stays in memory, and {@link #toString} tells only its
 * shape. Immutable.
 */
public final class SeenRequest {
    /** The most bytes of a body that are kept. */
    public static final int KEPT_BODY = 1 << 20;

    /** Ids are 36 characters at most; what is longer may be a token. A knowledge session's id is a credential, too. */
    private static final Pattern SECRET_SEGMENT = Pattern.compile("[^/]{37,}|(?<=/knowledge/guest/sessions/)[^/]+");

    private final String method;
    private final String uri;
    private final List<Field> fields;
    private final List<Field> trailers;
    private final byte[] body;
    private final long bodySize;
    private final String bodySha256;

    SeenRequest(
            String method,
            String uri,
            List<Field> fields,
            List<Field> trailers,
            byte[] body,
            long bodySize,
            String bodySha256) {
        this.method = method;
        this.uri = uri;
        this.fields = List.copyOf(fields);
        this.trailers = List.copyOf(trailers);
        this.body = body;
        this.bodySize = bodySize;
        this.bodySha256 = bodySha256;
    }

    /** One line of a head. The value's characters are its bytes (ISO 8859-1), without the white space around them. */
    public record Field(String name, String value) {
        /** The name and the value's length only: the value may be a credential. */
        @Override
        public String toString() {
            return name + ": (" + value.length() + " characters)";
        }
    }

    public String method() {
        return method;
    }

    /** The request target as it was sent, query included. */
    public String uri() {
        return uri;
    }

    /** Every field in the order and the spelling that it came in. */
    public List<Field> fields() {
        return fields;
    }

    /** The fields after a chunked body, likewise. */
    public List<Field> trailers() {
        return trailers;
    }

    /** The values of all fields of this name, in any case, in order. */
    public List<String> values(String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** The value of the first field of this name, in any case. */
    public @Nullable String value(String name) {
        for (Field field : fields) {
            if (field.name().equalsIgnoreCase(name)) {
                return field.value();
            }
        }
        return null;
    }

    /** A copy of the body, cut at {@link #KEPT_BODY}. */
    public byte[] body() {
        return body.clone();
    }

    /** The bytes of the whole body. */
    public long bodySize() {
        return bodySize;
    }

    /** SHA-256 of the whole body in lower-case hexadecimal. */
    public String bodySha256() {
        return bodySha256;
    }

    /** Roughly the bytes of memory that this holds. */
    int weight() {
        int weight = 200 + uri.length() + body.length;
        for (Field field : fields) {
            weight += 80 + field.name().length() + field.value().length();
        }
        for (Field field : trailers) {
            weight += 80 + field.name().length() + field.value().length();
        }
        return weight;
    }

    /** Method, path without query, and sizes; segments that may be a credential are masked. */
    @Override
    public String toString() {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        return method + " " + SECRET_SEGMENT.matcher(path).replaceAll("***") + " (" + fields.size() + " fields, "
                + bodySize + " bytes)";
    }
}
