package dev.headgate.observe;

import com.lmax.disruptor.EventTranslatorOneArg;
import com.lmax.disruptor.IgnoreExceptionHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import dev.headgate.netty.ExchangeListener;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.FrameRecord;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: one JSON line for each exchange, and for each message of a WebSocket whose route taps them. Callers only put a reference into a ring of 8192; one background
 * thread formats and writes, in batches. When the sink cannot keep up, lines are dropped and counted: no caller ever
 * waits. Lines reach the sink within 50 ms.
 *
 * <p>Safe for use by any number of threads.
 */
public final class AccessLog implements ExchangeListener, AutoCloseable {
    /** How long {@link #close()} may take to write what is left. */
    static final Duration CLOSING = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final int RING = 8192;
    private static final long POLL_NANOS = 1_000_000;
    private static final EventTranslatorOneArg<LineWriter.Slot, ExchangeRecord> PUT =
            (slot, sequence, exchange) -> slot.exchange = exchange;
    private static final EventTranslatorOneArg<LineWriter.Slot, FrameRecord> PUT_FRAME =
            (slot, sequence, frame) -> slot.frame = frame;

    private final @Nullable Disruptor<LineWriter.Slot> disruptor;
    private final @Nullable RingBuffer<LineWriter.Slot> ring;
    private final @Nullable LineWriter lines;
    private final @Nullable String file;
    private final LongAdder dropped = new LongAdder();
    private final Duration closing;
    private volatile boolean closed;

    /** @param file the path of the sink, null where it is no file */
    private AccessLog(@Nullable OutputStream sink, @Nullable String file, Duration closing) {
        this.file = file;
        this.closing = closing;
        if (sink == null) {
            disruptor = null;
            ring = null;
            lines = null;
            return;
        }
        lines = new LineWriter(sink);
        disruptor = new Disruptor<>(
                LineWriter.Slot::new,
                RING,
                new DefaultThreadFactory("access-log", true),
                ProducerType.MULTI,
                new PausingWaitStrategy());
        // The default one ends the thread at the first defect.
        disruptor.setDefaultExceptionHandler(new IgnoreExceptionHandler());
        disruptor.handleEventsWith(lines);
        ring = disruptor.start();
    }

    /**
     * Opens the log.
     *
     * @param path {@code -} for standard output, empty for none, else a file, which is appended to, and made readable by
     *     its owner and group if it is new
     * @throws IOException if the file cannot be opened; its message names the path
     */
    public static AccessLog open(String path) throws IOException {
        return switch (path) {
            case "" -> new AccessLog(null, null, CLOSING);
            case "-" -> to(new FileOutputStream(FileDescriptor.out), CLOSING);
            default -> new AccessLog(file(path), path, CLOSING);
        };
    }

    static AccessLog to(OutputStream sink, Duration closing) {
        return new AccessLog(sink, null, closing);
    }

    private static OutputStream file(String path) throws IOException {
        try {
            Path file = Path.of(path);
            Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
            FileAttribute<?>[] attributes = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
                    }
                    : new FileAttribute<?>[0];
            return Channels.newOutputStream(Files.newByteChannel(file, options, attributes));
        } catch (IOException | InvalidPathException e) {
            throw new IOException(
                    "accessLog.path: cannot open " + path + " (" + e.getClass().getSimpleName() + ": " + e.getMessage()
                            + ")",
                    e);
        }
    }

    @Override
    public void frame(FrameRecord frame) {
        if (ring != null && (closed || !ring.tryPublishEvent(PUT_FRAME, frame))) {
            dropped.increment();
        }
    }

    @Override
    public void finished(ExchangeRecord exchange) {
        if (ring != null && (closed || !ring.tryPublishEvent(PUT, exchange))) {
            dropped.increment();
        }
    }

    /**
     * Opens the file by its path again, which may have been renamed meanwhile; lines from the next write on go there. If
     * that fails, the log says so and all stays as it was. Does nothing where the log is no file. Blocks.
     */
    public void reopen() {
        if (lines == null || file == null || closed) {
            return;
        }
        try {
            lines.to(file(file));
        } catch (IOException e) {
            LOG.warn("{}; lines go on to the file of before", e.getMessage());
        }
    }

    /** Lines that were not written since this log was opened: the ring was full, the sink failed, or it was closed. */
    public long dropped() {
        return lines == null ? 0 : dropped.sum() + lines.lost();
    }

    /** Writes what is left, for at most two seconds, and closes the file. */
    @Override
    public void close() {
        if (disruptor == null || ring == null || lines == null || closed) {
            return;
        }
        closed = true;
        long end = System.nanoTime() + closing.toNanos();
        // Disruptor.shutdown would wait in a busy loop.
        while (ring.remainingCapacity() < RING && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        disruptor.halt();
        // A sink that stalls still has its writer inside, whose lock close would wait for.
        if (ring.remainingCapacity() == RING) {
            lines.close();
        }
    }
}
