package dev.headgate.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes exchanges to a stream, one write for each batch that the background thread finds in the ring. */
final class LineAppender extends AbstractAppender {
    private static final Logger LOG = LoggerFactory.getLogger(LineAppender.class);
    private static final int FULL = 32 << 10;

    private final OutputStream sink;
    private final JsonLines lines = new JsonLines();
    private int pending;
    private boolean failing;
    private volatile long lost;

    LineAppender(OutputStream sink) {
        super("access", null, null, true, Property.EMPTY_ARRAY);
        this.sink = sink;
    }

    @Override
    public void append(LogEvent event) {
        if (event.getMessage() instanceof ExchangeMessage message) {
            lines.add(message.exchange());
            pending++;
        }
        if (event.isEndOfBatch() || lines.length() >= FULL) {
            write();
        }
    }

    private void write() {
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

    @Override
    public boolean stop(long timeout, TimeUnit unit) {
        try {
            sink.close();
        } catch (IOException e) {
            LOG.warn("accessLog.path: cannot close", e);
        }
        return super.stop(timeout, unit);
    }
}
