package dev.headgate.profile;

/** Prefixes of paths by whole segments: {@code /a} and {@code /a/} both stand for {@code /a} and all under it. */
public final class PathPrefix {
    private PathPrefix() {}

    /** Whether a path is the prefix or under it; without allocation. */
    public static boolean covers(String prefix, String path) {
        int length = prefix.endsWith("/") ? prefix.length() - 1 : prefix.length();
        return path.regionMatches(0, prefix, 0, length)
                && (path.length() == length || path.charAt(length) == '/' || length == 0);
    }
}
