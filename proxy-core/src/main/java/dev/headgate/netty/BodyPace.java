package dev.headgate.netty;

import dev.headgate.netty.Limits.MinimumRate;

/**
 * How fast a body has come so far, counting only the time in which it was read: what waits because the edge has paused
 * is not late. Times are of {@link System#nanoTime()}. Confined to its connection's event loop.
 */
final class BodyPace {
    private static final double NANOS = 1e9;

    private final MinimumRate minimum;
    private long received;
    private long readNanos;
    private long since;
    private boolean begun;
    private boolean reading;

    BodyPace(MinimumRate minimum) {
        this.minimum = minimum;
    }

    /** Whether there is a minimum; without one nothing else here needs to be told. */
    boolean isLimited() {
        return minimum.bytesPerSecond() > 0;
    }

    /**
     * A new body is due.
     *
     * @param waits whether its sender may wait for a word first, so that it only begins with its first octet
     */
    void start(long now, boolean waits) {
        received = 0;
        readNanos = 0;
        since = now;
        begun = !waits;
        reading = !waits;
    }

    void received(int octets, long now) {
        if (!begun) {
            begun = true;
            resume(now);
        }
        received += octets;
    }

    void pause(long now) {
        if (reading) {
            readNanos += now - since;
            reading = false;
        }
    }

    void resume(long now) {
        if (begun && !reading) {
            since = now;
            reading = true;
        }
    }

    /** For how long it may be read before it is too slow, if nothing more comes; not above 0 where it is too slow. */
    long nanosLeft(long now) {
        if (!begun) {
            return Long.MAX_VALUE;
        }
        long needed = (long) (received * (NANOS / minimum.bytesPerSecond()));
        return Math.max(minimum.grace().toNanos(), needed) - nanosRead(now);
    }

    private long nanosRead(long now) {
        return reading ? readNanos + now - since : readNanos;
    }

    /** For the detail of a refusal. */
    String inWords(long now) {
        return "body: " + received + " bytes in " + nanosRead(now) / 1_000_000 + " ms (expected: at least "
                + minimum.bytesPerSecond() + " bytes per second, limits.minimumBodyRate)";
    }
}
