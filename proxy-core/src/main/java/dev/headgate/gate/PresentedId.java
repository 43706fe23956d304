package dev.headgate.gate;

import dev.headgate.profile.Binding;

/**
 * An id that a request names.
 *
 * @param name of the variable, parameter or member
 * @param place {@code path}, {@code query} or {@code body}
 */
public record PresentedId(Binding binding, String name, String value, String place) {
    /** Without the value: a client may have put a token in the wrong place. */
    @Override
    public String toString() {
        return name + " in the " + place;
    }
}
