package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what begins and what ends. Thread-safe. */
final class Ledger implements ExchangeListener, ConnectionListener {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    final LinkedBlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Refused> refused = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<FrameRecord> frames = new LinkedBlockingQueue<>();
    /** The end of an exchange is followed by a defect. */
    volatile boolean faulty;

    final AtomicInteger openExchanges = new AtomicInteger();
    final AtomicInteger openDownstreams = new AtomicInteger();
    final AtomicInteger openUpstreams = new AtomicInteger();
    final AtomicInteger idleUpstreams = new AtomicInteger();
    final AtomicInteger failedUpstreams = new AtomicInteger();
    final AtomicInteger mostUpstreams = new AtomicInteger();
    final AtomicInteger waiting = new AtomicInteger();
    final AtomicInteger ejections = new AtomicInteger();
    final AtomicInteger openWebSockets = new AtomicInteger();
    final AtomicInteger downstreamFrames = new AtomicInteger();
    final AtomicInteger upstreamFrames = new AtomicInteger();

    /** Waits until the number is reached. */
    synchronized void await(String what, AtomicInteger number, int expected) throws InterruptedException {
        long start = System.nanoTime();
        long waited = 0;
        while (number.get() != expected && waited < PATIENCE_NANOS) {
            TimeUnit.NANOSECONDS.timedWait(this, PATIENCE_NANOS - waited);
            waited = System.nanoTime() - start;
        }
        assertThat(number).as(what).hasValue(expected);
    }

    private synchronized void add(AtomicInteger number, int change) {
        number.addAndGet(change);
        notifyAll();
    }

    @Override
    public void started() {
        add(openExchanges, 1);
    }

    @Override
    public void frame(FrameRecord frame) {
        frames.add(frame);
    }

    @Override
    public void finished(ExchangeRecord exchange) {
        records.add(exchange);
        add(openExchanges, -1);
        if (faulty) {
            throw new LinkageError("of the test");
        }
    }

    @Override
    public void downstreamOpened() {
        add(openDownstreams, 1);
    }

    @Override
    public void downstreamClosed() {
        add(openDownstreams, -1);
    }

    @Override
    public void downstreamRefused(Refused why) {
        refused.add(why);
    }

    @Override
    public void upstreamConnected(String upstream, long nanos, boolean ok) {
        add(ok ? openUpstreams : failedUpstreams, 1);
        mostUpstreams.accumulateAndGet(openUpstreams.get(), Math::max);
    }

    @Override
    public void upstreamClosed(String upstream) {
        add(openUpstreams, -1);
    }

    @Override
    public void upstreamWaiting(String upstream, int change) {
        add(waiting, change);
    }

    @Override
    public void upstreamEjected(String upstream) {
        add(ejections, 1);
    }

    @Override
    public void upstreamIdle(String upstream, int change) {
        add(idleUpstreams, change);
    }

    @Override
    public void webSocketOpened() {
        add(openWebSockets, 1);
    }

    @Override
    public void webSocketClosed() {
        add(openWebSockets, -1);
    }

    @Override
    public void webSocketFrames(ExchangeRecord.Side from, long count) {
        add(from == ExchangeRecord.Side.DOWNSTREAM ? downstreamFrames : upstreamFrames, (int) count);
    }
}
