package dev.headgate.profile;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A path with variables: {@code /a/{x}/b}, and at its end {@code /**} for that path and everything under it. Matches
 * against {@link dev.headgate.http.RequestHead#path()}, with or without a slash at its end, because many servers take
 * the two for one. Immutable.
 */
public final class PathPattern {
    private final String pattern;
    private final List<String> segments;
    private final boolean open;

    private PathPattern(String pattern, List<String> segments, boolean open) {
        this.pattern = pattern;
        this.segments = segments;
        this.open = open;
    }

    /**
     * @throws IllegalArgumentException if it does not start with a slash, has {@code *} elsewhere than in a final {@code
     *     /**}, or a brace elsewhere than around a segment; or if two variables have one name
     */
    public static PathPattern of(String pattern) {
        boolean open = pattern.endsWith("/**");
        String fixed = open ? pattern.substring(0, pattern.length() - 3) : pattern;
        if (!pattern.startsWith("/") || fixed.indexOf('*') >= 0) {
            throw new IllegalArgumentException(
                    "path pattern: " + pattern + " (expected: /literal/{variable}, with /** at the end only)");
        }
        List<String> segments =
                fixed.isEmpty() ? List.of() : List.of(fixed.substring(1).split("/", -1));
        PathPattern made = new PathPattern(pattern, segments, open);
        List<String> variables = made.variables();
        boolean braces = Stream.concat(segments.stream().filter(s -> !isVariable(s)), variables.stream())
                .anyMatch(s -> s.contains("{") || s.contains("}"));
        if (braces || variables.contains("") || Set.copyOf(variables).size() < variables.size()) {
            throw new IllegalArgumentException(
                    "path pattern: " + pattern + " (expected: {variable} as a whole segment, each name once)");
        }
        return made;
    }

    /** The names of the variables, in order. */
    public List<String> variables() {
        return segments.stream()
                .filter(PathPattern::isVariable)
                .map(segment -> segment.substring(1, segment.length() - 1))
                .toList();
    }

    /** Which segment of a path is that variable, counted from 0; -1 where the pattern has none of that name. */
    public int position(String variable) {
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            boolean named = segment.length() == variable.length() + 2 && segment.startsWith(variable, 1);
            if (named && isVariable(segment)) {
                return i;
            }
        }
        return -1;
    }

    /** What stands for the variable, which must be one of this pattern's, in a path that this pattern matches. */
    public String value(String variable, String path) {
        int at = 0;
        for (int left = position(variable); left > 0; left--) {
            at = path.indexOf('/', at + 1);
        }
        int end = path.indexOf('/', at + 1);
        return path.substring(at + 1, end < 0 ? path.length() : end);
    }

    /** Whether this pattern matches every path that the other one does. */
    public boolean covers(PathPattern other) {
        int size = segments.size();
        if (size > other.segments.size()) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            String segment = segments.get(i);
            String theirs = other.segments.get(i);
            if (isVariable(segment) ? theirs.isEmpty() : !segment.equals(theirs)) {
                return false;
            }
        }
        int more = other.segments.size() - size;
        boolean slash = more == 1 && other.segments.get(size).isEmpty();
        return open || !other.open && (more == 0 || slash);
    }

    public boolean matches(String path) {
        int at = 0;
        for (String segment : segments) {
            if (at >= path.length() || path.charAt(at) != '/') {
                return false;
            }
            int end = path.indexOf('/', at + 1);
            if (end < 0) {
                end = path.length();
            }
            boolean fits = isVariable(segment)
                    ? end > at + 1
                    : segment.length() == end - at - 1 && path.startsWith(segment, at + 1);
            if (!fits) {
                return false;
            }
            at = end;
        }
        return open || at == path.length() || at == path.length() - 1 && path.charAt(at) == '/';
    }

    private static boolean isVariable(String segment) {
        return segment.startsWith("{") && segment.endsWith("}");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PathPattern that && pattern.equals(that.pattern);
    }

    @Override
    public int hashCode() {
        return pattern.hashCode();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
