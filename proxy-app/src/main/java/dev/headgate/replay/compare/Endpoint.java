package dev.headgate.replay.compare;

import dev.headgate.replay.RecordedRequest;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of the exchanges of one method and one form of path. */
final class Endpoint {
    private static final int MOST_KINDS = 100;
    private static final int LONGEST = 120;

    private final String name;
    private final Map<String, Long> kinds = new LinkedHashMap<>();
    private long exchanges;
    private long differ;
    private long micros;

    Endpoint(String name) {
        this.name = name;
    }

    /** Method and path, with {@code *} for each segment that somebody generated. */
    static String name(@Nullable RecordedRequest request) {
        if (request == null) {
            return "unreadable requests";
        }
        String target = Shown.of(request).bare(request.target());
        int end = target.length();
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '?' || c == '#') {
                end = i;
                break;
            }
        }
        StringBuilder name =
                new StringBuilder(end + 8).append(Shown.method(request)).append(' ');
        int from = 0;
        for (int i = 0; i <= end; i++) {
            if (i == end || target.charAt(i) == '/') {
                String segment = target.substring(from, i);
                name.append(!segment.isEmpty() && isGenerated(segment) ? "*" : segment);
                if (i < end) {
                    name.append('/');
                }
                from = i + 1;
            }
        }
        return Shown.cut(Shown.escaped(name.toString()), LONGEST);
    }

    private static boolean isGenerated(String segment) {
        return segment.contains("{{") || segment.contains(Shown.MASK) || Noise.isGenerated(segment);
    }

    void add(boolean differs, long durationMicros) {
        exchanges++;
        micros += Math.max(0, durationMicros);
        if (differs) {
            differ++;
        }
    }

    /** Counts a kind of difference that one of the exchanges has. */
    void add(Kind kind) {
        if (kinds.size() < MOST_KINDS || kinds.containsKey(kind.name())) {
            kinds.merge(kind.name(), 1L, Long::sum);
        }
    }

    String name() {
        return name;
    }

    long exchanges() {
        return exchanges;
    }

    long differ() {
        return differ;
    }

    /** How long their replays took together. */
    double seconds() {
        return micros / 1e6;
    }

    /** How often each kind of difference was found, by its name; the most frequent first. */
    List<Map.Entry<String, Long>> kinds() {
        return kinds.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .toList();
    }
}
