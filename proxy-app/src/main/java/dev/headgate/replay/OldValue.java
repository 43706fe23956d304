package dev.headgate.replay;

import dev.headgate.profile.Uuid;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A token or an id of a recording, and what stands for it in the replay. The planning thread sets whose it is; the event
 * loop sets the new value.
 */
final class OldValue {
    private static final String TOKEN = "{{token:";
    private static final String ID = "{{id:";
    private static final String END = "}}";
    private static final int FINGERPRINT = 32;

    /** What a token begins with that nobody has issued. */
    static final String UNKNOWN_TOKEN = "headgate-unknown-";

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

    /** Where a placeholder of a capture ends that begins at {@code at}; -1 where none does. */
    static int placeholderEnd(String text, int at) {
        int from = text.startsWith(TOKEN, at) ? at + TOKEN.length() : text.startsWith(ID, at) ? at + ID.length() : -1;
        if (from < 0 || !text.startsWith(END, from + FINGERPRINT)) {
            return -1;
        }
        for (int i = from; i < from + FINGERPRINT; i++) {
            if (!java.util.HexFormat.isHexDigit(text.charAt(i))) {
                return -1;
            }
        }
        return from + FINGERPRINT + END.length();
    }

    static boolean isPlaceholder(String text) {
        return placeholderEnd(text, 0) == text.length();
    }

    static boolean isTokenPlaceholder(String text) {
        return text.startsWith(TOKEN) && isPlaceholder(text);
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
        return known == null ? standIn(text, token) : known;
    }

    /** The same for the same text, whatever it is run with. */
    static String standIn(String text, boolean token) {
        if (!isPlaceholder(text)) {
            String hash = hash(text);
            return token ? UNKNOWN_TOKEN + hash : uuid(hash);
        }
        int colon = text.indexOf(':');
        String fingerprint = text.substring(colon + 1, colon + 1 + FINGERPRINT);
        return token ? UNKNOWN_TOKEN + fingerprint : uuid(fingerprint);
    }

    private static String hash(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new dev.headgate.session.KeyedHash(0, 0)
                .fingerprint(bytes, 0, bytes.length)
                .toString();
    }

    /** Of version 8, for own use (RFC 9562 section 5.8), so that no id that anybody has made is the same. */
    private static String uuid(String hex) {
        String made = hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-8" + hex.substring(13, 16) + "-8"
                + hex.substring(17, 20) + "-" + hex.substring(20, 32);
        return Uuid.canonical(made);
    }

    /** Without the value, which may be a token. */
    @Override
    public String toString() {
        return (token ? "token" : "id") + " of " + text.length() + " characters";
    }
}
