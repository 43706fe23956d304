package dev.headgate.replay;

import dev.headgate.profile.Uuid;
import dev.headgate.session.KeyedHash;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What a capture has in the place of a token, <code>{{token:32 hexadecimal digits}}</code>, or of an id, <code>
 * {{id:32 hexadecimal digits}}</code>, and what stands in for one, or for a value, that nobody has issued.
 */
final class Placeholder {
    private static final String TOKEN = "{{token:";
    private static final String ID = "{{id:";
    private static final String END = "}}";
    private static final int FINGERPRINT = 32;

    /** What a token begins with that nobody has issued. */
    private static final String UNKNOWN_TOKEN = "headgate-unknown-";

    private static final KeyedHash HASH = new KeyedHash(0, 0);

    private Placeholder() {}

    /** Where a placeholder ends that begins at {@code at}; -1 where none does. */
    static int end(String text, int at) {
        int from = text.startsWith(TOKEN, at) ? at + TOKEN.length() : text.startsWith(ID, at) ? at + ID.length() : -1;
        if (from < 0 || !text.startsWith(END, from + FINGERPRINT)) {
            return -1;
        }
        for (int i = from; i < from + FINGERPRINT; i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return -1;
            }
        }
        return from + FINGERPRINT + END.length();
    }

    /** Whether the whole text is one. */
    static boolean is(String text) {
        return end(text, 0) == text.length();
    }

    /** Whether the whole text is a token's. */
    static boolean isToken(String text) {
        return text.startsWith(TOKEN) && is(text);
    }

    /**
     * Something of the form of a token, or of an id, that nobody has issued: the same for the same text in every run.
     *
     * @param text a placeholder, or a value
     */
    static String standIn(String text, boolean token) {
        int from = text.indexOf(':') + 1;
        String fingerprint = is(text) ? text.substring(from, from + FINGERPRINT) : fingerprint(text);
        return token ? UNKNOWN_TOKEN + fingerprint : uuid(fingerprint);
    }

    private static String fingerprint(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return HASH.fingerprint(bytes, 0, bytes.length).toString();
    }

    /** Of version 8, for own use (RFC 9562 section 5.8), so that no id that anybody has made is the same. */
    private static String uuid(String hex) {
        String made = hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-8" + hex.substring(13, 16) + "-8"
                + hex.substring(17, 20) + "-" + hex.substring(20, 32);
        return Uuid.canonical(made);
    }
}
