package dev.headgate.profile;

import java.util.List;

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
     * @throws IllegalArgumentException if it does not start with a slash, or has {@code *} elsewhere than in a final
     *     {@code /**}
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
        return new PathPattern(pattern, segments, open);
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
    public String toString() {
        return pattern;
    }
}
