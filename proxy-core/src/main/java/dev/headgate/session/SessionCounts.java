package dev.headgate.session;

/**
 * How many sessions a store keeps, by what their tokens are good for.
 *
 * @param live neither expired nor ended
 * @param superseded those in their grace included
 */
public record SessionCounts(long live, long expired, long superseded, long ended, long rejected, long revoked) {
    public static final SessionCounts ZERO = new SessionCounts(0, 0, 0, 0, 0, 0);

    public long all() {
        return live + expired + superseded + ended + rejected + revoked;
    }

    /** One more. */
    public SessionCounts plus(Session session, long now) {
        Ending ending = session.ending();
        boolean old = now >= session.expiresAt();
        Ending.Cause cause = ending == null ? null : ending.cause();
        return new SessionCounts(
                live + (cause == null && !old ? 1 : 0),
                expired + (cause == null && old ? 1 : 0),
                superseded + (cause == Ending.Cause.SUPERSEDED ? 1 : 0),
                ended + (cause == Ending.Cause.ENDED ? 1 : 0),
                rejected + (cause == Ending.Cause.REJECTED ? 1 : 0),
                revoked + (cause == Ending.Cause.REVOKED ? 1 : 0));
    }
}
