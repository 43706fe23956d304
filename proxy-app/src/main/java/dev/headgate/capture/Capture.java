package dev.headgate.capture;

import dev.headgate.netty.CaptureListener;
import dev.headgate.netty.CapturedExchange;
import dev.headgate.session.KeyedHash;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes exchanges to the files of a capture. Event loops only put a reference into a queue that is bounded by the memory
 * it holds; one thread masks, encodes and writes, in batches, and another one compresses files that are closed. When they
 * cannot keep up, or the disk is full, exchanges are dropped and counted: no caller ever waits.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Capture implements CaptureListener, AutoCloseable {
    /** The most that waits to be written, in bytes. */
    private static final long QUEUE = 64L << 20;

    /** The most that bodies of exchanges that are not over hold together, in bytes. */
    private static final long BODIES = 64L << 20;

    /** From so many bytes on, what waits is written. */
    private static final int BATCH = 256 << 10;

    /** Between two looks at the queue, in nanoseconds: what is fetched soon is still in the processor's cache. */
    private static final long SHORTEST_PAUSE = 2_000_000;

    /** In nanoseconds, as the shortest; where nothing comes the pause grows up to it. */
    private static final long LONGEST_PAUSE = 20_000_000;

    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

    /** How long {@link #close()} waits for what is left to be written, and then for the last file to be compressed. */
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Capture.class);

    private final ConcurrentLinkedQueue<CapturedExchange> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong queued = new AtomicLong();
    private final AtomicLong bodies = new AtomicLong();
    private final LongAdder droppedByQueue = new LongAdder();
    private final LongAdder droppedByDisk = new LongAdder();
    private final LongAdder droppedByDefect = new LongAdder();
    private final LongAdder written = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final CaptureFiles files;
    private final CaptureArchive archive;
    private final CaptureLines lines;
    private final ExecutorService archiver =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("capture-archive", true, Thread.MIN_PRIORITY));
    private final Thread writer;
    private volatile CaptureSettings settings;
    private volatile boolean closed;

    // The writer's own.
    private CaptureSettings inForce;
    private int batch;
    private int unseen;
    private long lastSync = System.nanoTime();
    private long lastWarning = System.nanoTime() - BETWEEN_WARNINGS.toNanos();
    private long nextAttempt = System.nanoTime();
    private boolean failing;

    private Capture(CaptureFiles files, KeyedHash hash, CaptureSettings settings) {
        this.files = files;
        this.archive = new CaptureArchive(files);
        this.lines = new CaptureLines(hash);
        this.settings = settings;
        this.inForce = settings;
        lines.mask(settings.fields(), settings.members(), settings.body());
        writer = new Thread(this::run, "capture");
        writer.setDaemon(true);
    }

    /**
     * Starts one.
     *
     * @param directory made where it is not there
     * @param hash what placeholders are made with
     * @throws IOException if the directory cannot be made or written to; its message names it
     */
    public static Capture start(Path directory, KeyedHash hash, InstantSource clock, CaptureSettings settings)
            throws IOException {
        return start(new CaptureFiles(directory, clock, CaptureFiles::create), hash, settings);
    }

    static Capture start(CaptureFiles files, KeyedHash hash, CaptureSettings settings) throws IOException {
        try {
            files.prepare();
        } catch (IOException e) {
            throw new IOException(
                    "capture.path: " + files.directory() + ": " + e.getClass().getSimpleName() + ": " + e.getMessage()
                            + " (expected: a directory that can be written to, or made)",
                    e);
        }
        Capture capture = new Capture(files, hash, settings);
        capture.tidy();
        capture.writer.start();
        return capture;
    }

    /** From now on it goes by these. */
    public void configure(CaptureSettings next) {
        settings = next;
    }

    @Override
    public int body() {
        return settings.body();
    }

    @Override
    public boolean hold(int more) {
        if (bodies.addAndGet(more) <= BODIES) {
            return true;
        }
        bodies.addAndGet(-more);
        return false;
    }

    @Override
    public void captured(CapturedExchange exchange) {
        bodies.addAndGet(-exchange.held());
        int size = exchange.size();
        if (closed || queued.addAndGet(size) > QUEUE) {
            if (!closed) {
                queued.addAndGet(-size);
            }
            droppedByQueue.increment();
            return;
        }
        queue.add(exchange);
    }

    /** Exchanges that were not captured because too many waited. */
    public long droppedByQueue() {
        return droppedByQueue.sum();
    }

    /** Exchanges that were not captured because they could not be written. */
    public long droppedByDisk() {
        return droppedByDisk.sum();
    }

    /** Exchanges that were not captured because of a defect, which the log tells. */
    public long droppedByDefect() {
        return droppedByDefect.sum();
    }

    /** Exchanges that were written. */
    public long written() {
        return written.sum();
    }

    /** Bytes that were written, before compression. */
    public long bytes() {
        return bytes.sum();
    }

    private void run() {
        long pause = SHORTEST_PAUSE;
        while (true) {
            boolean last = closed;
            boolean any = false;
            try {
                any = drain();
                syncAndRotate();
            } catch (RuntimeException e) {
                LOG.error("capture: defect", e);
                drop(droppedByDefect);
            }
            if (last) {
                return;
            }
            pause = any ? SHORTEST_PAUSE : Math.min(LONGEST_PAUSE, 2 * pause);
            LockSupport.parkNanos(pause);
        }
    }

    /** Writes what waits; says whether that was anything. */
    private boolean drain() {
        CaptureSettings next = settings;
        if (next != inForce) {
            inForce = next;
            lines.mask(next.fields(), next.members(), next.body());
        }
        boolean any = false;
        for (CapturedExchange each = queue.poll(); each != null; each = queue.poll()) {
            any = true;
            queued.addAndGet(-each.size());
            try {
                lines.add(each);
                batch++;
            } catch (RuntimeException e) {
                LOG.error("capture: defect in request {}", each.record().requestId(), e);
                droppedByDefect.increment();
            }
            if (lines.length() >= BATCH) {
                write();
                syncAndRotate();
            }
        }
        write();
        return any;
    }

    private void write() {
        if (batch == 0) {
            return;
        }
        if (failing && System.nanoTime() - nextAttempt < 0) {
            drop(droppedByDisk);
            return;
        }
        try {
            files.write(lines.bytes(), lines.length());
            if (failing) {
                LOG.info("capture.path: written to again");
            }
            failing = false;
            written.add(batch);
            bytes.add(lines.length());
            unseen += batch;
            batch = 0;
            lines.clear();
        } catch (IOException e) {
            fail(e);
            drop(droppedByDisk);
        }
    }

    private void fail(IOException e) {
        long now = System.nanoTime();
        failing = true;
        nextAttempt = now + BETWEEN_ATTEMPTS.toNanos();
        if (now - lastWarning >= BETWEEN_WARNINGS.toNanos()) {
            lastWarning = now;
            LOG.warn("capture.path: cannot write, exchanges are dropped: {}", e.toString());
        }
    }

    /** Gives up the lines that are not written yet. */
    private void drop(LongAdder why) {
        why.add(batch);
        batch = 0;
        lines.clear();
    }

    /** Forces to the disk, and closes a file that is full. */
    private void syncAndRotate() {
        long now = System.nanoTime();
        Duration sync = inForce.sync();
        boolean due = now - lastSync >= (sync.isZero() ? BETWEEN_ATTEMPTS : sync).toNanos();
        try {
            if (due) {
                lastSync = now;
                if (files.isLost()) {
                    files.drop();
                    droppedByDisk.add(unseen);
                    throw new IOException("the open file is gone");
                }
                unseen = 0;
                if (!sync.isZero()) {
                    files.sync();
                }
            }
            if (files.isFull(inForce.size(), inForce.age()) && files.close() != null) {
                tidy();
            }
        } catch (IOException e) {
            unseen = 0;
            fail(e);
        }
    }

    private void tidy() {
        CaptureSettings by = settings;
        archiver.execute(() -> {
            try {
                archive.tidy(by);
            } catch (InterruptedIOException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("capture: defect", e);
            }
        });
    }

    /** Writes what is left, and closes and compresses the file, for a few seconds at most. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        LockSupport.unpark(writer);
        try {
            writer.join(CLOSING.toMillis());
            if (!writer.isAlive()) {
                files.close();
                tidy();
            }
            archiver.shutdown();
            if (!archiver.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                archiver.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("capture.path: cannot close: {}", e.toString());
        }
    }
}
