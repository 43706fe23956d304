package dev.headgate.netty;

import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.netty.Deadlines.Deadline;

/**
 * Until when more of a request's body must have come: by {@code timeouts.idle} for each pause of its sender, and by {@code
 * limits.minimumBodyRate} for all of it. Confined to its connection's event loop.
 */
final class BodyDeadline {
    private final Deadline deadline;
    private final long idleNanos;
    private final BodyPace pace;

    /**
     * @param deadline of the connection or stream; it passes when nothing more has come in time
     */
    BodyDeadline(Deadline deadline, Limits limits, Timeouts timeouts) {
        this.deadline = deadline;
        this.idleNanos = timeouts.idle().toNanos();
        this.pace = new BodyPace(limits.bodyRate());
    }

    /**
     * A body is due.
     *
     * @param waits whether its sender may wait for a word first
     */
    void start(boolean waits) {
        if (pace.isLimited()) {
            pace.start(System.nanoTime(), waits);
        }
        expect();
    }

    void received(int octets) {
        if (pace.isLimited()) {
            pace.received(octets, System.nanoTime());
        }
        expect();
    }

    /** Nothing is read for a while. */
    void pause() {
        deadline.clear();
        if (pace.isLimited()) {
            pace.pause(System.nanoTime());
        }
    }

    /** It is read again. */
    void resume() {
        if (pace.isLimited()) {
            pace.resume(System.nanoTime());
        }
        expect();
    }

    private void expect() {
        deadline.set(pace.isLimited() ? Math.min(idleNanos, pace.nanosLeft(System.nanoTime())) : idleNanos);
    }

    /** The refusal of a body that is late. */
    Deny late() {
        long now = System.nanoTime();
        boolean slow = pace.isLimited() && pace.nanosLeft(now) <= 0;
        String idle = "body: nothing came for " + idleNanos / 1_000_000 + " ms";
        return new Deny(Reason.BODY_TIMEOUT, slow ? pace.inWords(now) : idle);
    }
}
