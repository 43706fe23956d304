package dev.headgate.session;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Which token belongs to which session. Thread-safe. Stages may complete on any thread; one that is complete on return
 * costs the caller no switch.
 */
public interface SessionStore {
    /** The session of that token, stale ones included as long as they are remembered; else null. */
    CompletionStage<@Nullable Session> find(TokenFingerprint fingerprint);

    /**
     * Keeps a session, and marks the one that the same guest had before as superseded at {@code session.issuedAt()}.
     * Once the stage is complete, every {@link #find} sees both.
     */
    CompletionStage<@Nullable Void> put(Session session);
}
