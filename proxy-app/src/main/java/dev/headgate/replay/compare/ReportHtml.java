package dev.headgate.replay.compare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * The report as one page: no scripts, nothing from elsewhere, and a policy that allows neither. Its markup is also
 * well-formed XML.
 */
final class ReportHtml {
    private static final int OPEN = 5;
    private static final int BAR = 1000;

    private final ReplayReport report;
    private final StringBuilder out = new StringBuilder();

    ReportHtml(ReplayReport report) {
        this.report = report;
    }

    String page() throws IOException {
        String css = css();
        String title = "Replay of " + report.subject();
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
                .append(sha256(css))
                .append("'; base-uri 'none'; form-action 'none'\"/>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
                .append("<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>")
                .append(Markup.of(title))
                .append("</title>\n<style>")
                .append(css)
                .append("</style>\n</head>\n<body>\n<main>\n");
        writeHead();
        writeKinds();
        writeEndpoints();
        writeLatencies();
        writeProblems();
        writeRules();
        return out.append("</main>\n</body>\n</html>\n").toString();
    }

    private void writeHead() {
        boolean differs = report.differs();
        String outcome = report.exchanges() == 0
                ? "Nothing was replayed"
                : differs
                        ? number(report.differ()) + " of " + ReplayReport.plural(report.exchanges(), "exchange")
                                + (report.differ() == 1 ? " differs" : " differ")
                        : "Nothing differs";
        out.append("<header class=\"card\">\n<h1>Replay report</h1>\n<p class=\"outcome ")
                .append(differs ? "bad" : "good")
                .append("\">")
                .append(outcome)
                .append("</p>\n<p>")
                .append(Markup.of(report.subject()))
                .append("</p>\n");
        if (report.exchanges() > 0 && report.lastMicros() > 0) {
            out.append("<p class=\"faint\">recorded ")
                    .append(time(report.firstMicros()))
                    .append(" to ")
                    .append(time(report.lastMicros()))
                    .append("</p>\n");
        }
        long same = report.exchanges() - report.differ() - report.uncompared();
        long answered = report.differ() - report.failed();
        long all = Math.max(1, report.exchanges() + report.notReplayed());
        out.append("<svg class=\"bar\" viewBox=\"0 0 1000 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        double at = bar("same", 0, same, all);
        at = bar("differ", at, answered, all);
        at = bar("failed", at, report.failed(), all);
        bar("none", at, report.uncompared() + report.notReplayed(), all);
        out.append("</svg>\n<ul class=\"totals\">\n");
        total("same", same, "as recorded");
        total("differ", answered, "answered otherwise");
        total("failed", report.failed(), "failed");
        if (report.uncompared() > 0) {
            total("none", report.uncompared(), "without a recorded answer");
        }
        total("none", report.notReplayed(), "not replayed");
        out.append("</ul>\n</header>\n");
    }

    private double bar(String type, double at, long count, long all) {
        if (count == 0) {
            return at;
        }
        // What is there can be seen.
        double width = Math.max(4, (double) BAR * count / all);
        out.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"12\"/>",
                type,
                Math.min(at, BAR - 4.0),
                width));
        return at + width;
    }

    private void total(String type, long count, String name) {
        out.append("<li><svg class=\"dot\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><circle class=\"")
                .append(type)
                .append("\" cx=\"5\" cy=\"5\" r=\"5\"/></svg><b>")
                .append(number(count))
                .append("</b>")
                .append(name)
                .append("</li>\n");
    }

    private void writeKinds() {
        List<Kind> kinds = report.kinds();
        if (kinds.isEmpty()) {
            return;
        }
        out.append("<section>\n<h2>Differences by kind</h2>\n");
        int shown = 0;
        for (Kind kind : kinds) {
            String[] parts = kind.name().split(" ", 2);
            out.append(shown++ < OPEN ? "<details open=\"open\">" : "<details>")
                    .append("\n<summary><span class=\"count\">")
                    .append(ReplayReport.plural(kind.count(), "exchange"))
                    .append("</span><span class=\"what\">")
                    .append(Markup.of(parts[0]))
                    .append("</span><code>")
                    .append(Markup.of(parts[parts.length - 1].replace(" -> ", " → ")))
                    .append("</code></summary>\n");
            kind.examples().forEach(example -> writeExample(example, !kind.tells(example)));
            if (kind.count() > kind.examples().size()) {
                out.append("<div class=\"example faint\">and ")
                        .append(number(kind.count() - kind.examples().size()))
                        .append(" more</div>\n");
            }
            out.append("</details>\n");
        }
        if (report.otherKinds() > 0) {
            out.append("<p class=\"faint\">and ")
                    .append(ReplayReport.plural(report.otherKinds(), "difference"))
                    .append(" of kinds beyond these</p>\n");
        }
        out.append("</section>\n");
    }

    private void writeExample(Example example, boolean sides) {
        out.append("<div class=\"example\">\n<p class=\"mono\"><span class=\"method\">")
                .append(Markup.of(example.method()))
                .append("</span>")
                .append(Markup.of(example.target()))
                .append("</p>\n<p class=\"faint\">")
                .append(Markup.of(example.place()));
        if (example.requestId() != null) {
            out.append(" · <code>").append(Markup.of(example.requestId())).append("</code>");
        }
        out.append("</p>\n");
        if (sides) {
            writeSides(example);
        }
        out.append("</div>\n");
    }

    private void writeSides(Example example) {
        out.append("<div class=\"sides\">\n");
        String a = example.recorded();
        String b = example.replayed();
        int start = 0;
        int shorter = Math.min(a.length(), b.length());
        while (start < shorter && a.charAt(start) == b.charAt(start)) {
            start++;
        }
        int end = 0;
        while (end < shorter - start && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
            end++;
        }
        boolean alike = start + end > 2;
        side("recorded", a, alike ? start : -1, end);
        side("replayed", b, alike ? start : -1, end);
        out.append("</div>\n");
    }

    /** With what is not in the other one marked, where they are alike. */
    private void side(String name, String text, int start, int end) {
        out.append("<div class=\"side ")
                .append(name)
                .append("\"><span>")
                .append(name)
                .append("</span><code>");
        int from = start;
        int to = text.length() - end;
        boolean splits = from > 0 && Character.isHighSurrogate(text.charAt(from - 1))
                || from >= 0 && to < text.length() && Character.isLowSurrogate(text.charAt(to));
        if (from < 0 || from >= to || splits) {
            out.append(Markup.of(text));
        } else {
            out.append(Markup.of(text.substring(0, from)))
                    .append("<mark>")
                    .append(Markup.of(text.substring(from, to)))
                    .append("</mark>")
                    .append(Markup.of(text.substring(to)));
        }
        out.append("</code></div>\n");
    }

    private void writeEndpoints() {
        Collection<Endpoint> endpoints = report.endpoints();
        if (endpoints.isEmpty()) {
            return;
        }
        out.append("<section>\n<h2>Where</h2>\n<div class=\"card wide\"><table>\n<thead><tr><th>method and path</th>")
                .append("<th>exchanges</th><th>differ</th></tr></thead>\n<tbody>\n");
        endpoints.stream()
                .sorted(Comparator.comparingLong(Endpoint::differ)
                        .thenComparingLong(Endpoint::exchanges)
                        .reversed())
                .forEach(endpoint -> out.append("<tr><td><code>")
                        .append(Markup.of(endpoint.name()))
                        .append("</code></td><td>")
                        .append(number(endpoint.exchanges()))
                        .append(endpoint.differ() > 0 ? "</td><td class=\"hit\">" : "</td><td>")
                        .append(number(endpoint.differ()))
                        .append("</td></tr>\n"));
        out.append("</tbody>\n</table></div>\n</section>\n");
    }

    private void writeLatencies() {
        Latencies latencies = report.latencies();
        if (latencies.count() == 0) {
            return;
        }
        out.append("<section>\n<h2>Latency</h2>\n<div class=\"card\">\n<p class=\"faint\">Of ")
                .append(ReplayReport.plural(latencies.count(), "exchange"))
                .append(" whose duration is known on both sides, by percentile. Both axes are logarithmic.</p>\n")
                .append("<p><span class=\"key recorded\">- - recorded</span>")
                .append("<span class=\"key replayed\">— replayed</span></p>\n")
                .append(new LatencyPlot(latencies).svg())
                .append("</div>\n<div class=\"card wide latencies\"><table>\n")
                .append(
                        "<thead><tr><th></th><th>p50</th><th>p99</th><th>p99.9</th><th>max</th></tr></thead>\n<tbody>\n");
        latencyRow("recorded", latencies::recordedMillis);
        latencyRow("replayed", latencies::replayedMillis);
        out.append("</tbody>\n</table></div>\n</section>\n");
    }

    private void latencyRow(String name, DoubleUnaryOperator millis) {
        out.append("<tr><td><span class=\"key ")
                .append(name)
                .append("\">")
                .append(name)
                .append("</span></td>");
        for (double percentile : Latencies.PERCENTILES) {
            out.append("<td>")
                    .append(LatencyPlot.millis(millis.applyAsDouble(percentile)))
                    .append("</td>");
        }
        out.append("</tr>\n");
    }

    private void writeProblems() {
        if (!report.notes().isEmpty()) {
            out.append("<section>\n<h2>What the replay did</h2>\n<ul class=\"card plain\">\n");
            report.notes()
                    .forEach((note, count) -> out.append("<li>")
                            .append(Markup.of(note))
                            .append(" <span class=\"faint\">× ")
                            .append(number(count))
                            .append("</span></li>\n"));
            out.append("</ul>\n</section>\n");
        }
        if (report.notReplayed() > 0) {
            out.append("<section>\n<h2>Not replayed</h2>\n<ul class=\"card plain\">\n");
            report.problems()
                    .forEach(problem -> out.append("<li><span class=\"mono\">")
                            .append(Markup.of(problem.place()))
                            .append("</span> ")
                            .append(Markup.of(problem.message()))
                            .append("</li>\n"));
            long more = report.notReplayed() - report.problems().size();
            if (more > 0) {
                out.append("<li class=\"faint\">and ").append(number(more)).append(" more</li>\n");
            }
            out.append("</ul>\n</section>\n");
        }
    }

    private void writeRules() {
        out.append("<footer>\n<p>Compared: status, verdict, reason, the fields ")
                .append(Markup.of(String.join(", ", report.comparison().fields())))
                .append(", and bodies without ids, times and tokens.");
        List<String> ignored = report.comparison().ignored();
        if (!ignored.isEmpty()) {
            out.append(" Ignored: <code>")
                    .append(Markup.of(Shown.escaped(String.join(", ", ignored))))
                    .append("</code>.");
        }
        out.append(" What may be a token is shown as [masked].</p>\n</footer>\n");
    }

    private static String time(long micros) {
        return Instant.EPOCH
                .plus(micros, ChronoUnit.MICROS)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString()
                .replace("T", " ")
                .replace("Z", " UTC");
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String css() throws IOException {
        try (InputStream in = ReportHtml.class.getResourceAsStream("report.css")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return Base64.getEncoder().encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
