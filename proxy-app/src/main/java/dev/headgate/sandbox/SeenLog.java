package dev.headgate.sandbox;

import java.util.ArrayDeque;
import java.util.List;

/** The latest requests, bounded in number and in bytes. Thread-safe. */
final class SeenLog {
    static final int MOST_REQUESTS = 10_000;
    private static final long MOST_BYTES = 64L << 20;

    private final ArrayDeque<SeenRequest> latest = new ArrayDeque<>();
    private long bytes;
    private long count;

    synchronized void add(SeenRequest request) {
        count++;
        latest.addLast(request);
        bytes += request.weight();
        while (latest.size() > MOST_REQUESTS || bytes > MOST_BYTES) {
            bytes -= latest.removeFirst().weight();
        }
    }

    synchronized List<SeenRequest> latest() {
        return List.copyOf(latest);
    }

    synchronized long count() {
        return count;
    }
}
