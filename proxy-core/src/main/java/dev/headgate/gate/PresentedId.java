package dev.headgate.gate;

import dev.headgate.profile.Binding;

/**
 * An id that a request names.
 *
 * @param name of the member or parameter
 * @param place {@code body} or {@code query}
 */
public record PresentedId(Binding binding, String name, String value, String place) {}
