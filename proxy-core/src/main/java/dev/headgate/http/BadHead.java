package dev.headgate.http;

/**
 * Bytes that are not, or not in one reading only, the HTTP/1.1 message part that they should be. The message names
 * what is wrong, never the value of a field. Without a stack trace: it reports a peer's fault, not ours.
 */
@SuppressWarnings("serial")
public final class BadHead extends Exception {
    /** What is wrong, as far as answers to it differ. */
    public enum Fault {
        /** RFC 9112 or RFC 9110 grammar is broken. */
        MALFORMED,
        /** More bytes or fields than the limits allow. */
        TOO_LARGE,
        /** Where the body ends can be read in two ways (RFC 9112 section 6.3). */
        FRAMING,
        /** Host is told several times, or differs from {@code :authority} (RFC 9113 section 8.3.1). */
        HOST,
        /** An Authorization field that goes on in a second line (RFC 9112 section 5.2). */
        FOLDED_AUTHORIZATION,
        /** A trailer field that must not be one (RFC 9110 section 6.5.1). */
        TRAILER
    }

    private final Fault fault;

    public BadHead(Fault fault, String message) {
        super(message, null, false, false);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
