package dev.headgate.gate;

import dev.headgate.profile.Uuid;

/**
 * An id as a message shows it. Only what looks like a UUID is repeated: anything else may be a token that a client put
 * in the wrong place.
 */
public final class IdText {
    private IdText() {}

    public static String of(String id) {
        return Uuid.is(id) ? id : "a value of " + id.length() + " characters";
    }
}
