package dev.headgate.profile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Writes random JSON objects, and knows what it wrote: an oracle that reads no JSON. */
final class RandomJson {
    /** Short names, so that paths meet; the odd ones have to be escaped in a pointer, in JSON or in both. */
    private static final String[] NAMES = {"a", "b", "guestId", "0", "1", "", "/", "~", "~1", "m/n", "\"", "\u00e9", "A"
    };

    private static final String[] MORSELS = {
        "x", "y", "0", " ", "\"", "\\", "/", "\n", "\u0001", "\u007f", "\u00e9", "\u20ac", "\ud83d\ude00", "}", "]", ","
    };
    private static final String[] NUMBERS = {"0", "-0", "17", "-1.50", "1e3", "1E+30", "12345678901234567890"};

    /** A scalar has text, an object members and an array elements. */
    private record Value(
            @Nullable String text,
            @Nullable String literal,
            @Nullable Map<String, Value> members,
            @Nullable List<Value> elements) {
        boolean isScalar() {
            return members == null && elements == null;
        }
    }

    /** What a reader must find at a pointer. */
    record Found(@Nullable String text, boolean readable) {}

    private final Random random;
    private final Value root;

    RandomJson(Random random) {
        this.random = random;
        this.root = object(0);
    }

    private Value object(int depth) {
        Map<String, Value> members = new LinkedHashMap<>();
        for (int n = random.nextInt(depth == 0 ? 7 : 4); n > 0; n--) {
            members.put(NAMES[random.nextInt(NAMES.length)], value(depth + 1));
        }
        return new Value(null, null, members, null);
    }

    private Value value(int depth) {
        int roll = random.nextInt(depth < 5 ? 12 : 8);
        if (roll < 4) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(MORSELS[random.nextInt(MORSELS.length)]);
            }
            return new Value(text.toString(), null, null, null);
        }
        if (roll < 8) {
            String literal =
                    switch (roll) {
                        case 4 -> "null";
                        case 5 -> "true";
                        case 6 -> "false";
                        default -> NUMBERS[random.nextInt(NUMBERS.length)];
                    };
            return new Value(roll == 4 ? "" : literal, literal, null, null);
        }
        if (roll < 10) {
            return object(depth);
        }
        List<Value> elements = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            elements.add(value(depth + 1));
        }
        return new Value(null, null, null, elements);
    }

    /** A pointer to somewhere, most of the time to something that is there. */
    String pointer() {
        StringBuilder pointer = new StringBuilder();
        Value at = root;
        do {
            List<String> steps = steps(at);
            String step = steps.isEmpty() || random.nextInt(10) == 0
                    ? NAMES[random.nextInt(NAMES.length)]
                    : steps.get(random.nextInt(steps.size()));
            pointer.append('/').append(step.replace("~", "~0").replace("/", "~1"));
            at = at == null ? null : step(at, step);
        } while (at != null && !at.isScalar() && random.nextInt(6) > 0);
        return pointer.toString();
    }

    private static List<String> steps(@Nullable Value at) {
        if (at == null || at.isScalar()) {
            return List.of();
        }
        if (at.members != null) {
            return List.copyOf(at.members.keySet());
        }
        List<String> steps = new ArrayList<>();
        for (int i = 0; i < at.elements.size(); i++) {
            steps.add(Integer.toString(i));
        }
        return steps;
    }

    private static @Nullable Value step(Value at, String step) {
        if (at.members != null) {
            return at.members.get(step);
        }
        if (at.elements == null || !step.matches("0|[1-9]")) {
            return null;
        }
        int index = Integer.parseInt(step);
        return index < at.elements.size() ? at.elements.get(index) : null;
    }

    Found at(String pointer) {
        Value at = root;
        for (String token : pointer.substring(1).split("/", -1)) {
            at = at == null ? null : step(at, token.replace("~1", "/").replace("~0", "~"));
        }
        if (at == null) {
            return new Found(null, true);
        }
        if (at.members != null) {
            return new Found(null, false);
        }
        if (at.elements == null) {
            return new Found(at.text.isEmpty() ? null : at.text, true);
        }
        StringBuilder joined = new StringBuilder();
        for (Value element : at.elements) {
            if (!element.isScalar()) {
                return new Found(null, false);
            }
            joined.append(joined.isEmpty() ? "" : " ").append(element.literal != null ? element.literal : element.text);
        }
        return new Found(joined.isEmpty() ? null : joined.toString(), true);
    }

    /** With random whitespace and escapes. */
    String text() {
        StringBuilder out = new StringBuilder();
        blank(out);
        write(root, out);
        blank(out);
        return out.toString();
    }

    private void write(Value value, StringBuilder out) {
        if (value.members != null) {
            out.append('{');
            boolean first = true;
            for (Map.Entry<String, Value> member : value.members.entrySet()) {
                out.append(first ? "" : ",");
                first = false;
                blank(out);
                string(member.getKey(), out);
                blank(out);
                out.append(':');
                blank(out);
                write(member.getValue(), out);
                blank(out);
            }
            out.append('}');
        } else if (value.elements != null) {
            out.append('[');
            for (int i = 0; i < value.elements.size(); i++) {
                out.append(i == 0 ? "" : ",");
                blank(out);
                write(value.elements.get(i), out);
                blank(out);
            }
            out.append(']');
        } else if (value.literal != null) {
            out.append(value.literal);
        } else {
            string(value.text, out);
        }
    }

    private void blank(StringBuilder out) {
        while (random.nextInt(4) == 0) {
            out.append(" \t\r\n".charAt(random.nextInt(4)));
        }
    }

    private void string(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Half of a pair as it is and half by escape would be no UTF-8.
            boolean paired = Character.isSurrogate(c);
            if (c < ' ' || !paired && random.nextInt(8) == 0) {
                escape(c, out);
            } else if (paired && Character.isHighSurrogate(c) && random.nextBoolean()) {
                escape(c, out);
                escape(text.charAt(++i), out);
            } else if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private void escape(char c, StringBuilder out) {
        int known = "\b\f\n\r\t/".indexOf(c);
        if (known >= 0 && random.nextBoolean()) {
            out.append('\\').append("bfnrt/".charAt(known));
        } else {
            String hex = String.format("%04x", (int) c);
            out.append("\\u").append(random.nextBoolean() ? hex : hex.toUpperCase(java.util.Locale.ROOT));
        }
    }
}
