package dev.headgate.replay.compare;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compares two JSON bodies: the order of members means nothing, that of elements does. For one pair. */
final class JsonComparison {
    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_PATH = 240;

    private final IgnoredPaths ignored;
    private final JsonTree recorded;
    private final JsonTree replayed;
    private final Shown shown;
    private final Consumer<Difference> found;
    private final List<Object> path = new ArrayList<>();

    /**
     * @param shown for the names of members
     */
    JsonComparison(
            IgnoredPaths ignored, JsonTree recorded, JsonTree replayed, Shown shown, Consumer<Difference> found) {
        this.ignored = ignored;
        this.recorded = recorded;
        this.replayed = replayed;
        this.shown = shown;
        this.found = found;
    }

    void run() {
        compare(null, recorded.root(), replayed.root());
    }

    private void compare(@Nullable String name, @Nullable Object a, @Nullable Object b) {
        if (ignored.contain(path)) {
            return;
        }
        if (a instanceof Map<?, ?> one && b instanceof Map<?, ?> other) {
            members(one, other);
        } else if (a instanceof List<?> one && b instanceof List<?> other) {
            elements(name, one, other);
        } else if (!Noise.same(name, a, b)) {
            String what = type(a).equals(type(b)) ? "" : " " + type(a) + " -> " + type(b);
            differ(what, name, a, b);
        }
    }

    private void members(Map<?, ?> one, Map<?, ?> other) {
        List<Object> gone = new ArrayList<>();
        for (Map.Entry<?, ?> member : one.entrySet()) {
            if (other.containsKey(member.getKey())) {
                within((String) member.getKey(), member.getValue(), other.get(member.getKey()));
            } else {
                gone.add(member.getKey());
            }
        }
        List<Object> added = new ArrayList<>();
        for (Object key : other.keySet()) {
            if (!one.containsKey(key)) {
                added.add(key);
            }
        }
        pairGenerated(one, gone, other, added);
        if (!replayed.open().contains(other)) {
            gone.forEach(key -> onlyOne((String) key, " missing", one.get(key), true));
        }
        if (!recorded.open().contains(one)) {
            added.forEach(key -> onlyOne((String) key, " added", other.get(key), false));
        }
    }

    /** An object by id has other members each time: the first is compared with the first. */
    private void pairGenerated(Map<?, ?> one, List<Object> gone, Map<?, ?> other, List<Object> added) {
        Iterator<Object> theirs = added.iterator();
        for (Iterator<Object> ours = gone.iterator(); ours.hasNext(); ) {
            String key = (String) ours.next();
            if (!Noise.isGenerated(key)) {
                continue;
            }
            while (theirs.hasNext()) {
                String match = (String) theirs.next();
                if (Noise.isGenerated(match)) {
                    ours.remove();
                    theirs.remove();
                    within(key, one.get(key), other.get(match));
                    break;
                }
            }
        }
    }

    private void within(String key, @Nullable Object a, @Nullable Object b) {
        path.add(key);
        compare(key, a, b);
        path.remove(path.size() - 1);
    }

    private void onlyOne(String key, String what, @Nullable Object value, boolean inRecorded) {
        path.add(key);
        if (!ignored.contain(path)) {
            String kind = kind(what);
            found.accept(new Difference(
                    kind,
                    to -> inRecorded ? to.value(key, value) : Difference.NONE,
                    to -> inRecorded ? Difference.NONE : to.value(key, value)));
        }
        path.remove(path.size() - 1);
    }

    private void elements(@Nullable String name, List<?> one, List<?> other) {
        boolean shorter = one.size() < other.size() && !recorded.open().contains(one);
        boolean longer = one.size() > other.size() && !replayed.open().contains(other);
        if (shorter || longer) {
            differ(" length", name, one, other);
            return;
        }
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            path.add(i);
            compare(name, one.get(i), other.get(i));
            path.remove(path.size() - 1);
        }
    }

    private void differ(String what, @Nullable String name, @Nullable Object a, @Nullable Object b) {
        found.accept(new Difference(kind(what), to -> to.value(name, a), to -> to.value(name, b)));
    }

    private String kind(String what) {
        StringBuilder kind = new StringBuilder("body ");
        for (Object segment : path) {
            kind.append('/').append(segment instanceof String name ? general(name) : "*");
        }
        if (path.isEmpty()) {
            kind.append('/');
        }
        return Shown.cut(kind.toString(), LONGEST_PATH) + what;
    }

    private String general(String name) {
        if (Noise.isGenerated(name)) {
            return "*";
        }
        return Shown.cut(shown.text(name), LONGEST_NAME).replace("~", "~0").replace("/", "~1");
    }

    private static String type(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Map<?, ?>) {
            return "object";
        }
        if (value instanceof List<?>) {
            return "array";
        }
        return value instanceof String ? "string" : value instanceof BigDecimal ? "number" : "boolean";
    }
}
