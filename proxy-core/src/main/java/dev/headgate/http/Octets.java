package dev.headgate.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Classes of octets (RFC 9110 section 5.5 and 5.6, RFC 3986 section 2). */
public final class Octets {
    private static final byte TOKEN = 1;
    private static final byte FIELD = 2;
    private static final byte TARGET = 4;
    private static final byte CONTROL = 8;
    private static final byte[] CLASS = new byte[256];

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGHEST = 0x8080808080808080L;

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

    /**
     * The first of {@code bytes[from..to)} that is a control octet, tab included, or {@code to}. Eight octets at once:
     * in each, the highest bit of {@code o - 0x20} and of {@code (o ^ 0x7f) - 1} is set where {@code o} is below 0x20
     * or equal to 0x7f. A borrow can only spoil octets behind a first one that is found rightly.
     */
    public static int nextControl(byte[] bytes, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long word = (long) WORD.get(bytes, i);
            long delete = word ^ 0x7f * EACH;
            long found = ((word - 0x20 * EACH) & ~word | (delete - EACH) & ~delete) & HIGHEST;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (i < to && (bytes[i] >= ' ' && bytes[i] != 0x7f || bytes[i] < 0)) {
            i++;
        }
        return i;
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
