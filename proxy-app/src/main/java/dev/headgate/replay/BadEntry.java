package dev.headgate.replay;

/**
 * An entry of a recording that cannot be replayed. The message tells members and what was expected, never a value that
 * may be a credential. Without a stack trace: it reports a file's fault, not ours.
 */
@SuppressWarnings("serial")
final class BadEntry extends Exception {
    BadEntry(String message) {
        super(message, null, false, false);
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
