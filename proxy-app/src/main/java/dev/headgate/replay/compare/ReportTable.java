package dev.headgate.replay.compare;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** The report for a terminal. */
final class ReportTable {
    private static final int MOST_KINDS = 40;
    private static final int WIDEST_KIND = 60;
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String BOLD = "\u001b[1m";
    private static final String FAINT = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private final ReplayReport report;
    private final boolean colours;

    ReportTable(ReplayReport report, boolean colours) {
        this.report = report;
        this.colours = colours;
    }

    void write(PrintStream out) {
        List<Kind> kinds = report.kinds();
        if (!kinds.isEmpty()) {
            writeKinds(out, kinds);
            out.println();
        }
        if (report.latencies().count() > 0) {
            writeLatencies(out, report.latencies());
            out.println();
        }
        if (!report.notes().isEmpty()) {
            report.notes().forEach((note, count) -> out.printf(Locale.ROOT, "%,6d  %s%n", count, note));
            out.println();
        }
        out.println(in(report.differs() ? RED : GREEN, report.summary()));
        out.flush();
    }

    private void writeKinds(PrintStream out, List<Kind> kinds) {
        List<Kind> shown = kinds.subList(0, Math.min(kinds.size(), MOST_KINDS));
        int width = shown.stream()
                .mapToInt(kind -> kind.name().length())
                .filter(length -> length <= WIDEST_KIND)
                .max()
                .orElse(WIDEST_KIND);
        width = Math.max(width, "DIFFERENCE".length());
        out.println(in(BOLD, pad("DIFFERENCE", width) + "   COUNT  FIRST EXAMPLE"));
        String indent = " ".repeat(width + 10);
        for (Kind kind : shown) {
            Example example = kind.examples().get(0);
            String where = example.method() + " " + example.target();
            String line = in(RED, pad(kind.name(), width)) + String.format(Locale.ROOT, "  %,6d  ", kind.count());
            if (kind.name().length() > width) {
                line = in(RED, kind.name())
                        + System.lineSeparator()
                        + " ".repeat(width)
                        + String.format(Locale.ROOT, "  %,6d  ", kind.count());
            }
            out.println(line + where);
            String id = example.requestId() == null ? "" : ", " + example.requestId();
            out.println(indent + in(FAINT, example.place() + id));
            if (!kind.tells(example)) {
                out.println(indent + "recorded  " + example.recorded());
                out.println(indent + "replayed  " + example.replayed());
            }
        }
        if (kinds.size() > shown.size()) {
            out.println("and " + ReplayReport.plural(kinds.size() - shown.size(), "more kind"));
        }
        if (report.otherKinds() > 0) {
            out.println("and " + ReplayReport.plural(report.otherKinds(), "difference") + " of kinds beyond these");
        }
    }

    private void writeLatencies(PrintStream out, Latencies latencies) {
        String title = "LATENCY in ms of " + ReplayReport.plural(latencies.count(), "exchange");
        out.println(in(BOLD, pad(title, 36) + "       p50       p99     p99.9       max"));
        writeLatency(out, "recorded", latencies::recordedMillis);
        writeLatency(out, "replayed", latencies::replayedMillis);
    }

    private static void writeLatency(PrintStream out, String name, DoubleUnaryOperator millis) {
        StringBuilder line = new StringBuilder(pad(name, 36));
        for (double percentile : Latencies.PERCENTILES) {
            line.append(String.format(Locale.ROOT, "%,10.2f", millis.applyAsDouble(percentile)));
        }
        out.println(line);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private String in(String colour, String text) {
        return colours ? colour + text + PLAIN : text;
    }
}
