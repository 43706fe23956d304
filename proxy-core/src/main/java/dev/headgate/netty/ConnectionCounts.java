package dev.headgate.netty;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open connections of clients, in all and of each, and what is said where there are too many. Thread-safe. */
final class ConnectionCounts {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionCounts.class);
    private static final long BETWEEN_WARNINGS = TimeUnit.SECONDS.toNanos(10);

    private final ConnectionListener listener;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<Long, Integer> openByClient = new ConcurrentHashMap<>();
    private final LongAdder unwarned = new LongAdder();
    private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());

    ConnectionCounts(ConnectionListener listener) {
        this.listener = listener;
    }

    /**
     * Counts one more, if there is room.
     *
     * @param most 0 for any number
     */
    boolean enter(int most) {
        if (open.incrementAndGet() > most && most > 0) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        open.decrementAndGet();
    }

    /**
     * As {@link #enter(int)}, of one client.
     *
     * @param most from 1
     */
    boolean enter(long client, int most) {
        boolean[] room = new boolean[1];
        openByClient.compute(client, (key, n) -> {
            int others = n == null ? 0 : n;
            room[0] = others < most;
            return room[0] ? Integer.valueOf(others + 1) : n;
        });
        return room[0];
    }

    void leave(long client) {
        openByClient.computeIfPresent(client, (key, n) -> n == 1 ? null : n - 1);
    }

    /** A connection is closed before it could ask for anything. */
    void refused(ConnectionListener.Refused why, String inWords) {
        listener.downstreamRefused(why);
        unwarned.increment();
        long now = System.nanoTime();
        long next = nextWarning.get();
        if (now - next >= 0 && nextWarning.compareAndSet(next, now + BETWEEN_WARNINGS)) {
            LOG.warn(
                    "client connections closed at once: {} since the last such line; {}",
                    unwarned.sumThenReset(),
                    inWords);
        }
    }
}
