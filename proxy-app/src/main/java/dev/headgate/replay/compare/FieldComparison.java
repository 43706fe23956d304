package dev.headgate.replay.compare;

import dev.headgate.replay.RecordedField;
import dev.headgate.replay.RecordedResponse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares some fields of two answers. */
final class FieldComparison {
    private static final List<String> DEFAULT =
            List.of("content-type", "location", "www-authenticate", "cache-control");
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern ORIGIN = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*");
    private static final Pattern BOUNDARY = Pattern.compile(";boundary=(\"[^\"]*\"|[^;]*)");
    private static final Pattern ERROR = Pattern.compile("(?i)\\berror\\s*=\\s*\"?([^\",\\s]*)");

    private final List<String> names;

    /**
     * @param more names, in any case
     * @throws IllegalArgumentException if one is no field name
     */
    FieldComparison(List<String> more) {
        Set<String> all = new LinkedHashSet<>(DEFAULT);
        for (String name : more) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "field to compare: " + Shown.escaped(name) + " (expected: the name of a response field)");
            }
            all.add(name.toLowerCase(Locale.ROOT));
        }
        names = List.copyOf(all);
    }

    List<String> names() {
        return names;
    }

    void compare(RecordedResponse recorded, RecordedResponse replayed, Consumer<Difference> found) {
        for (String name : names) {
            String a = essence(name, recorded.fields());
            String b = essence(name, replayed.fields());
            if (a == null || b == null) {
                if (a != null) {
                    found.accept(Difference.of("field " + name + " missing", a, Difference.NONE));
                } else if (b != null) {
                    found.accept(Difference.of("field " + name + " added", Difference.NONE, b));
                }
            } else if (!Noise.same(name, a, b)) {
                found.accept(Difference.of("field " + name, a, b));
            }
        }
    }

    /** What of a field is compared; lines of one name are one list (RFC 9110 section 5.3). */
    private static @Nullable String essence(String name, List<RecordedField> fields) {
        StringJoiner values = new StringJoiner(", ");
        boolean found = false;
        for (RecordedField field : fields) {
            if (field.name().equalsIgnoreCase(name)) {
                values.add(field.value());
                found = true;
            }
        }
        if (!found) {
            return null;
        }
        String value = values.toString();
        return switch (name) {
            case "content-type" ->
                BOUNDARY.matcher(value.toLowerCase(Locale.ROOT)
                                .replace(" ", "")
                                .replace("charset=\"utf-8\"", "charset=utf-8"))
                        .replaceAll("");
            // The target is another one than the recording's.
            case "location" -> ORIGIN.matcher(value).replaceFirst("");
            case "www-authenticate" -> challenge(value);
            case "cache-control" -> value.toLowerCase(Locale.ROOT).replace(" ", "");
            default -> value;
        };
    }

    /** The scheme and RFC 6750's error; the rest is prose. */
    private static String challenge(String value) {
        int end = value.indexOf(' ');
        String scheme = (end < 0 ? value : value.substring(0, end)).toLowerCase(Locale.ROOT);
        Matcher error = ERROR.matcher(value);
        return error.find() ? scheme + ", error " + error.group(1) : scheme;
    }
}
