package dev.headgate.gate;

import java.util.HexFormat;

/**
 * An id as a message shows it. Only what looks like a UUID is repeated: anything else may be a token that a client put
 * in the wrong place.
 */
public final class IdText {
    private IdText() {}

    public static String of(String id) {
        return isUuid(id) ? id : "a value of " + id.length() + " characters";
    }

    /** The form of RFC 9562 section 4, in either case. */
    public static boolean isUuid(String id) {
        if (id.length() != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = id.charAt(i);
            boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
            if (hyphen ? c != '-' : !HexFormat.isHexDigit(c)) {
                return false;
            }
        }
        return true;
    }
}
