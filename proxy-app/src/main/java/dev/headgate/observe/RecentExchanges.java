package dev.headgate.observe;

import dev.headgate.gate.Comparison;
import dev.headgate.gate.Diagnosis;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeListener;
import dev.headgate.netty.ExchangeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges that ended last, up to a fixed number. A text as long as its sender likes is cut at {@value #LONGEST}
 * characters; the others are bounded where they come from. So each takes 12 KiB at most, and usually about 1 KiB.
 *
 * <p>Safe for use by any number of threads. Keeping one costs an atomic addition and a write, and no memory unless a
 * text has to be cut.
 */
public final class RecentExchanges implements ExchangeListener {
    static final int LONGEST = 512;

    private static final String CUT = "...";

    private final AtomicReferenceArray<@Nullable ExchangeRecord> ring;
    private final AtomicLong ended = new AtomicLong();

    /**
     * @param capacity how many are kept, 0 or more
     */
    public RecentExchanges(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: 0 or more)");
        }
        ring = new AtomicReferenceArray<>(capacity);
    }

    @Override
    public void finished(ExchangeRecord exchange) {
        if (ring.length() > 0) {
            int place = (int) (ended.getAndIncrement() % ring.length());
            ring.setRelease(place, bounded(exchange));
        }
    }

    /** How many are kept now. */
    public int size() {
        return (int) Math.min(ended.get(), ring.length());
    }

    /** Those that went by that request id, the newest first: clients may use one again. Looks at all that are kept. */
    public List<ExchangeRecord> find(String requestId) {
        List<ExchangeRecord> found = new ArrayList<>();
        for (ExchangeRecord exchange : newest(ring.length())) {
            if (exchange.requestId().equals(requestId)) {
                found.add(exchange);
            }
        }
        return found;
    }

    /** The newest first; one that ends at this moment may be missing. */
    public List<ExchangeRecord> newest(int most) {
        List<ExchangeRecord> found = new ArrayList<>();
        long last = ended.get() - 1;
        for (long at = last; at >= 0 && at > last - ring.length() && found.size() < most; at--) {
            ExchangeRecord exchange = ring.getAcquire((int) (at % ring.length()));
            if (exchange != null) {
                found.add(exchange);
            }
        }
        return found;
    }

    /** The same, with each text that its sender could make long cut. */
    static ExchangeRecord bounded(ExchangeRecord e) {
        Evidence evidence = e.evidence() == null ? null : bounded(e.evidence());
        boolean fits = isShort(e.method()) && isShort(e.path()) && (e.detail() == null || isShort(e.detail()));
        if (fits && evidence == e.evidence()) {
            return e;
        }
        return new ExchangeRecord(
                e.startMillis(),
                e.requestId(),
                e.idSource(),
                e.clientRequestId(),
                e.upstreamRequestId(),
                cut(e.method()),
                cut(e.path()),
                e.status(),
                e.verdict(),
                e.reason(),
                e.detail() == null ? null : cut(e.detail()),
                e.route(),
                e.upstream(),
                e.upstreamAddress(),
                e.upstreamStatus(),
                e.upstreamCorrelationId(),
                e.token(),
                e.sessionAgeMillis(),
                e.authorization(),
                e.organization(),
                e.tokenCheck(),
                e.bytesIn(),
                e.bytesOut(),
                e.durationNanos(),
                e.upstreamDurationNanos(),
                e.addedNanos(),
                e.client(),
                e.peer(),
                e.scheme(),
                e.protocol(),
                e.traceparent(),
                e.aborted(),
                e.fields(),
                evidence);
    }

    private static Evidence bounded(Evidence e) {
        Comparison compared = e.comparison();
        Diagnosis diagnosis = e.diagnosis();
        boolean fits = (compared == null
                        || isShort(compared.what()) && isShort(compared.found()) && isShort(compared.expected()))
                && (diagnosis == null || isShort(diagnosis.detail()));
        if (fits) {
            return e;
        }
        return new Evidence(
                e.check(),
                compared == null
                        ? null
                        : new Comparison(cut(compared.what()), cut(compared.found()), cut(compared.expected())),
                diagnosis == null
                        ? null
                        : new Diagnosis(diagnosis.finding(), diagnosis.confidence(), cut(diagnosis.detail())),
                e.error());
    }

    private static boolean isShort(String text) {
        return text.length() <= LONGEST;
    }

    private static String cut(String text) {
        return isShort(text) ? text : text.substring(0, LONGEST - CUT.length()) + CUT;
    }
}
