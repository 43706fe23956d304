package dev.headgate.netty;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds, in bytes and counts.
 *
 * @param head request line and fields together, in bytes; also for trailer sections and response heads
 * @param fields field lines of a head
 * @param checkedBody the most of a body that is held in memory for a check or to learn from, in bytes
 * @param body the most that a request's body may have, in bytes; 0 for any
 * @param connections of clients that may be open at a time; 0 for any number
 * @param connectionsPerClient likewise of each client; an IPv6 client is the first 64 bits of its address
 * @param bodyRate the least that a body must come with
 * @param clientRate the most requests of each client, or null
 * @param sessionRate the most requests with each token, or null
 */
public record Limits(
        int head,
        int fields,
        int checkedBody,
        long body,
        int connections,
        int connectionsPerClient,
        MinimumRate bodyRate,
        @Nullable RateLimit clientRate,
        @Nullable RateLimit sessionRate) {

    /** Any number of connections and requests, as slow as the time-outs allow. */
    public Limits(int head, int fields, int checkedBody, long body) {
        this(head, fields, checkedBody, body, 0, 0, MinimumRate.NONE, null, null);
    }

    /**
     * How fast something must come.
     *
     * @param bytesPerSecond on average, from the beginning; 0 for no minimum
     * @param grace for so long any rate will do
     */
    public record MinimumRate(long bytesPerSecond, Duration grace) {
        static final MinimumRate NONE = new MinimumRate(0, Duration.ZERO);
    }

    /**
     * So many requests in such a time, and some of them at once.
     *
     * @param requests from 1
     * @param per more than zero
     * @param burst the most at once, from 1
     */
    public record RateLimit(int requests, Duration per, int burst) {}
}
