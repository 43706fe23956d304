package dev.headgate.capture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** JSON text (RFC 8259) in a buffer that is kept. For one thread. */
final class JsonText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int ESCAPED = 6;
    private static final int DIGITS = 20;

    /** 0 for what stands for itself in a string of UTF-8. */
    private static final byte[] ESCAPES = new byte[256];

    static {
        Arrays.fill(ESCAPES, 0, 0x20, (byte) 'u');
        ESCAPES['"'] = '"';
        ESCAPES['\\'] = '\\';
        ESCAPES['\n'] = 'n';
        ESCAPES['\r'] = 'r';
        ESCAPES['\t'] = 't';
        ESCAPES[0x7f] = 'u';
    }

    private byte[] bytes = new byte[64 << 10];
    private int length;

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What a text of UTF-8 is between the quotation marks of a string. */
    static byte[] escaped(byte[] text) {
        JsonText out = new JsonText();
        out.escape(text, 0, text.length);
        return Arrays.copyOf(out.bytes, out.length);
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Takes back what is behind this length. */
    void length(int shorter) {
        length = shorter;
    }

    JsonText raw(byte[] text) {
        return raw(text, 0, text.length);
    }

    JsonText raw(byte[] text, int from, int to) {
        reserve(to - from);
        System.arraycopy(text, from, bytes, length, to - from);
        length += to - from;
        return this;
    }

    JsonText raw(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
        return this;
    }

    /**
     * @param value 0 or more
     */
    JsonText number(long value) {
        reserve(DIGITS);
        int size = 1;
        for (long v = value; v >= 10; v /= 10) {
            size++;
        }
        long left = Math.max(0, value);
        for (int i = length + size; i > length; left /= 10) {
            bytes[--i] = (byte) ('0' + left % 10);
        }
        length += size;
        return this;
    }

    /** Between quotation marks; what is not ASCII is escaped. */
    @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int) copies without a look at each character
    JsonText string(String text) {
        int n = text.length();
        reserve(n * ESCAPED + 2);
        bytes[length++] = '"';
        text.getBytes(0, n, bytes, length);
        if (isPlain(text, length, n)) {
            length += n;
        } else {
            slowly(text);
        }
        bytes[length++] = '"';
        return this;
    }

    private boolean isPlain(String text, int from, int n) {
        int escapes = 0;
        for (int i = from; i < from + n; i++) {
            escapes |= ESCAPES[bytes[i] & 0xff] | bytes[i] & 0x80;
        }
        // A character above 0xFF has lost its upper half in the copy.
        for (int i = 0; i < n && escapes == 0; i++) {
            escapes |= text.charAt(i) >>> 8;
        }
        return escapes == 0;
    }

    private void slowly(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80 && ESCAPES[c] == 0) {
                bytes[length++] = (byte) c;
            } else if (c < 0x80 && ESCAPES[c] != 'u') {
                bytes[length++] = '\\';
                bytes[length++] = ESCAPES[c];
            } else {
                unicode(c);
            }
        }
    }

    /** Text of UTF-8, without quotation marks. */
    void escape(byte[] text, int from, int to) {
        reserve((to - from) * ESCAPED);
        int i = from;
        while (i < to) {
            int plain = i;
            while (i < to && ESCAPES[text[i] & 0xff] == 0) {
                i++;
            }
            System.arraycopy(text, plain, bytes, length, i - plain);
            length += i - plain;
            if (i < to) {
                byte escape = ESCAPES[text[i] & 0xff];
                if (escape == 'u') {
                    unicode((char) text[i]);
                } else {
                    bytes[length++] = '\\';
                    bytes[length++] = escape;
                }
                i++;
            }
        }
    }

    /** Octets, each the character of its number (ISO 8859-1), without quotation marks. */
    void escapeOctets(byte[] text, int from, int to) {
        reserve((to - from) * ESCAPED);
        for (int i = from; i < to; i++) {
            byte c = text[i];
            if (c < 0) {
                unicode((char) (c & 0xff));
            } else if (ESCAPES[c] == 0) {
                bytes[length++] = c;
            } else if (ESCAPES[c] == 'u') {
                unicode((char) c);
            } else {
                bytes[length++] = '\\';
                bytes[length++] = ESCAPES[c];
            }
        }
    }

    private void unicode(char c) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        bytes[length++] = HEX[c >> 12];
        bytes[length++] = HEX[c >> 8 & 15];
        bytes[length++] = HEX[c >> 4 & 15];
        bytes[length++] = HEX[c & 15];
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
