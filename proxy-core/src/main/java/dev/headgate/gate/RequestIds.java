package dev.headgate.gate;

/** The grammar of request ids. */
public final class RequestIds {
    private static final int LONGEST = 128;

    private RequestIds() {}

    /** 1 to 128 of {@code A-Z a-z 0-9 . _ ~ + / = : @ -}: safe in a field, in a log line and in a search. */
    public static boolean isValid(byte[] bytes, int from, int to) {
        if (from >= to || to - from > LONGEST) {
            return false;
        }
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            boolean ok =
                    b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '-' && b <= ':' || "_~+=@".indexOf(b) >= 0;
            if (!ok) {
                return false;
            }
        }
        return true;
    }

    /** An id that is not valid, as a log may hold it: printable ASCII, the rest escaped, at most 128 characters. */
    public static String escaped(String id) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < id.length() && out.length() < LONGEST; i++) {
            char c = id.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '\\') {
                out.append(c);
            } else {
                out.append("\\x").append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
            }
        }
        return out.substring(0, Math.min(out.length(), LONGEST));
    }
}
