package dev.headgate.netty;

import dev.headgate.gate.Reason;
import java.nio.charset.StandardCharsets;

/** Bytes that no client may send, in the limits of {@link Wire}. */
enum BadRequests {
    TLS_CLIENT_HELLO(
            Reason.HEAD_MALFORMED,
            "\26\3\1\2\0\1\0\1\374\3\3" + "\u00a5".repeat(32) + "\40" + "\u0001".repeat(32) + "\0\42\23\1\23\3"),
    HTTP_2_PREFACE(Reason.HEAD_MALFORMED, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    NO_VERSION(Reason.HEAD_MALFORMED, "GET /\r\n\r\n"),
    TWO_SPACES(Reason.HEAD_MALFORMED, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    BARE_LF(Reason.HEAD_MALFORMED, "GET / HTTP/1.1\nHost: a\n\n"),
    BARE_CR(Reason.HEAD_MALFORMED, "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"),
    NUL(Reason.HEAD_MALFORMED, "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
    BLANK_BEFORE_COLON(Reason.HEAD_MALFORMED, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
    EMPTY_NAME(Reason.HEAD_MALFORMED, "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
    OBS_FOLD(Reason.HEAD_MALFORMED, "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n"),
    CONNECT(Reason.HEAD_MALFORMED, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
    FOLDED_AUTHORIZATION(Reason.AUTH_FOLDED, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\n abc\r\n\r\n"),
    TOO_LARGE(Reason.HEAD_TOO_LARGE, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(40_000) + "\r\n\r\n"),
    TOO_LONG_TARGET(Reason.HEAD_TOO_LARGE, "GET /" + "x".repeat(40_000)),
    TOO_MANY_FIELDS(Reason.HEAD_TOO_LARGE, "GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(100) + "\r\n"),
    LENGTH_AND_CODING(
            Reason.FRAMING_AMBIGUOUS,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    TWO_LENGTHS(
            Reason.FRAMING_AMBIGUOUS,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    SIGNED_LENGTH(Reason.FRAMING_AMBIGUOUS, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello"),
    OTHER_CODING(
            Reason.FRAMING_AMBIGUOUS, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    CODING_IN_HTTP_1_0(
            Reason.FRAMING_AMBIGUOUS, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    NO_HOST(Reason.HOST_INVALID, "GET / HTTP/1.1\r\nX: a\r\n\r\n"),
    TWO_HOSTS(Reason.HOST_INVALID, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
    OTHER_HOST(Reason.HOST_INVALID, "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n");

    private final Reason reason;
    private final String text;

    BadRequests(Reason reason, String text) {
        this.reason = reason;
        this.text = text;
    }

    Reason reason() {
        return reason;
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
