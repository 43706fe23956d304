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
     * @param comparison what was compared, where something was
     * @param check the rule that found it; null where it was no rule of the gate
     */
    record Deny(
            Reason reason,
            String detail,
            @Nullable Comparison comparison,
            @Nullable String check) implements Verdict {
        public Deny(Reason reason, String detail) {
            this(reason, detail, null, null);
        }

        public Deny(Reason reason, String detail, Comparison comparison) {
            this(reason, detail, comparison, null);
        }

        Deny by(Check rule) {
            return new Deny(reason, detail, comparison, rule.getClass().getSimpleName());
        }
    }
}
