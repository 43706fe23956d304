package dev.headgate.profile;

import java.util.HexFormat;
import java.util.Locale;

/** The text form of a UUID (RFC 9562 section 4). */
public final class Uuid {
    private static final int LENGTH = 36;

    private Uuid() {}

    /** Whether a text has it, in either case. */
    public static boolean is(String text) {
        return text.length() == LENGTH
                && isHex(text, 0, 8)
                && isHex(text, 9, 13)
                && isHex(text, 14, 18)
                && isHex(text, 19, 23)
                && isHex(text, 24, LENGTH)
                && text.charAt(8) == '-'
                && text.charAt(13) == '-'
                && text.charAt(18) == '-'
                && text.charAt(23) == '-';
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** An id as ids are compared: a UUID in lower case, since it is the same one in either; any other as it is. */
    public static String canonical(String id) {
        return is(id) && hasCapital(id) ? id.toLowerCase(Locale.ROOT) : id;
    }

    private static boolean hasCapital(String uuid) {
        for (int i = 0; i < LENGTH; i++) {
            char c = uuid.charAt(i);
            if (c >= 'A' && c <= 'F') {
                return true;
            }
        }
        return false;
    }
}
