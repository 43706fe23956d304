package dev.headgate.replay;

/** A recorded request that cannot be sent as it was. The message says why, and has no value of it. */
@SuppressWarnings("serial")
final class Unsendable extends Exception {
    Unsendable(String message) {
        super(message, null, false, false);
    }
}
