package dev.headgate.observe;

import java.util.concurrent.atomic.LongAdder;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.async.AsyncQueueFullPolicy;
import org.apache.logging.log4j.core.async.EventRoute;

/**
 * Drops an event for which the ring has no room, and counts it. Log4j's own default waits for room, on the caller's
 * thread. Named in {@code log4j2.component.properties}.
 */
public final class DropWhenFull implements AsyncQueueFullPolicy {
    // Log4j makes the instances and hands none out, so the count is the process's.
    private static final LongAdder DROPPED = new LongAdder();

    @Override
    public EventRoute getRoute(long backgroundThreadId, Level level) {
        DROPPED.increment();
        return EventRoute.DISCARD;
    }

    static long total() {
        return DROPPED.sum();
    }
}
