package dev.headgate.observe;

import com.lmax.disruptor.EventHandler;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.FrameRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes exchanges to a stream, one write for each batch that the background thread finds in the ring. */
final class LineWriter implements EventHandler<LineWriter.Slot> {
    private static final Logger LOG = LoggerFactory.getLogger(LineWriter.class);
    private static final int FULL = 32 << 10;

    private final AtomicReference<@Nullable OutputStream> next = new AtomicReference<>();
    private OutputStream sink;
    private final JsonLines lines = new JsonLines();
    private int pending;
    private boolean failing;
    private volatile long lost;

    /** A place in the ring. */
    static final class Slot {
        @Nullable
        ExchangeRecord exchange;

        @Nullable
        FrameRecord frame;
    }

    LineWriter(OutputStream sink) {
        this.sink = sink;
    }

    @Override
    public void onEvent(Slot slot, long sequence, boolean endOfBatch) {
        ExchangeRecord exchange = slot.exchange;
        slot.exchange = null;
        if (exchange != null) {
            lines.add(exchange);
            pending++;
        }
        FrameRecord frame = slot.frame;
        slot.frame = null;
        if (frame != null) {
            lines.add(frame);
            pending++;
        }
        if (endOfBatch || lines.length() >= FULL) {
            write();
        }
    }

    /** What comes from the next write on goes there; the sink of before is closed then. Any thread. */
    void to(OutputStream other) {
        OutputStream unused = next.getAndSet(other);
        if (unused != null) {
            close(unused);
        }
    }

    private void write() {
        OutputStream other = next.getAndSet(null);
        if (other != null) {
            close(sink);
            sink = other;
        }
        try {
            sink.write(lines.bytes(), 0, lines.length());
            failing = false;
            lines.clear();
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("accessLog.path: cannot write, {} lines lost so far", lost + pending, e);
            }
            failing = true;
            lost(pending);
            lines.clear();
            // Part of a line may have been written; the next one must not continue it.
            lines.newline();
        }
        pending = 0;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void lost(int count) {
        lost += count;
    }

    /** Lines that the sink refused. */
    long lost() {
        return lost;
    }

    void close() {
        close(sink);
        OutputStream unused = next.getAndSet(null);
        if (unused != null) {
            close(unused);
        }
    }

    private static void close(OutputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            LOG.warn("accessLog.path: cannot close", e);
        }
    }
}
