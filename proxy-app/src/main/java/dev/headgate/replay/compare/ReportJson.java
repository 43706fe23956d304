package dev.headgate.replay.compare;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.DoubleUnaryOperator;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The report for programs: {@code docs/replay-report.md} has its form. */
final class ReportJson {
    private static final int VERSION = 1;
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ReportJson() {}

    static void write(ReplayReport report, OutputStream out) throws IOException {
        ObjectNode root = MAPPER.createObjectNode()
                .put("version", VERSION)
                .put("subject", report.subject())
                .put("exchanges", report.exchanges())
                .put("differ", report.differ())
                .put("failed", report.failed())
                .put("uncompared", report.uncompared())
                .put("not_replayed", report.notReplayed());
        ArrayNode differences = root.putArray("differences");
        for (Kind kind : report.kinds()) {
            ObjectNode difference =
                    differences.addObject().put("kind", kind.name()).put("count", kind.count());
            ArrayNode examples = difference.putArray("examples");
            kind.examples().forEach(example -> add(examples.addObject(), example));
        }
        root.put("other_differences", report.otherKinds());
        ArrayNode endpoints = root.putArray("endpoints");
        for (Endpoint endpoint : report.endpoints()) {
            endpoints
                    .addObject()
                    .put("endpoint", endpoint.name())
                    .put("exchanges", endpoint.exchanges())
                    .put("differ", endpoint.differ());
        }
        Latencies latencies = report.latencies();
        if (latencies.count() > 0) {
            ObjectNode latency = root.putObject("latency_ms").put("exchanges", latencies.count());
            addLatency(latency.putObject("recorded"), latencies::recordedMillis);
            addLatency(latency.putObject("replayed"), latencies::replayedMillis);
        }
        ArrayNode notes = root.putArray("notes");
        report.notes()
                .forEach((note, count) -> notes.addObject().put("note", note).put("count", count));
        ArrayNode problems = root.putArray("problems");
        report.problems()
                .forEach(problem ->
                        problems.addObject().put("place", problem.place()).put("message", problem.message()));
        out.write((MAPPER.writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void add(ObjectNode node, Example example) {
        node.put("place", example.place())
                .put("request_id", example.requestId())
                .put("method", example.method())
                .put("target", example.target())
                .put("recorded", example.recorded())
                .put("replayed", example.replayed());
    }

    private static void addLatency(ObjectNode node, DoubleUnaryOperator millis) {
        node.put("p50", millis.applyAsDouble(50))
                .put("p99", millis.applyAsDouble(99))
                .put("p99_9", millis.applyAsDouble(99.9))
                .put("max", millis.applyAsDouble(100));
    }
}
