package dev.headgate.netty;

import dev.headgate.profile.Profile;
import org.jspecify.annotations.Nullable;

/**
 * Where requests for a path go.
 *
 * @param path a prefix by whole segments: {@code /a} and {@code /a/} both stand for {@code /a} and all under it
 * @param profile of the API behind it, or null
 */
public record Route(
        String path, Upstream upstream, @Nullable Profile profile) {
    boolean matches(String requestPath) {
        int length = path.endsWith("/") ? path.length() - 1 : path.length();
        return requestPath.regionMatches(0, path, 0, length)
                && (requestPath.length() == length || requestPath.charAt(length) == '/' || length == 0);
    }
}
