package dev.headgate.app;

import dev.headgate.admin.PrintableText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What {@code /explain/REQUEST_ID} answers, for people. */
final class ExplainReport {
    private static final int LABEL = 13;
    private static final int FIELD = 21;

    private final PrintWriter out;

    ExplainReport(PrintWriter out) {
        this.out = out;
    }

    void print(JsonNode answer) {
        boolean more = false;
        for (JsonNode exchange : answer.path("exchanges")) {
            if (more) {
                out.println();
            }
            more = true;
            print(text(answer, "request_id"), exchange);
        }
    }

    private void print(String requestId, JsonNode e) {
        out.println(String.join(
                " ",
                requestId,
                text(e, "method"),
                text(e, "path"),
                e.path("status").asString("0"),
                text(e, "verdict"),
                e.has("reason") ? text(e, "reason") : "-"));
        line("time", text(e, "time"));
        line("open", e.has("open_since") ? "since " + text(e, "open_since") : "");
        line("decided by", joined(", ", text(e, "decided_by"), text(e, "check")));
        line("because", because(e));
        line("compared", compared(e.path("compared")));
        fields(e.path("fields"));
        line("session", session(e));
        line("upstream", upstream(e));
        line("correlation", correlation(e));
        String client = text(e, "client") + (e.has("peer") ? " through " + text(e, "peer") : "");
        line(
                "client",
                joined(
                        ", ",
                        client,
                        text(e, "protocol"),
                        e.has("duration_ms") ? "answered in " + millis(e, "duration_ms") : ""));
        line("what to do", text(e, "what_to_do"));
    }

    private static String because(JsonNode e) {
        JsonNode diagnosis = e.path("diagnosis");
        String own = joined(": ", text(e, "title"), text(e, "detail"));
        // What observing has found is both.
        if (diagnosis.isMissingNode() || text(diagnosis, "code").equals(text(e, "reason"))) {
            return own;
        }
        String made = text(diagnosis, "title") + " (" + text(diagnosis, "code") + ", " + text(diagnosis, "confidence")
                + "): " + text(diagnosis, "detail");
        return joined("; ", own, made);
    }

    private static String compared(JsonNode compared) {
        if (compared.isMissingNode()) {
            return "";
        }
        String expected = text(compared, "expected");
        return text(compared, "what") + ": found " + text(compared, "found")
                + (expected.isEmpty() ? "" : ", expected " + expected);
    }

    private void fields(JsonNode fields) {
        String label = "fields";
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            String name = PrintableText.of(field.getKey());
            String fate = PrintableText.of(field.getValue().asString());
            line(label, name + " ".repeat(Math.max(1, FIELD - name.length())) + fate);
            label = "";
        }
    }

    private static String session(JsonNode e) {
        if (!e.has("token")) {
            return "";
        }
        String age = e.has("session_age_ms")
                ? String.format(
                        Locale.ROOT, "%.1f s old", e.path("session_age_ms").asDouble() / 1000)
                : "not known here";
        return "token " + text(e, "token") + ", " + age;
    }

    private static String upstream(JsonNode e) {
        if (!e.has("upstream_status")) {
            return e.has("upstream") ? at(e) + ", no answer" : "";
        }
        String took = e.has("upstream_duration_ms") ? "in " + millis(e, "upstream_duration_ms") : "";
        return joined(", ", at(e) + " answered " + text(e, "upstream_status"), text(e, "upstream_code"), took);
    }

    private static String at(JsonNode e) {
        return joined(" at ", text(e, "upstream"), text(e, "upstream_address"));
    }

    private static String correlation(JsonNode e) {
        List<String> ids = new ArrayList<>();
        Map<String, String> names = Map.of(
                "upstream_correlation_id", "ININ-Correlation-Id",
                "upstream_context_id", "contextId",
                "upstream_request_id", "the upstream's request id",
                "client_request_id", "the client's request id");
        for (Map.Entry<String, JsonNode> member : e.properties()) {
            String name = names.get(member.getKey());
            if (name != null) {
                ids.add(name + " " + PrintableText.of(member.getValue().asString()));
            }
        }
        return String.join(", ", ids);
    }

    private static String millis(JsonNode e, String name) {
        return String.format(Locale.ROOT, "%.1f ms", e.path(name).asDouble());
    }

    /** Nothing for nothing. */
    private void line(String label, String value) {
        if (!value.isEmpty()) {
            out.println("  " + label + " ".repeat(LABEL - label.length()) + value);
        }
    }

    private static String text(JsonNode node, String name) {
        return PrintableText.of(node.path(name).asString(""));
    }

    private static String joined(String separator, String... parts) {
        return String.join(
                separator,
                List.of(parts).stream().filter(part -> !part.isEmpty()).toList());
    }
}
