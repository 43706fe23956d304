package dev.headgate.observe;

import dev.headgate.netty.ExchangeListener;
import dev.headgate.netty.ExchangeRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges that ended last, up to a fixed number. A text as long as its sender likes is cut at
 * {@value PackedExchange#LONGEST} characters; the others are bounded where they come from. So each takes 12 KiB at most,
 * and usually about 1 KiB. A place keeps the memory that its largest exchange took.
 *
 * <p>Safe for use by any number of threads. Keeping one costs about 0.1 us, and no memory once its place is large enough,
 * unless a text has to be cut; what is kept costs the collector nothing. A reader holds up a writer of the same place for
 * the time that it takes to read one.
 */
public final class RecentExchanges implements ExchangeListener {
    private final PackedExchange[] ring;
    private final AtomicLong ended = new AtomicLong();

    /**
     * @param capacity how many are kept, 0 or more
     */
    public RecentExchanges(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: 0 or more)");
        }
        ring = new PackedExchange[capacity];
        Arrays.setAll(ring, place -> new PackedExchange());
    }

    @Override
    public void finished(ExchangeRecord exchange) {
        if (ring.length > 0) {
            ring[(int) (ended.getAndIncrement() % ring.length)].pack(exchange);
        }
    }

    /** How many are kept now. */
    public int size() {
        return (int) Math.min(ended.get(), ring.length);
    }

    /** Those that went by that request id, the newest first: clients may use one again. Looks at all that are kept. */
    public List<ExchangeRecord> find(String requestId) {
        return read(ring.length, place -> place.unpack(requestId));
    }

    /** The newest first; one that ends at this moment may be missing. */
    public List<ExchangeRecord> newest(int most) {
        return read(most, PackedExchange::unpack);
    }

    private List<ExchangeRecord> read(int most, Function<PackedExchange, @Nullable ExchangeRecord> reader) {
        List<ExchangeRecord> found = new ArrayList<>();
        long last = ended.get() - 1;
        for (long at = last; at >= 0 && at > last - ring.length && found.size() < most; at--) {
            ExchangeRecord exchange = reader.apply(ring[(int) (at % ring.length)]);
            if (exchange != null) {
                found.add(exchange);
            }
        }
        return found;
    }

    /** The same, with each text that its sender could make long cut. */
    static ExchangeRecord bounded(ExchangeRecord exchange) {
        PackedExchange packed = new PackedExchange();
        packed.pack(exchange);
        return Objects.requireNonNull(packed.unpack());
    }
}
