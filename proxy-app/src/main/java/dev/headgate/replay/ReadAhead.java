package dev.headgate.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Reads another recording on a thread of its own, a bounded way ahead. For one thread. */
final class ReadAhead implements Recording {
    private static final int BATCHES = 4;
    private static final int BATCH = 256;

    /** About the bytes of bodies that a batch may have before it is handed on. */
    private static final long BATCH_BYTES = 1 << 20;

    /** @param failure what ended the reading; null where the end of the recording did, or nothing yet */
    private record Batch(
            List<RecordedExchange> exchanges,
            boolean last,
            @Nullable Exception failure) {}

    private final BlockingQueue<Batch> batches = new ArrayBlockingQueue<>(BATCHES);
    private final Recording of;
    private final Thread thread;
    private Iterator<RecordedExchange> left = List.<RecordedExchange>of().iterator();
    private boolean ended;

    /** What ended it too early; it comes after what was read before. */
    private @Nullable Exception failure;

    ReadAhead(Recording of) {
        this.of = of;
        thread = new Thread(this::read, "headgate-replay-reader");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try {
            Batch batch = batch();
            while (!batch.last) {
                batches.put(batch);
                batch = batch();
            }
            batches.put(batch);
        } catch (InterruptedException e) {
            // Closed: nobody takes any more.
            Thread.currentThread().interrupt();
        }
    }

    private Batch batch() {
        List<RecordedExchange> exchanges = new ArrayList<>(BATCH);
        long bytes = 0;
        try {
            while (exchanges.size() < BATCH && bytes < BATCH_BYTES) {
                RecordedExchange next = of.next();
                if (next == null) {
                    return new Batch(exchanges, true, null);
                }
                exchanges.add(next);
                bytes += size(next);
            }
            return new Batch(exchanges, false, null);
        } catch (IOException | RuntimeException e) {
            return new Batch(exchanges, true, e);
        }
    }

    private static long size(RecordedExchange exchange) {
        RecordedRequest request = exchange.request();
        RecordedResponse response = exchange.response();
        return (request == null ? 0 : request.body().bytes().length)
                + (response == null ? 0 : response.body().bytes().length);
    }

    @Override
    public @Nullable RecordedExchange next() throws IOException {
        while (!left.hasNext()) {
            if (ended) {
                fail();
                return null;
            }
            Batch batch = take();
            left = batch.exchanges.iterator();
            ended = batch.last;
            failure = batch.failure;
        }
        return left.next();
    }

    private void fail() throws IOException {
        Exception found = failure;
        failure = null;
        if (found instanceof IOException e) {
            throw e;
        }
        if (found instanceof RuntimeException e) {
            throw e;
        }
    }

    private Batch take() throws IOException {
        try {
            return batches.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        }
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        of.close();
    }
}
