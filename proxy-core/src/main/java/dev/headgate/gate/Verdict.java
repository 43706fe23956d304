package dev.headgate.gate;

import org.jspecify.annotations.Nullable;

/** What the gate says of a request. Immutable. */
public sealed interface Verdict {
    /** Nothing to say against it. */
    Allow ALLOWED = new Allow(null);

    /**
     * The request may go on.
     *
     * @param observed what it would have been refused for, where observing replaces refusing
     */
    record Allow(@Nullable Deny observed) implements Verdict {}

    /**
     * The request is refused.
     *
     * @param detail what exactly was found; names fields and ids, never a credential
     */
    record Deny(Reason reason, String detail) implements Verdict {}
}
