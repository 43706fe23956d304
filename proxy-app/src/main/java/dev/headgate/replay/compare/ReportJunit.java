package dev.headgate.replay.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The report in the form that continuous integration reads, JUnit's: one suite, with a test case for each method and form
 * of path, which fails where one of its exchanges differs.
 */
final class ReportJunit {
    private static final int NAMED = 3;

    private final ReplayReport report;

    ReportJunit(ReplayReport report) {
        this.report = report;
    }

    String text() {
        long failures = report.endpoints().stream().filter(e -> e.differ() > 0).count();
        boolean skips = report.notReplayed() > 0;
        double seconds =
                report.endpoints().stream().mapToDouble(Endpoint::seconds).sum();
        String counts = String.format(
                Locale.ROOT,
                "tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%.3f\"",
                report.endpoints().size() + (skips ? 1 : 0),
                failures,
                skips ? 1 : 0,
                seconds);
        StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
                .append("<testsuites name=\"headgate replay\" ")
                .append(counts)
                .append(">\n  <testsuite name=\"headgate replay\" ")
                .append(counts)
                .append(">\n");
        report.endpoints().forEach(endpoint -> testCase(out, endpoint));
        if (skips) {
            out.append("    <testcase classname=\"headgate.replay\" name=\"not replayed\" time=\"0.000\">\n")
                    .append("      <skipped message=\"")
                    .append(Markup.of(ReplayReport.plural(report.notReplayed(), "exchange")))
                    .append("\"/>\n");
            String problems = report.problems().stream()
                    .map(problem -> problem.place() + ": " + problem.message())
                    .collect(Collectors.joining("\n"));
            out.append("      <system-out>").append(Markup.of(problems)).append("</system-out>\n    </testcase>\n");
        }
        out.append("    <system-out>")
                .append(Markup.of(report.subject() + "\n" + report.summary()))
                .append("</system-out>\n  </testsuite>\n</testsuites>\n");
        return out.toString();
    }

    private void testCase(StringBuilder out, Endpoint endpoint) {
        out.append(String.format(
                Locale.ROOT,
                "    <testcase classname=\"headgate.replay\" name=\"%s\" time=\"%.3f\"",
                Markup.of(endpoint.name()),
                endpoint.seconds()));
        if (endpoint.differ() == 0) {
            out.append("/>\n");
            return;
        }
        String message = String.format(
                Locale.ROOT,
                "%,d of %s differ: %s",
                endpoint.differ(),
                ReplayReport.plural(endpoint.exchanges(), "exchange"),
                endpoint.kinds().stream().limit(NAMED).map(Map.Entry::getKey).collect(Collectors.joining(", ")));
        out.append(">\n      <failure type=\"difference\" message=\"")
                .append(Markup.of(message))
                .append("\">")
                .append(Markup.of(details(endpoint)))
                .append("</failure>\n    </testcase>\n");
    }

    private String details(Endpoint endpoint) {
        StringBuilder text = new StringBuilder();
        Map<String, List<Example>> examples =
                report.kinds().stream().collect(Collectors.toMap(Kind::name, Kind::examples));
        for (Map.Entry<String, Long> entry : endpoint.kinds()) {
            String kind = entry.getKey();
            text.append(String.format(Locale.ROOT, "%,d x %s%n", entry.getValue(), kind));
            for (Example example : examples.getOrDefault(kind, List.of())) {
                if (example.endpoint().equals(endpoint.name())) {
                    text.append("  ")
                            .append(example.place())
                            .append(": ")
                            .append(example.recorded())
                            .append(" -> ")
                            .append(example.replayed())
                            .append('\n');
                }
            }
        }
        return text.toString().replace("\r\n", "\n");
    }
}
