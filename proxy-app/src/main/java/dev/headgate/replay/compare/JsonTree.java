package dev.headgate.replay.compare;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON text, or the beginning of one.
 *
 * @param root a {@link Map}, {@link List}, {@link String}, {@link BigDecimal} or {@link Boolean}; null for null
 * @param open the objects and arrays whose end is not known
 */
record JsonTree(@Nullable Object root, Set<Object> open) {
    private static final int DEEPEST = 200;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    /**
     * Reads one.
     *
     * @param cut whether more followed, so that it may end anywhere
     * @return null for what is no JSON, or nests deeper than {@value #DEEPEST}
     */
    static @Nullable JsonTree read(byte[] bytes, boolean cut) {
        Builder builder = new Builder();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (builder.isComplete()) {
                    return null;
                }
                builder.add(token, parser);
            }
        } catch (JacksonException e) {
            if (!cut || builder.isComplete()) {
                return null;
            }
        }
        return builder.tree(cut);
    }

    private static final class Builder {
        private final Deque<Object> open = new ArrayDeque<>();
        private final Deque<String> names = new ArrayDeque<>();
        private boolean begun;
        private boolean lastIsNumber;
        private @Nullable Object root;

        boolean isComplete() {
            return begun && open.isEmpty();
        }

        void add(JsonToken token, JsonParser parser) {
            lastIsNumber = false;
            switch (token) {
                case START_OBJECT -> begin(new LinkedHashMap<String, @Nullable Object>());
                case START_ARRAY -> begin(new ArrayList<@Nullable Object>());
                case END_OBJECT, END_ARRAY -> open.pop();
                case PROPERTY_NAME -> names.push(parser.currentName());
                case VALUE_STRING -> put(parser.getString());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                    put(parser.getDecimalValue());
                    lastIsNumber = true;
                }
                case VALUE_TRUE -> put(Boolean.TRUE);
                case VALUE_FALSE -> put(Boolean.FALSE);
                default -> put(null);
            }
        }

        private void begin(Object container) {
            put(container);
            open.push(container);
        }

        @SuppressWarnings("unchecked") // only these two are ever opened
        private void put(@Nullable Object value) {
            Object into = open.peek();
            if (into instanceof Map<?, ?>) {
                ((Map<String, @Nullable Object>) into).put(names.pop(), value);
            } else if (into instanceof List<?>) {
                ((List<@Nullable Object>) into).add(value);
            } else {
                root = value;
            }
            begun = true;
        }

        @Nullable
        JsonTree tree(boolean cut) {
            if (!begun || !open.isEmpty() && !cut) {
                return null;
            }
            if (cut && lastIsNumber && !dropLast()) {
                return null;
            }
            Set<Object> unended = Collections.newSetFromMap(new IdentityHashMap<>());
            unended.addAll(open);
            return new JsonTree(root, unended);
        }

        /** More digits may have followed. */
        private boolean dropLast() {
            Object in = open.peek();
            if (in instanceof Map<?, ?> map) {
                Object last = null;
                for (Object name : map.keySet()) {
                    last = name;
                }
                map.remove(last);
            } else if (in instanceof List<?> list) {
                list.remove(list.size() - 1);
            }
            return in != null;
        }
    }
}
