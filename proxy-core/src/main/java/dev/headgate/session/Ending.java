package dev.headgate.session;

/**
 * What ended a token before its lifetime did.
 *
 * @param at milliseconds since the epoch
 */
public record Ending(Cause cause, long at) {
    /** Why. */
    public enum Cause {
        /** A newer token was issued for the same guest; the one before lives on for a grace. */
        SUPERSEDED,
        /** Its conversation or member was deleted. */
        ENDED,
        /** The upstream answered 401 to it. */
        REJECTED,
        /** An operator revoked it. */
        REVOKED
    }

    /** The one of the two that counts: a final one before a superseding, a revocation before all; else the earlier. */
    Ending or(Ending other) {
        boolean outranked = cause == Cause.SUPERSEDED && other.cause != Cause.SUPERSEDED
                || cause != Cause.REVOKED && other.cause == Cause.REVOKED;
        boolean same = cause == other.cause;
        return outranked || same && other.at < at ? other : this;
    }
}
