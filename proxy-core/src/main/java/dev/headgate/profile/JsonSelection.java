package dev.headgate.profile;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Which values of a JSON object (RFC 8259) are wanted, by JSON Pointer (RFC 6901). Reads them from the octets of a
 * bounded text in one pass and builds no tree. Immutable, so thread-safe.
 */
public final class JsonSelection {
    private static final int DEEPEST = 64;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            // Event loops read, which are few and stay; the default pool is one that all threads queue at.
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();

    /** One member or element on the way to a wanted value. */
    private static final class Node {
        final String pointer;
        final int number;
        final Map<String, Node> children = new HashMap<>();
        /** Of the wanted value that stands here, or -1. */
        int index = -1;

        Node(String pointer, int number) {
            this.pointer = pointer;
            this.number = number;
        }
    }

    private final List<String> pointers;
    private final Node root = new Node("", 0);
    private int nodes = 1;

    private JsonSelection(Collection<String> pointers) {
        this.pointers = List.copyOf(new LinkedHashSet<>(pointers));
        for (int i = 0; i < this.pointers.size(); i++) {
            Node at = root;
            for (String token : JsonPointers.tokens(this.pointers.get(i))) {
                Node parent = at;
                at = at.children.computeIfAbsent(
                        token, t -> new Node(parent.pointer + "/" + JsonPointers.escaped(t), nodes++));
            }
            at.index = i;
        }
    }

    /**
     * @throws IllegalArgumentException if one of them is no pointer to a member
     */
    public static JsonSelection of(Collection<String> pointers) {
        return new JsonSelection(pointers);
    }

    /** Each once, in the order in which they were given. */
    public List<String> pointers() {
        return pointers;
    }

    /**
     * @param text of which the first {@code length} octets are read
     * @throws Unreadable if it is not one JSON object in UTF-8, if a wanted value or something on the way to one is
     *     there twice, or if a wanted value is an object
     */
    public JsonValues read(byte[] text, int length) throws Unreadable {
        Utf8.check(text, length);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text, 0, length)) {
            Reading reading = new Reading(parser, new String[pointers.size()], new boolean[nodes]);
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Unreadable("body: no JSON object");
            }
            reading.object(root);
            if (parser.nextToken() != null) {
                throw new Unreadable("body: something follows the JSON object");
            }
            return new JsonValues(this, reading.values);
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new Unreadable("body: no well-formed JSON, or nested or long beyond reason"
                    + (at == null ? "" : ", at offset " + Math.max(0, at.getByteOffset())));
        }
    }

    /**
     * @param seen by the number of a node, whether it has been met
     */
    private record Reading(JsonParser parser, @Nullable String[] values, boolean[] seen) {
        void object(Node node) throws Unreadable {
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                Node child = node.children.get(name);
                JsonToken value = parser.nextToken();
                if (child == null) {
                    parser.skipChildren();
                } else {
                    value(child, value);
                }
            }
        }

        private void value(Node node, JsonToken value) throws Unreadable {
            if (seen[node.number]) {
                throw new Unreadable("body: " + node.pointer + " appears twice");
            }
            seen[node.number] = true;
            boolean container = value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY;
            if (node.index < 0 || container && !node.children.isEmpty()) {
                inner(node, value);
                return;
            }
            String text =
                    switch (value) {
                        case VALUE_NULL -> "";
                        case START_ARRAY -> joined(node);
                        case START_OBJECT ->
                            throw new Unreadable("body: " + node.pointer + " is an object (expected: text)");
                        default -> parser.getString();
                    };
            checkSurrogates(node, text);
            values[node.index] = text.isEmpty() ? null : text;
        }

        private void inner(Node node, JsonToken value) throws Unreadable {
            if (value == JsonToken.START_OBJECT) {
                object(node);
            } else if (value == JsonToken.START_ARRAY) {
                int element = 0;
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    Node child = node.children.get(Integer.toString(element++));
                    if (child == null) {
                        parser.skipChildren();
                    } else {
                        value(child, next);
                    }
                }
            }
        }

        /** An array's strings, joined by blanks. */
        private String joined(Node node) throws Unreadable {
            StringBuilder joined = new StringBuilder();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (!parser.currentToken().isScalarValue()) {
                    throw new Unreadable("body: " + node.pointer + " is a nested array (expected: text)");
                }
                joined.append(joined.isEmpty() ? "" : " ").append(parser.getString());
            }
            return joined.toString();
        }

        /** Readers differ over what half of a surrogate pair stands for (RFC 8259 section 8.2). */
        private static void checkSurrogates(Node node, String text) throws Unreadable {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (!Character.isSurrogate(c)) {
                    continue;
                }
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw new Unreadable("body: " + node.pointer + " has half of a surrogate pair");
                }
                i++;
            }
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonSelection that && pointers.equals(that.pointers);
    }

    @Override
    public int hashCode() {
        return pointers.hashCode();
    }

    @Override
    public String toString() {
        return pointers.toString();
    }
}
