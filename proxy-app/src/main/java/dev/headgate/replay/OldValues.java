package dev.headgate.replay;

import dev.headgate.profile.Uuid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tokens and ids that a recording has shown so far, and where they stand in a text. Those that were not seen for the
 * longest time are forgotten first. Confined to one thread.
 */
final class OldValues {
    /*
     * byText: all of them, the one used last at the end. byEnding: those that are no placeholders, by their last
     * characters (WINDOW, or all where there are fewer), in lower case. Endings and not beginnings: all JSON Web Tokens
     * begin alike.
     * Invariants: byEnding has just the values of byText that are no placeholders; windows has the lengths of its keys;
     * weight is the sum of the weights of byText.
     */
    private static final int WINDOW = 8;

    /** Shorter ones stand in too many other words. */
    static final int SHORTEST = 4;

    /** What the tables need for each, in bytes, beside the two texts. */
    private static final int OVERHEAD = 400;

    private final long maximum;
    private final Map<String, OldValue> byText = new LinkedHashMap<>(1024, 0.75f, true);
    private final Map<String, List<OldValue>> byEnding = new HashMap<>();
    private final TreeSet<Integer> windows = new TreeSet<>();
    private long weight;

    /** One that stands in a decoded text. */
    private record Found(int start, int end, OldValue value) {}

    /**
     * @param maximum about how many bytes all of them may take
     */
    OldValues(long maximum) {
        this.maximum = maximum;
    }

    /** The one with this text, made where there is none. */
    OldValue of(String text, boolean token) {
        String key = Uuid.canonical(text);
        OldValue known = byText.get(key);
        if (known != null) {
            return known;
        }
        OldValue made = new OldValue(text, token);
        byText.put(key, made);
        weight += weight(made);
        if (!Placeholder.is(text)) {
            String ending = ending(text);
            byEnding.computeIfAbsent(ending, e -> new ArrayList<>(1)).add(made);
            windows.add(ending.length());
        }
        Iterator<OldValue> eldest = byText.values().iterator();
        while (weight > maximum && byText.size() > 1) {
            OldValue forgotten = eldest.next();
            eldest.remove();
            forget(forgotten);
        }
        return made;
    }

    private void forget(OldValue value) {
        weight -= weight(value);
        byEnding.computeIfPresent(ending(value.text()), (ending, values) -> {
            values.remove(value);
            return values.isEmpty() ? null : values;
        });
    }

    @Nullable
    OldValue find(String text) {
        return byText.get(Uuid.canonical(text));
    }

    int size() {
        return byText.size();
    }

    private static long weight(OldValue value) {
        return OVERHEAD + 2L * value.text().length();
    }

    private static String ending(String text) {
        return lower(text.substring(Math.max(0, text.length() - WINDOW)));
    }

    /** Of ASCII only, which keeps every character in its place. */
    private static String lower(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 'A' && text.charAt(i) <= 'Z') {
                char[] all = text.toCharArray();
                for (; i < all.length; i++) {
                    all[i] |= all[i] >= 'A' && all[i] <= 'Z' ? (char) 0x20 : 0;
                }
                return new String(all);
            }
        }
        return text;
    }

    /** Where old values stand in a text. */
    HoledText holes(String source, Encoding encoding) {
        Encoding.Decoded decoded = encoding.decode(source);
        List<Found> found = find(decoded);
        if (found.isEmpty()) {
            return new HoledText(source, encoding, List.of());
        }
        List<HoledText.Hole> holes = new ArrayList<>(found.size());
        int end = 0;
        for (Found one : found) {
            if (one.start >= end) {
                holes.add(new HoledText.Hole(decoded.start(one.start), decoded.start(one.end), one.value));
                end = one.end;
            }
        }
        return new HoledText(source, encoding, holes);
    }

    /** By where they begin; of those that begin at one place, the longest first. */
    private List<Found> find(Encoding.Decoded decoded) {
        String text = decoded.text();
        List<Found> found = new ArrayList<>(4);
        for (int at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", at + 1)) {
            int end = Placeholder.end(text, at);
            if (end > 0) {
                String placeholder = text.substring(at, end);
                found.add(new Found(at, end, of(placeholder, Placeholder.isToken(placeholder))));
            }
        }
        if (!byEnding.isEmpty()) {
            String lower = lower(text);
            for (int window : windows) {
                for (int end = window; end <= lower.length(); end++) {
                    if (isBoundary(text, end)) {
                        add(found, text, end, byEnding.get(lower.substring(end - window, end)));
                    }
                }
            }
        }
        if (found.size() > 1) {
            found.sort(Comparator.comparingInt(Found::start).thenComparing(f -> -f.end));
        }
        return found;
    }

    private void add(List<Found> found, String text, int end, @Nullable List<OldValue> candidates) {
        if (candidates == null) {
            return;
        }
        for (OldValue candidate : candidates) {
            String old = candidate.text();
            int start = end - old.length();
            if (start >= 0
                    && text.regionMatches(Uuid.is(old), start, old, 0, old.length())
                    && isBoundary(text, start)) {
                byText.get(Uuid.canonical(old)); // used: the last to be forgotten
                found.add(new Found(start, end, candidate));
            }
        }
    }

    /** Whether no word goes on across this place. */
    private static boolean isBoundary(String text, int at) {
        return at == 0
                || at == text.length()
                || !Encoding.isAlphanumeric(text.charAt(at - 1))
                || !Encoding.isAlphanumeric(text.charAt(at));
    }
}
