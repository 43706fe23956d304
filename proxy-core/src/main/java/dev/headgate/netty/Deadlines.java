package dev.headgate.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deadlines of one event loop's connections, looked at in one pass every tick: setting one is a write to a field,
 * where a timer for each request would cost an allocation and a place in a queue. Confined to its event loop.
 */
final class Deadlines {
    /** One connection's next deadline. */
    abstract static class Deadline {
        static final long NEVER = Long.MAX_VALUE;

        /** By {@link System#nanoTime()}; {@link #NEVER} for none. While {@code begins}, in nanoseconds from the next look. */
        private long at = NEVER;

        /** Most are set anew, or cleared, before anyone looks: so only the look asks what time it is. */
        private boolean begins;

        private int slot = -1;

        final void set(long nanosFromNow) {
            at = nanosFromNow;
            begins = true;
        }

        final void clear() {
            at = NEVER;
            begins = false;
        }

        private boolean hasPassed(long now) {
            if (begins) {
                begins = false;
                at += now;
            }
            return at != NEVER && now - at >= 0;
        }

        /** The deadline has passed; it is cleared already. */
        abstract void expired();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final long LONGEST_TICK = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_TICK = TimeUnit.MILLISECONDS.toNanos(5);

    /** In the shortest of the time-outs: one begins at a look and ends at one, so it is late by two of these at most. */
    private static final int LOOKS = 20;

    private final EventLoop loop;
    private final List<Deadline> all = new ArrayList<>();
    private @Nullable Future<?> next;
    private long tick;

    Deadlines(EventLoop loop) {
        this.loop = loop;
    }

    /**
     * @param shortest of the time-outs in force, in nanoseconds
     */
    void add(Deadline deadline, long shortest) {
        deadline.slot = all.size();
        all.add(deadline);
        long wanted = Math.max(SHORTEST_TICK, Math.min(LONGEST_TICK, shortest / LOOKS));
        boolean start = tick == 0;
        boolean sooner = !start && wanted < tick;
        tick = start ? wanted : Math.min(tick, wanted);
        if (sooner && next != null) {
            next.cancel(false);
        }
        if (start || sooner) {
            schedule();
        }
    }

    void remove(Deadline deadline) {
        if (deadline.slot < 0) {
            return;
        }
        Deadline last = all.remove(all.size() - 1);
        if (last != deadline) {
            all.set(deadline.slot, last);
            last.slot = deadline.slot;
        }
        deadline.slot = -1;
    }

    private void schedule() {
        next = loop.schedule(this::look, tick, TimeUnit.NANOSECONDS);
    }

    /** A defect in one must not end the time-outs of all. */
    private static void expire(Deadline deadline) {
        try {
            deadline.expired();
        } catch (Throwable e) {
            LOG.error("time-out not carried out", e);
        }
    }

    private void look() {
        long now = System.nanoTime();
        for (int i = all.size() - 1; i >= 0; i--) {
            if (i < all.size()) {
                Deadline deadline = all.get(i);
                if (deadline.hasPassed(now)) {
                    deadline.clear();
                    expire(deadline);
                    // What it has set begins after it.
                    now = System.nanoTime();
                }
            }
        }
        if (all.isEmpty()) {
            tick = 0;
        } else {
            schedule();
        }
    }
}
