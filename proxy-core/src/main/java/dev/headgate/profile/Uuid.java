package dev.headgate.profile;

import java.util.HexFormat;
import java.util.Locale;

/** The text form of a UUID (RFC 9562 section 4). */
public final class Uuid {
    private static final int LENGTH = 36;

    private Uuid() {}

    /** Whether a text has it, in either case. */
    public static boolean is(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
            if (hyphen ? c != '-' : !HexFormat.isHexDigit(c)) {
                return false;
            }
        }
        return true;
    }

    /** An id as ids are compared: a UUID in lower case, since it is the same one in either; any other as it is. */
    public static String canonical(String id) {
        return is(id) ? id.toLowerCase(Locale.ROOT) : id;
    }
}
