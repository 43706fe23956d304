package dev.headgate.replay.compare;

import org.HdrHistogram.Histogram;

/** How long exchanges took, recorded and replayed, of those for which both are known. */
final class Latencies {
    static final double[] PERCENTILES = {50, 99, 99.9, 100};

    private static final long LONGEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 3;

    private final Histogram recorded = new Histogram(LONGEST_MICROS, DIGITS);
    private final Histogram replayed = new Histogram(LONGEST_MICROS, DIGITS);

    void add(long recordedMicros, long replayedMicros) {
        if (recordedMicros >= 0 && replayedMicros >= 0) {
            recorded.recordValue(Math.min(recordedMicros, LONGEST_MICROS));
            replayed.recordValue(Math.min(replayedMicros, LONGEST_MICROS));
        }
    }

    long count() {
        return recorded.getTotalCount();
    }

    double recordedMillis(double percentile) {
        return millis(recorded, percentile);
    }

    double replayedMillis(double percentile) {
        return millis(replayed, percentile);
    }

    private static double millis(Histogram histogram, double percentile) {
        // The highest value that counts as the same may lie above the highest that was seen.
        return Math.min(histogram.getValueAtPercentile(percentile), histogram.getMaxValue()) / 1000.0;
    }
}
