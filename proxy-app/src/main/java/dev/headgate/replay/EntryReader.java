package dev.headgate.replay;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Reads the JSON of one entry member by member, passes over what nobody asks for, and builds no tree. Not thread-safe.
 */
final class EntryReader {
    private static final int DEEPEST = 64;
    private static final int MOST_ELEMENTS = 10_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            // One thread reads a recording; the pool that is shared costs an atomic change for each entry.
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();

    /** Told of a member whose value comes next; what it leaves unread is passed over. */
    @FunctionalInterface
    interface Members {
        void member(String name) throws BadEntry;
    }

    /** Told of an element that comes next. */
    @FunctionalInterface
    interface Elements {
        void element() throws BadEntry;
    }

    private final JsonParser parser;

    private EntryReader(JsonParser parser) {
        this.parser = parser;
    }

    /** What reads the entry's members from the reader. */
    @FunctionalInterface
    interface Entry {
        void read(EntryReader reader) throws BadEntry;
    }

    /**
     * Reads one object.
     *
     * @param json of which the first {@code length} octets are read
     * @throws BadEntry if it is no JSON in UTF-8, or the entry says so
     */
    static void read(byte[] json, int length, Entry entry) throws BadEntry {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json, 0, length)) {
            parser.nextToken();
            entry.read(new EntryReader(parser));
            if (parser.nextToken() != null) {
                throw new BadEntry("no well-formed JSON: something follows the object");
            }
        } catch (JacksonException e) {
            if (!isUtf8(json, length)) {
                throw new BadEntry("no UTF-8 (expected: JSON in UTF-8)");
            }
            var at = e.getLocation();
            throw new BadEntry("no well-formed JSON, or nested more than " + DEEPEST + " deep"
                    + (at == null ? "" : ", at byte " + Math.max(0, at.getByteOffset()) + " of it"));
        }
    }

    static boolean isUtf8(byte[] text, int length) {
        int i = 0;
        while (i < length && text[i] >= 0) {
            i++;
        }
        if (i == length) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text, i, length - i));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    boolean isObject() {
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    /**
     * Reads the object that comes next.
     *
     * @param what it is, for people
     */
    void object(String what, Members members) throws BadEntry {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new BadEntry(what + ": " + kind() + " (expected: an object)");
        }
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            members.member(name);
            pass();
        }
    }

    /**
     * Reads the array that comes next; null is one without elements.
     *
     * @param what it is, for people
     */
    void array(String what, Elements elements) throws BadEntry {
        if (isNull()) {
            return;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new BadEntry(what + ": " + kind() + " (expected: an array)");
        }
        int n = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++n > MOST_ELEMENTS) {
                throw new BadEntry(what + ": more than " + MOST_ELEMENTS + " elements");
            }
            elements.element();
            pass();
        }
    }

    /** What is left unread of the value: all of a container that nobody entered. */
    private void pass() {
        parser.skipChildren();
    }

    /** Goes on to the next element of an array read by hand. */
    boolean element() {
        return parser.nextToken() != JsonToken.END_ARRAY;
    }

    /** The text, number or truth value that comes next, as text; null for null. */
    @Nullable
    String text(String what) throws BadEntry {
        if (isNull()) {
            return null;
        }
        if (!parser.currentToken().isScalarValue()) {
            throw new BadEntry(what + ": " + kind() + " (expected: text)");
        }
        return parser.getString();
    }

    /** The number that comes next, in digits or as text. */
    double number(String what, double otherwise) throws BadEntry {
        String text = text(what);
        try {
            double number = text == null ? otherwise : Double.parseDouble(text);
            return Double.isFinite(number) ? number : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private String kind() {
        JsonToken token = parser.currentToken();
        return token == null
                ? "nothing"
                : switch (token) {
                    case START_OBJECT -> "an object";
                    case START_ARRAY -> "an array";
                    case VALUE_STRING -> "text";
                    case VALUE_NULL -> "null";
                    case VALUE_TRUE, VALUE_FALSE -> "a truth value";
                    default -> "a number";
                };
    }
}
