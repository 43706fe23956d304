package dev.headgate.observe;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import java.util.concurrent.locks.LockSupport;

/**
 * Pauses before each batch, for longer while nothing comes. Producers never wake the consumer, which would cost a
 * system call on the event loop for each line, and batches stay large, so that one write serves many lines.
 */
final class PausingWaitStrategy implements WaitStrategy {
    private static final long SHORTEST = 2_000_000;
    private static final long LONGEST = 50_000_000;

    private long pause = SHORTEST;

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException {
        while (true) {
            barrier.checkAlert();
            LockSupport.parkNanos(pause);
            long available = dependent.get();
            if (available >= sequence) {
                pause = SHORTEST;
                return available;
            }
            pause = Math.min(pause * 2, LONGEST);
        }
    }

    @Override
    public void signalAllWhenBlocking() {}
}
