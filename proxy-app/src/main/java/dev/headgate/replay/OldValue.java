package dev.headgate.replay;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A token or an id of a recording, and what stands for it in the replay. The planning thread sets whose it is; the event
 * loop sets the new value.
 */
final class OldValue {
    private final String text;
    private final boolean token;

    /** Whose it is; null where it is nobody's, or that of several sessions, such as a division. */
    @Nullable
    Conversation conversation;

    /** Complete when the first call that gives the new value has been replayed, however it ended. */
    CompletableFuture<?> settled = CompletableFuture.completedFuture(null);

    /** The one whose create answer has it in the recording; null where none has. */
    @Nullable
    Conversation origin;

    private volatile @Nullable String replacement;

    /**
     * @param text as it stands in the recording; empty where the recording leaves it out
     */
    OldValue(String text, boolean token) {
        this.text = text;
        this.token = token;
    }

    String text() {
        return text;
    }

    boolean isToken() {
        return token;
    }

    boolean isLearned() {
        return replacement != null;
    }

    /** What the replayed create answer has in its place. */
    void learn(String value) {
        replacement = value;
    }

    /** What is sent in its place: the new value, or else something of the same form that nobody has issued. */
    String value() {
        String known = replacement;
        return known == null ? Placeholder.standIn(text, token) : known;
    }

    /** Without the value, which may be a token. */
    @Override
    public String toString() {
        return (token ? "token" : "id") + " of " + text.length() + " characters";
    }
}
