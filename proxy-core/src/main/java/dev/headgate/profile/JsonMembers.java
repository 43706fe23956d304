package dev.headgate.profile;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Some members of one JSON object (RFC 8259), read from the bytes of a bounded body. Immutable. */
public final class JsonMembers {
    /** A body that is not one JSON object in UTF-8, or has a wanted member twice. The message holds no value. */
    @SuppressWarnings("serial")
    public static final class Unreadable extends Exception {
        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    private static final int DEEPEST = 64;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    private final Map<String, String> values;

    private JsonMembers(Map<String, String> values) {
        this.values = values;
    }

    /**
     * @param names the members wanted, of the object itself and not of objects in it
     */
    public static JsonMembers read(byte[] body, int length, Collection<String> names) throws Unreadable {
        checkUtf8(body, length);
        Map<String, String> values = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Unreadable("body: no JSON object");
            }
            for (JsonToken token = parser.nextToken(); token == JsonToken.PROPERTY_NAME; token = parser.nextToken()) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (!names.contains(name)) {
                    parser.skipChildren();
                    continue;
                }
                String text = text(parser, value, name);
                if (values.put(name, text) != null) {
                    throw new Unreadable("body: member " + name + " appears twice");
                }
            }
            if (parser.nextToken() != null) {
                throw new Unreadable("body: something follows the JSON object");
            }
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new Unreadable("body: no well-formed JSON, or nested or long beyond reason"
                    + (at == null ? "" : ", at offset " + Math.max(0, at.getByteOffset())));
        }
        values.values().removeIf(String::isEmpty);
        return new JsonMembers(values);
    }

    /** The text of a string, number or boolean; an array's strings joined by blanks; empty for null. */
    private static String text(JsonParser parser, JsonToken value, String name) throws Unreadable {
        switch (value) {
            case VALUE_NULL:
                return "";
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE:
                return parser.getString();
            case START_ARRAY:
                StringBuilder joined = new StringBuilder();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (!parser.currentToken().isScalarValue()) {
                        throw new Unreadable("body: member " + name + " is a nested array (expected: text)");
                    }
                    joined.append(joined.isEmpty() ? "" : " ").append(parser.getString());
                }
                return joined.toString();
            default:
                throw new Unreadable("body: member " + name + " is an object (expected: text)");
        }
    }

    /** A parser that guesses encodings would read UTF-16 where the next server does not. */
    private static void checkUtf8(byte[] body, int length) throws Unreadable {
        int i = 0;
        while (i < length && body[i] > 0) {
            i++;
        }
        if (i == length) {
            return;
        }
        boolean byteOrderMark =
                length >= 3 && body[0] == (byte) 0xef && body[1] == (byte) 0xbb && body[2] == (byte) 0xbf;
        if (body[i] == 0 || byteOrderMark) {
            throw new Unreadable("body: a NUL or a byte order mark (expected: JSON in UTF-8, RFC 8259 section 8.1)");
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body, i, length - i));
        } catch (CharacterCodingException e) {
            throw new Unreadable("body: no UTF-8 (expected: JSON in UTF-8, RFC 8259 section 8.1)");
        }
    }

    /** The member's text, or null where it is absent, null or empty. */
    public @Nullable String get(String name) {
        return values.get(name);
    }

    /** The text of the first of these members that is there, or null. */
    public @Nullable String first(Collection<String> names) {
        for (String name : names) {
            String value = values.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
