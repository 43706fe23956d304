package dev.headgate.sandbox;

import java.time.Instant;

/** Requests in the running minute, told in {@code inin-ratelimit-*} but never enforced. Thread-safe. */
final class RateWindow {
    /** What Genesys grants one token for one minute. */
    static final int ALLOWED = 300;

    private long minute = Long.MIN_VALUE;
    private int count;

    /**
     * @param count requests in this minute, this one included
     * @param reset seconds to the next minute, 1 to 60
     */
    record Reading(int count, int reset) {}

    synchronized Reading next(Instant now) {
        long seconds = now.getEpochSecond();
        long current = Math.floorDiv(seconds, 60L);
        if (current != minute) {
            minute = current;
            count = 0;
        }
        return new Reading(++count, 60 - (int) Math.floorMod(seconds, 60L));
    }
}
