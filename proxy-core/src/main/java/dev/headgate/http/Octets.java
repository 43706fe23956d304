package dev.headgate.http;

/** Classes of octets (RFC 9110 section 5.5 and 5.6, RFC 3986 section 2). */
public final class Octets {
    private static final byte TOKEN = 1;
    private static final byte FIELD = 2;
    private static final byte TARGET = 4;
    private static final byte CONTROL = 8;
    private static final byte[] CLASS = new byte[256];

    static {
        for (int i = 0; i < 256; i++) {
            boolean digitOrLetter = i >= '0' && i <= '9' || i >= 'a' && i <= 'z' || i >= 'A' && i <= 'Z';
            int c = 0;
            if (digitOrLetter || i < 128 && "!#$%&'*+-.^_`|~".indexOf(i) >= 0) {
                c |= TOKEN;
            }
            if (i == '\t' || i >= ' ' && i != 0x7f) {
                c |= FIELD;
            }
            if (i > ' ' && i < 0x7f && i != '#') {
                c |= TARGET;
            }
            if (i < ' ' && i != '\t' || i == 0x7f) {
                c |= CONTROL;
            }
            CLASS[i] = (byte) c;
        }
    }

    private Octets() {}

    /** tchar (RFC 9110 section 5.6.2). */
    public static boolean isToken(byte b) {
        return (CLASS[b & 0xff] & TOKEN) != 0;
    }

    /** What may stand in a field value: VCHAR, obs-text, space and tab (RFC 9110 section 5.5). */
    public static boolean isField(byte b) {
        return (CLASS[b & 0xff] & FIELD) != 0;
    }

    /**
     * What may stand in a request target: visible ASCII without {@code #}. That is wider than RFC 3986, because
     * browsers send {@code | { } ^ "} and others unescaped in a query (URL standard, section 1.3).
     */
    public static boolean isTarget(byte b) {
        return (CLASS[b & 0xff] & TARGET) != 0;
    }

    /** A control octet other than tab: CR and LF are among them. */
    public static boolean isControl(byte b) {
        return (CLASS[b & 0xff] & CONTROL) != 0;
    }

    public static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    public static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    /** The value of a hexadecimal digit, or -1. */
    public static int hex(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int l = b | 0x20;
        return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
    }
}
