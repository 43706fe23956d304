package dev.headgate.netty;

import dev.headgate.gate.Policy;
import dev.headgate.profile.Profile;
import org.jspecify.annotations.Nullable;

/**
 * Where requests for a path go.
 *
 * @param path a prefix by whole segments: {@code /a} and {@code /a/} both stand for {@code /a} and all under it
 * @param profile of the API behind it, or null
 * @param policy what is done with what the rules find
 * @param tapFrames whether messages in WebSockets are read, to tell the {@link ExchangeListener} what they are about
 */
public record Route(
        String path, Upstream upstream, @Nullable Profile profile, Policy policy, boolean tapFrames) {
    /** One that reads no messages. */
    public Route(String path, Upstream upstream, @Nullable Profile profile, Policy policy) {
        this(path, upstream, profile, policy, false);
    }

    /** One that refuses. */
    public Route(String path, Upstream upstream, @Nullable Profile profile) {
        this(path, upstream, profile, Policy.ENFORCE);
    }

    boolean matches(String requestPath) {
        int length = path.endsWith("/") ? path.length() - 1 : path.length();
        return requestPath.regionMatches(0, path, 0, length)
                && (requestPath.length() == length || requestPath.charAt(length) == '/' || length == 0);
    }
}
