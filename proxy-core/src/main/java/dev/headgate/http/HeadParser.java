package dev.headgate.http;

import dev.headgate.http.BadHead.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads heads strictly (RFC 9112 sections 2 to 5): what the grammar does not allow is refused, never repaired. The
 * arrays given become part of the result. Not thread-safe.
 */
public final class HeadParser {
    private static final String[] METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"};
    private static final int LONGEST_METHOD = 32;
    private static final int FIRST_INDEX = 20 * Head.STRIDE;

    private final int maxFields;

    /** Of the head at hand; a head gets a copy that is no longer than it needs. */
    private int[] index = new int[FIRST_INDEX];

    /**
     * @param maxFields the most field lines that a head may have, 1 or more
     */
    public HeadParser(int maxFields) {
        if (maxFields < 1) {
            throw new IllegalArgumentException("maxFields: " + maxFields + " (expected: 1 or more)");
        }
        this.maxFields = maxFields;
    }

    /** The most field lines that a head may have. */
    public int maxFields() {
        return maxFields;
    }

    /**
     * @param bytes a head that {@link HeadScanner} has passed, from its first byte
     * @param length as the scanner returned it
     */
    public RequestHead request(byte[] bytes, int length) throws BadHead {
        int lineEnd = lineEnd(bytes, 0, length);
        int methodEnd = tokenEnd(bytes, 0, lineEnd);
        if (methodEnd == 0 || methodEnd > LONGEST_METHOD || methodEnd == lineEnd || bytes[methodEnd] != ' ') {
            throw malformed("request line: no method followed by one space (RFC 9112 section 3)");
        }
        int targetStart = methodEnd + 1;
        int targetEnd = targetStart;
        while (targetEnd < lineEnd && Octets.isTarget(bytes[targetEnd])) {
            targetEnd++;
        }
        if (targetEnd == targetStart || targetEnd == lineEnd || bytes[targetEnd] != ' ') {
            throw malformed("request target: empty, or an octet that must be escaped at offset " + targetEnd
                    + " (RFC 9112 section 3.2)");
        }
        int minor = minorVersion(bytes, targetEnd + 1, lineEnd);
        if (minor < 0 || targetEnd + 9 != lineEnd) {
            throw malformed("request line: version is not HTTP/1.1 or HTTP/1.0 (RFC 9112 section 2.3)");
        }
        String method = method(bytes, methodEnd);
        if (method.equals("CONNECT")) {
            throw malformed("method: CONNECT (expected: a method for a resource; this is no forward proxy)");
        }

        int authorityStart = -1;
        int authorityEnd = -1;
        int pathStart = targetStart;
        if (bytes[targetStart] != '/' && !isAsterisk(bytes, targetStart, targetEnd, method)) {
            authorityStart = authorityStart(bytes, targetStart, targetEnd);
            authorityEnd = authorityStart;
            while (authorityEnd < targetEnd && bytes[authorityEnd] != '/' && bytes[authorityEnd] != '?') {
                authorityEnd++;
            }
            if (authorityEnd == authorityStart) {
                throw malformed("request target: no host (RFC 9110 section 4.2.1)");
            }
            pathStart = authorityEnd;
        }
        int pathEnd = pathStart;
        while (pathEnd < targetEnd && bytes[pathEnd] != '?') {
            pathEnd++;
        }
        int count = fields(bytes, lineEnd + 2, length, true);
        return new RequestHead(
                bytes,
                length,
                index(count),
                count,
                method,
                targetStart,
                targetEnd,
                authorityStart,
                authorityEnd,
                pathStart,
                pathEnd,
                minor);
    }

    /**
     * @param bytes a head that {@link HeadScanner} has passed, from its first byte
     * @param length as the scanner returned it
     */
    public ResponseHead response(byte[] bytes, int length) throws BadHead {
        int lineEnd = lineEnd(bytes, 0, length);
        int minor = minorVersion(bytes, 0, lineEnd);
        if (minor < 0 || lineEnd < 12 || bytes[8] != ' ') {
            throw malformed("status line: no HTTP/1.1 or HTTP/1.0 and a space (RFC 9112 section 4)");
        }
        int status = 0;
        for (int i = 9; i < 12; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                throw malformed("status line: the status code is not three digits (RFC 9112 section 4)");
            }
            status = status * 10 + digit;
        }
        if (status < 100 || status > 599 || lineEnd > 12 && bytes[12] != ' ') {
            throw malformed("status line: status code (expected: 100 to 599 and a space, RFC 9110 section 15)");
        }
        int count = fields(bytes, lineEnd + 2, length, false);
        return new ResponseHead(bytes, length, index(count), count, status, minor);
    }

    /**
     * @param bytes the field lines of a trailer section and its empty line, passed by {@link HeadScanner}
     */
    public Trailers trailers(byte[] bytes, int length) throws BadHead {
        int count = fields(bytes, 0, length, false);
        return new Trailers(bytes, length, index(count), count);
    }

    private int[] index(int count) {
        return Arrays.copyOf(index, count * Head.STRIDE);
    }

    /** Fills the index and returns how many field lines there are. */
    private int fields(byte[] bytes, int from, int length, boolean request) throws BadHead {
        int n = 0;
        int end = length - 2;
        int at = from;
        while (at < end) {
            if (Octets.isBlank(bytes[at])) {
                throw folded(bytes, n, request);
            }
            if (n == maxFields) {
                throw new BadHead(Fault.TOO_LARGE, "fields: more than " + maxFields);
            }
            int hash = 0;
            int nameEnd = at;
            while (Octets.isToken(bytes[nameEnd])) {
                hash = FieldName.hash(hash, bytes[nameEnd++]);
            }
            if (nameEnd == at || bytes[nameEnd] != ':') {
                throw malformed("field " + (n + 1) + ": " + nameFault(bytes, at, nameEnd));
            }
            int valueStart = nameEnd + 1;
            while (Octets.isBlank(bytes[valueStart])) {
                valueStart++;
            }
            int lineEnd = lineEnd(bytes, valueStart, length);
            int valueEnd = lineEnd;
            while (valueEnd > valueStart && Octets.isBlank(bytes[valueEnd - 1])) {
                valueEnd--;
            }
            int slot = n * Head.STRIDE;
            if (slot == index.length) {
                index = Arrays.copyOf(index, slot * 2);
            }
            index[slot] = at;
            index[slot + 1] = nameEnd;
            index[slot + 2] = valueStart;
            index[slot + 3] = valueEnd;
            index[slot + 4] = hash;
            n++;
            at = lineEnd + 2;
        }
        return n;
    }

    private BadHead folded(byte[] bytes, int count, boolean request) {
        if (request && count > 0) {
            int slot = (count - 1) * Head.STRIDE;
            if (FieldName.AUTHORIZATION.matches(bytes, index[slot], index[slot + 1])) {
                return new BadHead(
                        Fault.FOLDED_AUTHORIZATION,
                        "Authorization: goes on in a second line (obs-fold, RFC 9112 section 5.2)");
            }
        }
        return malformed("field " + (count + 1) + ": the line starts with a blank (obs-fold, RFC 9112 section 5.2)");
    }

    private static String nameFault(byte[] bytes, int at, int nameEnd) {
        if (Octets.isBlank(bytes[nameEnd])) {
            return "whitespace before the colon (RFC 9112 section 5.1)";
        }
        return nameEnd == at
                ? "empty name (RFC 9110 section 5.1)"
                : "no colon, or an octet that a name may not have, at offset " + nameEnd + " (RFC 9110 section 5.1)";
    }

    /** The scanner has passed the bytes, so a CR is always one of a CRLF. */
    private static int lineEnd(byte[] bytes, int from, int length) {
        int i = Octets.nextControl(bytes, from, length);
        while (i < length && bytes[i] != '\r') {
            i = Octets.nextControl(bytes, i + 1, length);
        }
        return i;
    }

    private static int tokenEnd(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && Octets.isToken(bytes[i])) {
            i++;
        }
        return i;
    }

    private static int minorVersion(byte[] bytes, int from, int to) {
        boolean http1 = to - from >= 8
                && bytes[from] == 'H'
                && bytes[from + 1] == 'T'
                && bytes[from + 2] == 'T'
                && bytes[from + 3] == 'P'
                && bytes[from + 4] == '/'
                && bytes[from + 5] == '1'
                && bytes[from + 6] == '.';
        int minor = http1 ? bytes[from + 7] - '0' : -1;
        return minor == 0 || minor == 1 ? minor : -1;
    }

    private static String method(byte[] bytes, int end) {
        for (String method : METHODS) {
            if (method.length() == end && matches(bytes, method)) {
                return method;
            }
        }
        return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }

    private static boolean matches(byte[] bytes, String method) {
        for (int i = 0; i < method.length(); i++) {
            if (bytes[i] != method.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAsterisk(byte[] bytes, int from, int to, String method) throws BadHead {
        if (bytes[from] != '*') {
            return false;
        }
        if (to - from != 1 || !method.equals("OPTIONS")) {
            throw malformed("request target: * (expected: only with OPTIONS, RFC 9112 section 3.2.4)");
        }
        return true;
    }

    private static int authorityStart(byte[] bytes, int from, int to) throws BadHead {
        int i = from;
        while (i < to && bytes[i] != ':' && bytes[i] != '/' && bytes[i] != '?') {
            i++;
        }
        String scheme = new String(bytes, from, i - from, StandardCharsets.US_ASCII);
        boolean http = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
        if (!http || i + 3 >= to || bytes[i] != ':' || bytes[i + 1] != '/' || bytes[i + 2] != '/') {
            throw malformed("request target: neither origin-form nor absolute-form (RFC 9112 section 3.2)");
        }
        return i + 3;
    }

    private static BadHead malformed(String message) {
        return new BadHead(Fault.MALFORMED, message);
    }
}
