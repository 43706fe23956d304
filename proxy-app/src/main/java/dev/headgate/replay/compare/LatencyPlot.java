package dev.headgate.replay.compare;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** A drawing of two latency distributions by percentile; both axes are logarithmic. */
final class LatencyPlot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 300;
    private static final int LEFT = 88;
    private static final int RIGHT = 24;
    private static final int TOP = 16;
    private static final int BOTTOM = 40;
    private static final int STEPS = 240;

    private final Latencies latencies;
    private final double nines;
    private final double lowest;
    private final double highest;

    LatencyPlot(Latencies latencies) {
        this.latencies = latencies;
        // As far as there is at least one exchange beyond.
        this.nines = Math.max(1, Math.min(6, Math.log10(latencies.count())));
        double low = Math.min(latencies.recordedMillis(0), latencies.replayedMillis(0));
        double high = Math.max(latencies.recordedMillis(100), latencies.replayedMillis(100));
        this.lowest = Math.floor(2 * Math.log10(Math.max(low, 0.01))) / 2;
        this.highest = Math.max(lowest + 1, Math.ceil(2 * Math.log10(Math.max(high, 0.01))) / 2);
    }

    String svg() {
        StringBuilder out = new StringBuilder();
        out.append(String.format(
                Locale.ROOT,
                "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Latency by percentile, recorded and"
                        + " replayed\">%n",
                WIDTH,
                HEIGHT));
        grid(out);
        curve(out, "recorded", latencies::recordedMillis);
        curve(out, "replayed", latencies::replayedMillis);
        return out.append("</svg>\n").toString();
    }

    private void grid(StringBuilder out) {
        for (int decade = (int) Math.floor(lowest); decade <= highest; decade++) {
            for (int digit = 1; digit <= 9; digit++) {
                double exponent = decade + Math.log10(digit);
                if (exponent < lowest - 1e-9 || exponent > highest + 1e-9) {
                    continue;
                }
                line(out, digit == 1 ? "major" : "minor", LEFT, y(exponent), WIDTH - RIGHT, y(exponent));
                if (digit == 1 || highest - lowest < 2.6 && (digit == 2 || digit == 5)) {
                    label(out, "end", LEFT - 8, y(exponent) + 4, millis(digit * Math.pow(10, decade)));
                }
            }
        }
        double[] percentiles = {0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999};
        for (double percentile : percentiles) {
            double at = -Math.log10(1 - percentile / 100);
            if (at <= nines + 1e-9) {
                line(out, "major", x(at), TOP, x(at), HEIGHT - BOTTOM);
                String name = percentile == 0
                        ? "min"
                        : "p"
                                + BigDecimal.valueOf(percentile)
                                        .stripTrailingZeros()
                                        .toPlainString();
                label(out, "middle", x(at), HEIGHT - BOTTOM + 20, name);
            }
        }
    }

    private void curve(StringBuilder out, String name, DoubleUnaryOperator millis) {
        StringBuilder points = new StringBuilder();
        for (int step = 0; step <= STEPS; step++) {
            double at = nines * step / STEPS;
            double percentile = step == STEPS ? 100 : 100 * (1 - Math.pow(10, -at));
            double exponent = Math.log10(Math.max(millis.applyAsDouble(percentile), 0.01));
            points.append(String.format(Locale.ROOT, step == 0 ? "%.1f,%.1f" : " %.1f,%.1f", x(at), y(exponent)));
        }
        out.append("<polyline class=\"")
                .append(name)
                .append("\" points=\"")
                .append(points)
                .append("\"/>\n");
    }

    private double x(double at) {
        return LEFT + at / nines * (WIDTH - LEFT - RIGHT);
    }

    private double y(double exponent) {
        double part = (Math.max(exponent, lowest) - lowest) / (highest - lowest);
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
    }

    private static void line(StringBuilder out, String type, double x1, double y1, double x2, double y2) {
        out.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                type,
                x1,
                y1,
                x2,
                y2));
    }

    private static void label(StringBuilder out, String anchor, double x, double y, String text) {
        out.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
    }

    static String millis(double millis) {
        return millis >= 1000 ? trimmed(millis / 1000) + " s" : trimmed(millis) + " ms";
    }

    /** With three digits, or as many as stand before the point. */
    private static String trimmed(double number) {
        String format = number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f";
        String text = String.format(Locale.ROOT, format, number);
        return text.indexOf('.') < 0 ? text : text.replaceAll("\\.?0+$", "");
    }
}
