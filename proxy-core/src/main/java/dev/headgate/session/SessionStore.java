package dev.headgate.session;

import dev.headgate.profile.Binding;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Which token belongs to which session. Thread-safe. Stages may complete on any thread; one that is complete on return
 * costs the caller no switch. Once the stage of a change is complete, every {@link #find} sees it.
 */
public interface SessionStore {
    /** The session of that token, stale ones included as long as they are remembered; else null. */
    CompletionStage<@Nullable Session> find(TokenFingerprint fingerprint);

    /** The sessions of that profile that are bound to that id, from the oldest to the newest. Not for divisions. */
    CompletionStage<List<Session>> find(String profile, Binding binding, String id);

    /**
     * Keeps an issued session, and marks the one that the same guest had before as superseded at {@code
     * session.issuedAt()}. A token that an operator has revoked stays revoked.
     */
    CompletionStage<@Nullable Void> put(Session session);

    /**
     * Binds a token to the ids that its use has shown; the first writer of each wins. A token that is not known is kept
     * as given.
     */
    CompletionStage<@Nullable Void> bind(Session seen);

    /**
     * Ends a token. One that is not known stays unknown, unless an operator revokes it: then it is remembered, so that
     * it is refused even where unknown tokens pass.
     *
     * @return whether it was known
     */
    CompletionStage<Boolean> end(TokenFingerprint fingerprint, Ending ending);

    /**
     * Ends the tokens of that profile that are bound to that id. Not for divisions.
     *
     * @return how many there were
     */
    CompletionStage<Integer> end(String profile, Binding binding, String id, Ending ending);

    /** How many there are now. May take long; not for event loops. */
    CompletionStage<SessionCounts> counts();
}
