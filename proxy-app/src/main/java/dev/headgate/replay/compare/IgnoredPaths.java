package dev.headgate.replay.compare;

import java.util.ArrayList;
import java.util.List;

/** The JSON Pointers (RFC 6901) of what is not compared; {@code *} is any one member or element. */
final class IgnoredPaths {
    private static final String ANY = "*";

    private final List<List<String>> paths;

    /**
     * @param pointers such as {@code /entities/*}{@code /text}; the empty one is the whole body
     * @throws IllegalArgumentException if one is no pointer; the message is for whoever gave it
     */
    IgnoredPaths(List<String> pointers) {
        paths = pointers.stream().map(IgnoredPaths::segments).toList();
    }

    private static List<String> segments(String pointer) {
        if (pointer.isEmpty()) {
            return List.of();
        }
        if (pointer.charAt(0) != '/') {
            throw invalid(pointer);
        }
        List<String> segments = new ArrayList<>();
        for (String segment : pointer.substring(1).split("/", -1)) {
            if (segment.replace("~0", "").replace("~1", "").indexOf('~') >= 0) {
                throw invalid(pointer);
            }
            segments.add(segment.replace("~1", "/").replace("~0", "~"));
        }
        return List.copyOf(segments);
    }

    private static IllegalArgumentException invalid(String pointer) {
        return new IllegalArgumentException("JSON Pointer: " + Shown.escaped(pointer)
                + " (expected: /member/0/member, with * for any one, ~1 for a slash and ~0 for a tilde)");
    }

    /**
     * Whether something is not compared.
     *
     * @param path names of members as texts, indexes of elements as numbers
     */
    boolean contain(List<Object> path) {
        for (List<String> ignored : paths) {
            if (matches(ignored, path)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(List<String> ignored, List<Object> path) {
        if (ignored.size() != path.size()) {
            return false;
        }
        for (int i = 0; i < ignored.size(); i++) {
            if (!ignored.get(i).equals(ANY)
                    && !ignored.get(i).equals(path.get(i).toString())) {
                return false;
            }
        }
        return true;
    }
}
