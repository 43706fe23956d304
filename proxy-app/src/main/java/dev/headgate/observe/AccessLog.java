package dev.headgate.observe;

import dev.headgate.netty.ExchangeListener;
import dev.headgate.netty.ExchangeRecord;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.async.AsyncLoggerContext;
import org.apache.logging.log4j.spi.ExtendedLogger;
import org.jspecify.annotations.Nullable;

/**
 * The access log: one JSON line for each exchange. Callers only put a reference into a ring of 8192; one background
 * thread formats and writes, in batches. When the sink cannot keep up, lines are dropped and counted: no caller ever
 * waits. Lines reach the sink within 50 ms.
 *
 * <p>Safe for use by any number of threads.
 */
public final class AccessLog implements ExchangeListener, AutoCloseable {
    /** How long {@link #close()} may take to write what is left. */
    static final Duration CLOSING = Duration.ofSeconds(2);

    private static final String CALLER = AccessLog.class.getName();

    private final @Nullable AsyncLoggerContext context;
    private final @Nullable ExtendedLogger logger;
    private final @Nullable LineAppender lines;
    private final LongAdder late = new LongAdder();
    private final long droppedBefore = DropWhenFull.total();
    private final Duration closing;
    private volatile boolean closed;

    private AccessLog(@Nullable OutputStream sink, Duration closing) {
        this.closing = closing;
        if (sink == null) {
            context = null;
            logger = null;
            lines = null;
            return;
        }
        lines = new LineAppender(sink);
        context = new AsyncLoggerContext("access");
        context.start(new AccessLogConfiguration(context, lines));
        logger = context.getLogger("access");
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
            case "" -> new AccessLog(null, CLOSING);
            case "-" -> to(new FileOutputStream(FileDescriptor.out), CLOSING);
            default -> to(file(path), CLOSING);
        };
    }

    static AccessLog to(OutputStream sink, Duration closing) {
        return new AccessLog(sink, closing);
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
    public void finished(ExchangeRecord exchange) {
        if (logger == null) {
            return;
        }
        if (closed) {
            late.increment();
            return;
        }
        logger.logMessage(Level.INFO, null, CALLER, null, new ExchangeMessage(exchange), null);
    }

    /** Lines that were not written since this log was opened: the ring was full, the sink failed, or it was closed. */
    public long dropped() {
        return lines == null ? 0 : DropWhenFull.total() - droppedBefore + lines.lost() + late.sum();
    }

    /** Writes what is left, for at most two seconds, and closes the file. */
    @Override
    public void close() {
        if (context == null || closed) {
            return;
        }
        closed = true;
        // Log4j waits ten seconds for a stalled sink, so it does that on a thread of its own.
        Thread stopping = new Thread(() -> context.stop(closing.toMillis(), TimeUnit.MILLISECONDS), "access-log-close");
        stopping.setDaemon(true);
        stopping.start();
        try {
            stopping.join(closing.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
