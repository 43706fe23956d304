package dev.headgate.netty;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said of clients whose TLS handshakes fail: a line a second at most, with how many others it stands for.
 * Thread-safe.
 */
final class HandshakeWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(HandshakeWarnings.class);
    private static final long BETWEEN = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier clock;
    private final Consumer<String> log;
    private final LongAdder leftOut = new LongAdder();
    private final AtomicLong next;

    HandshakeWarnings() {
        this(System::nanoTime, LOG::warn);
    }

    /**
     * @param clock in nanoseconds from any origin
     * @param log takes each line
     */
    HandshakeWarnings(LongSupplier clock, Consumer<String> log) {
        this.clock = clock;
        this.log = log;
        this.next = new AtomicLong(clock.getAsLong());
    }

    /**
     * @param peer the client's address
     * @param why in words, with nothing of the client's that is not escaped; asked only where a line is due
     */
    void failed(String peer, Supplier<String> why) {
        long now = clock.getAsLong();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + BETWEEN)) {
            leftOut.increment();
            return;
        }
        long others = leftOut.sumThenReset();
        log.accept("TLS handshake with " + peer + " failed: " + why.get()
                + (others == 0 ? "" : "; left out since the last such line: " + others));
    }
}
