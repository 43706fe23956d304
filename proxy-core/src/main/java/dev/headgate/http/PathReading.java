package dev.headgate.http;

import java.nio.charset.StandardCharsets;

/** Reads a path in the one way that {@link RequestHead#path()} promises, or refuses it. */
final class PathReading {
    private PathReading() {}

    static String of(byte[] bytes, int from, int to) throws BadHead {
        if (from == to) {
            return "/";
        }
        if (bytes[from] != '/') {
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        }
        if (to - from > 1 && bytes[from + 1] == '/') {
            throw bad("two slashes at its start (some servers take what follows for a host, RFC 3986 section 4.2)");
        }
        return isPlain(bytes, from, to)
                ? new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)
                : decode(bytes, from, to);
    }

    /** No escape, no parameter, no empty and no dot segment: nothing to decode, nothing to refuse. */
    private static boolean isPlain(byte[] bytes, int from, int to) {
        byte before = 0;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '%' || b == ';' || b == '\\' || before == '/' && (b == '/' || b == '.')) {
                return false;
            }
            before = b;
        }
        return true;
    }

    private static String decode(byte[] bytes, int from, int to) throws BadHead {
        byte[] out = new byte[to - from];
        int n = 0;
        boolean parameter = false;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '\\') {
                throw bad("a backslash (some servers take it for a slash)");
            }
            boolean escaped = b == '%';
            if (escaped) {
                int high = i + 2 < to ? Octets.hex(bytes[i + 1]) : -1;
                int low = i + 2 < to ? Octets.hex(bytes[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    throw bad("a percent sign without two hexadecimal digits (RFC 3986 section 2.1)");
                }
                b = (byte) (high << 4 | low);
                i += 2;
                if (b == '/' || b == '\\' || b == 0) {
                    throw bad("an escaped slash, backslash or NUL (servers read it in two ways)");
                }
            }
            if (!escaped && b == ';') {
                parameter = true;
            } else if (!escaped && b == '/') {
                parameter = false;
                refuseDotSegment(out, n);
                if (n == 0 || out[n - 1] != '/') {
                    out[n++] = '/';
                }
            } else if (!parameter) {
                out[n++] = b;
            }
        }
        refuseDotSegment(out, n);
        refuseOverlong(out, n);
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }

    /** Other octets that are no UTF-8 stand for themselves; an overlong form stands for a slash or a dot to some. */
    private static void refuseOverlong(byte[] out, int end) throws BadHead {
        for (int i = 0; i + 1 < end; i++) {
            int lead = out[i] & 0xff;
            int next = out[i + 1] & 0xff;
            boolean overlong = (lead == 0xc0 || lead == 0xc1) && next >= 0x80 && next < 0xc0
                    || lead == 0xe0 && next >= 0x80 && next < 0xa0
                    || lead == 0xf0 && next >= 0x80 && next < 0x90;
            if (overlong) {
                throw bad("an overlong UTF-8 sequence (RFC 3629 section 3)");
            }
        }
    }

    private static void refuseDotSegment(byte[] out, int end) throws BadHead {
        int dots = 0;
        while (dots < end && out[end - 1 - dots] == '.') {
            dots++;
        }
        if (dots > 0 && dots <= 2 && dots < end && out[end - 1 - dots] == '/') {
            throw bad("a dot segment (RFC 3986 section 3.3: the sender removes it)");
        }
    }

    private static BadHead bad(String what) {
        return new BadHead(BadHead.Fault.MALFORMED, "path: " + what);
    }
}
