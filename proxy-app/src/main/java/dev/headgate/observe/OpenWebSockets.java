package dev.headgate.observe;

import dev.headgate.netty.ExchangeListener;
import dev.headgate.netty.ExchangeRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The WebSockets that are open, by request id: as many as there are connections or streams of clients at most. Each takes
 * as much as one of {@link RecentExchanges}. Safe for use by any number of threads.
 */
public final class OpenWebSockets implements ExchangeListener {
    /**
     * One of them.
     *
     * @param opening what was known when its handshake was answered, in the bounds of {@link RecentExchanges}
     * @param since when that was
     */
    public record Open(ExchangeRecord opening, Instant since) {
        private boolean isBeginOf(ExchangeRecord exchange) {
            return opening.startMillis() == exchange.startMillis()
                    && opening.client().equals(exchange.client());
        }
    }

    private final InstantSource clock;
    private final ConcurrentHashMap<String, List<Open>> byId = new ConcurrentHashMap<>();

    public OpenWebSockets(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void upgraded(ExchangeRecord opening) {
        Open open = new Open(RecentExchanges.bounded(opening), clock.instant());
        byId.compute(opening.requestId(), (id, others) -> {
            if (others == null) {
                return List.of(open);
            }
            // Clients may use an id again while it is in use.
            List<Open> all = new ArrayList<>(others);
            all.add(0, open);
            return List.copyOf(all);
        });
    }

    @Override
    public void finished(ExchangeRecord exchange) {
        // Only an upgrade answers with 101.
        if (exchange.status() == 101) {
            byId.computeIfPresent(exchange.requestId(), (id, all) -> without(all, exchange));
        }
    }

    /** Null where none is left. Of two that nothing tells apart, either will do. */
    @SuppressWarnings("NullAway") // the map takes it for a removal
    private static List<Open> without(List<Open> all, ExchangeRecord ended) {
        List<Open> left = new ArrayList<>(all);
        for (int i = 0; i < left.size(); i++) {
            if (left.get(i).isBeginOf(ended)) {
                left.remove(i);
                break;
            }
        }
        return left.isEmpty() ? null : List.copyOf(left);
    }

    /** Those that went by that request id and have not ended, the newest first. */
    public List<Open> find(String requestId) {
        return byId.getOrDefault(requestId, List.of());
    }
}
