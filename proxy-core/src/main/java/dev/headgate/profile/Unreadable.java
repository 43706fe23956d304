package dev.headgate.profile;

/**
 * A JSON text that is not one object in UTF-8, or that two readers may read in two ways: a wanted value is there twice,
 * say, or the head tells of a content coding. The message holds no value.
 */
@SuppressWarnings("serial")
public final class Unreadable extends Exception {
    public Unreadable(String message) {
        super(message, null, false, false);
    }

    /** What was found and what was expected. */
    public String what() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
