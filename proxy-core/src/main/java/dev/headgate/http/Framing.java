package dev.headgate.http;

import dev.headgate.http.BadHead.Fault;

/**
 * Where a message's body ends (RFC 9112 section 6.3), in the one reading that no peer can take otherwise.
 *
 * @param length in bytes, for {@link Kind#LENGTH}; else 0
 */
public record Framing(Kind kind, long length) {
    /** How the end of the body is told. */
    public enum Kind {
        NONE,
        LENGTH,
        CHUNKED,
        /** By the end of the connection; responses only. */
        UNTIL_CLOSE
    }

    public static final Framing NONE = new Framing(Kind.NONE, 0);
    public static final Framing CHUNKED = new Framing(Kind.CHUNKED, 0);
    public static final Framing UNTIL_CLOSE = new Framing(Kind.UNTIL_CLOSE, 0);

    /** 18 digits: no count of bytes is larger, and none overflows a long. */
    private static final int LONGEST_LENGTH = 18;

    public boolean hasBody() {
        return kind != Kind.NONE;
    }

    /**
     * @throws BadHead with {@link Fault#FRAMING} for every head that two readers could frame differently
     */
    public static Framing of(RequestHead head) throws BadHead {
        Framing framing = declared(head, head.minorVersion());
        return framing == null || framing.kind == Kind.LENGTH && framing.length == 0 ? NONE : framing;
    }

    /**
     * @param method of the request that it answers
     * @throws BadHead with {@link Fault#FRAMING} for every head that two readers could frame differently
     */
    public static Framing of(ResponseHead head, String method) throws BadHead {
        Framing framing = declared(head, head.minorVersion());
        if (method.equals("HEAD") || isBodiless(head.status())) {
            return NONE;
        }
        if (framing == null) {
            return UNTIL_CLOSE;
        }
        return framing.kind == Kind.LENGTH && framing.length == 0 ? NONE : framing;
    }

    /** 1xx, 204 and 304 (RFC 9112 section 6.3, first rule). */
    public static boolean isBodiless(int status) {
        return status < 200 || status == 204 || status == 304;
    }

    @SuppressWarnings("NullAway") // null says: nothing declared
    private static Framing declared(Head head, int minorVersion) throws BadHead {
        int coding = head.find(FieldName.TRANSFER_ENCODING);
        int length = head.find(FieldName.CONTENT_LENGTH);
        if (coding >= 0) {
            if (length >= 0) {
                throw bad("Content-Length beside Transfer-Encoding (RFC 9112 section 6.1)");
            }
            if (minorVersion == 0) {
                throw bad("Transfer-Encoding in HTTP/1.0 (RFC 9112 section 6.1)");
            }
            if (head.find(FieldName.TRANSFER_ENCODING, coding + 1) >= 0 || !head.valueIs(coding, "chunked")) {
                throw bad("Transfer-Encoding (expected: chunked, once)");
            }
            return CHUNKED;
        }
        if (length < 0) {
            return null;
        }
        if (head.find(FieldName.CONTENT_LENGTH, length + 1) >= 0) {
            throw bad("several Content-Length (RFC 9112 section 6.3)");
        }
        return new Framing(Kind.LENGTH, number(head, length));
    }

    private static long number(Head head, int field) throws BadHead {
        int from = head.valueStart(field);
        int to = head.valueEnd(field);
        if (from == to || to - from > LONGEST_LENGTH) {
            throw bad("Content-Length (expected: 1 to " + LONGEST_LENGTH + " digits)");
        }
        long n = 0;
        for (int i = from; i < to; i++) {
            int digit = head.bytes()[i] - '0';
            if (digit < 0 || digit > 9) {
                throw bad("Content-Length (expected: 1 to " + LONGEST_LENGTH + " digits)");
            }
            n = n * 10 + digit;
        }
        return n;
    }

    private static BadHead bad(String what) {
        return new BadHead(Fault.FRAMING, "framing: " + what);
    }
}
