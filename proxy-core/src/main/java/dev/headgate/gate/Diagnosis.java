package dev.headgate.gate;

import dev.headgate.gate.Verdict.Deny;

/**
 * What the edge makes of an answer that is not its own.
 *
 * @param detail what exactly was found; names fields and ids, never a credential
 */
public record Diagnosis(Finding finding, Confidence confidence, String detail) {
    /** How sure it is. */
    public enum Confidence {
        /** One of several explanations. */
        POSSIBLE,
        /** The best of them, by what is known. */
        LIKELY,
        /** The edge or the API says so itself. */
        CERTAIN
    }

    /** What a rule has found, and did not refuse for. */
    public static Diagnosis of(Deny observed) {
        return new Diagnosis(observed.reason(), Confidence.CERTAIN, observed.detail());
    }
}
