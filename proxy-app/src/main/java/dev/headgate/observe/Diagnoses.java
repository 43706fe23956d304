package dev.headgate.observe;

import dev.headgate.gate.Cause;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Finding;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the edge makes of answers that are not its own. Handles are made when they are first needed, and kept.
 * Safe for use by any number of threads.
 */
final class Diagnoses {
    private static final int REASONS = Reason.values().length;
    private static final int CONFIDENCES = Confidence.values().length;

    private final Counter counter;
    private final AtomicReferenceArray<@Nullable CounterDataPoint> handles =
            new AtomicReferenceArray<>((REASONS + Cause.values().length) * CONFIDENCES);

    /**
     * @param counter by finding and confidence
     */
    Diagnoses(Counter counter) {
        this.counter = counter;
    }

    void add(ExchangeRecord exchange) {
        Diagnosis diagnosis =
                exchange.evidence() == null ? null : exchange.evidence().diagnosis();
        boolean refused = exchange.upstreamStatus() == 401 || exchange.upstreamStatus() == 403;
        // What observing found and the upstream took is counted as observed.
        if (diagnosis != null && (refused || exchange.verdict() != VerdictKind.OBSERVE_DENY)) {
            handle(diagnosis).inc();
        }
    }

    private CounterDataPoint handle(Diagnosis diagnosis) {
        int place = index(diagnosis.finding()) * CONFIDENCES
                + diagnosis.confidence().ordinal();
        CounterDataPoint handle = handles.get(place);
        if (handle == null) {
            handle = counter.labelValues(
                    diagnosis.finding().code(), diagnosis.confidence().name().toLowerCase(Locale.ROOT));
            handles.set(place, handle);
        }
        return handle;
    }

    private static int index(Finding finding) {
        return finding instanceof Reason reason ? reason.ordinal() : REASONS + ((Cause) finding).ordinal();
    }
}
