package dev.headgate.netty;

import dev.headgate.gate.Policy;
import dev.headgate.profile.PathPrefix;
import dev.headgate.profile.Profile;
import org.jspecify.annotations.Nullable;

/**
 * Where requests for a path go.
 *
 * @param path a {@link PathPrefix}
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
        return PathPrefix.covers(path, requestPath);
    }
}
