package dev.headgate.app;

import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.replay.ReplayedExchange;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What differs, by kind, with the first example of each. Thread-safe. */
final class Outcomes implements Consumer<ReplayedExchange> {
    private static final class Kind {
        final String example;
        long count;

        Kind(String example) {
            this.example = example;
        }
    }

    private final Map<String, Kind> kinds = new TreeMap<>();

    @Override
    public void accept(ReplayedExchange exchange) {
        RecordedResponse before = exchange.recorded().response();
        RecordedResponse after = exchange.replayed();
        if (after == null) {
            add("failed: " + exchange.failure(), exchange.recorded());
        } else if (before != null) {
            compare("status", "" + before.status(), "" + after.status(), exchange.recorded());
            compare("reason", before.value("x-headgate-reason"), after.value("x-headgate-reason"), exchange.recorded());
        }
    }

    void decided(RecordedExchange exchange, String verdict, @Nullable String reason) {
        String before = exchange.verdict() == null ? "allow" : exchange.verdict();
        String oldReason = before.equals("allow") ? null : exchange.reason();
        compare("verdict", before + " " + oldReason, verdict + " " + reason, exchange);
    }

    private void compare(String what, @Nullable String before, @Nullable String after, RecordedExchange exchange) {
        String old = before == null ? "-" : before;
        String found = after == null ? "-" : after;
        if (!old.equals(found)) {
            add(what + " " + old + " -> " + found, exchange);
        }
    }

    private synchronized void add(String kind, RecordedExchange exchange) {
        kinds.computeIfAbsent(kind, k -> new Kind(exchange.place())).count++;
    }

    synchronized boolean differ() {
        return !kinds.isEmpty();
    }

    synchronized void print(PrintWriter out) {
        kinds.forEach((kind, one) -> out.println(one.count + "  " + kind + "  (first: " + one.example + ")"));
    }
}
