package dev.headgate.netty;

import dev.headgate.http.FieldName;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.Octets;
import dev.headgate.http.RequestHead;
import java.util.Arrays;

/**
 * Reads the Authorization fields out of a head that is about to be written, without any use of the index by which it
 * was put together: what it compares is what the upstream will read.
 */
final class AuthorizationProof {
    private static final int NAME = FieldName.AUTHORIZATION.toString().length();

    private AuthorizationProof() {}

    /** Whether the values of those fields are octet for octet those of the head as it is kept: as many, in that order. */
    static boolean holds(RequestHead read, HeadWriter written) {
        byte[] bytes = written.bytes();
        int length = written.length();
        int field = read.find(FieldName.AUTHORIZATION);
        // Behind the request line.
        int line = lineFeed(bytes, 0, length) + 1;
        while (line < length) {
            int end = lineFeed(bytes, line, length);
            int colon = line + NAME;
            if (colon < end && bytes[colon] == ':' && FieldName.AUTHORIZATION.matches(bytes, line, colon)) {
                int to = bytes[end - 1] == '\r' ? end - 1 : end;
                if (field < 0 || !isValue(read, field, bytes, colon + 1, to)) {
                    return false;
                }
                field = read.find(FieldName.AUTHORIZATION, field + 1);
            }
            line = end + 1;
        }
        return field < 0;
    }

    /** The first line feed of {@code bytes[from..to)}, or {@code to}. */
    private static int lineFeed(byte[] bytes, int from, int to) {
        int i = Octets.nextControl(bytes, from, to);
        while (i < to && bytes[i] != '\n') {
            i = Octets.nextControl(bytes, i + 1, to);
        }
        return i;
    }

    /** Whether {@code bytes[from..to)}, without the blanks around it, is the value of that field. */
    private static boolean isValue(RequestHead read, int field, byte[] bytes, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && Octets.isBlank(bytes[start])) {
            start++;
        }
        while (end > start && Octets.isBlank(bytes[end - 1])) {
            end--;
        }
        return Arrays.equals(bytes, start, end, read.bytes(), read.valueStart(field), read.valueEnd(field));
    }
}
