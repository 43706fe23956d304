package dev.headgate.admin;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Reason;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.observe.OpenWebSockets;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Why an exchange ended as it did, or what was decided of one that has not. */
final class Explanation {
    private static final double MILLI = 1e6;

    private final ExchangeRecord exchange;
    private final ObjectNode out = AdminResponse.JSON.createObjectNode();

    private Explanation(ExchangeRecord exchange) {
        this.exchange = exchange;
    }

    /** What is not known, or does not apply, is left out. */
    static ObjectNode of(ExchangeRecord exchange, GateSettings settings) {
        return of(exchange, null, settings);
    }

    /** Of a WebSocket that is open. */
    static ObjectNode of(OpenWebSockets.Open open, GateSettings settings) {
        return of(open.opening(), open.since(), settings);
    }

    private static ObjectNode of(ExchangeRecord exchange, @Nullable Instant openSince, GateSettings settings) {
        Explanation explanation = new Explanation(exchange);
        explanation.outcome();
        if (openSince != null) {
            explanation.out.put("open_since", openSince.toString());
        }
        explanation.evidence(exchange.evidence());
        explanation.upstream();
        ObjectNode fields = explanation.out.putObject("fields");
        FieldFates.of(exchange, settings).forEach(fields::put);
        explanation.circumstances(openSince != null);
        explanation.out.put("what_to_do", explanation.whatToDo());
        return explanation.out;
    }

    /** As the access log and the demo write it. */
    static String verdict(ExchangeRecord exchange) {
        return lower(exchange.verdict()).replace('_', '-');
    }

    private void outcome() {
        out.put("time", Instant.ofEpochMilli(exchange.startMillis()).toString());
        out.put("method", exchange.method()).put("path", exchange.path());
        if (exchange.status() != 0) {
            out.put("status", exchange.status());
        }
        text("route", exchange.route());
        text("upstream", exchange.upstream());
        text("upstream_address", exchange.upstreamAddress());
        out.put("verdict", verdict(exchange)).put("decided_by", decidedBy());
        if (exchange.aborted() != null) {
            out.put("aborted", lower(exchange.aborted()));
        }
        Reason reason = exchange.reason();
        if (reason != null) {
            out.put("reason", reason.code()).put("title", reason.title());
        }
        text("detail", exchange.detail());
    }

    private void evidence(@Nullable Evidence evidence) {
        if (evidence == null) {
            return;
        }
        text("check", evidence.check());
        Comparison compared = evidence.comparison();
        if (compared != null) {
            out.putObject("compared")
                    .put("what", compared.what())
                    .put("found", compared.found())
                    .put("expected", compared.expected());
        }
        Diagnosis diagnosis = evidence.diagnosis();
        if (diagnosis != null) {
            out.putObject("diagnosis")
                    .put("code", diagnosis.finding().code())
                    .put("confidence", lower(diagnosis.confidence()))
                    .put("title", diagnosis.finding().title())
                    .put("detail", diagnosis.detail());
        }
    }

    private void upstream() {
        if (exchange.upstreamStatus() != 0) {
            out.put("upstream_status", exchange.upstreamStatus());
        }
        ApiError error = exchange.evidence() == null
                ? ApiError.NONE
                : exchange.evidence().error();
        text("upstream_code", error.code());
        text("upstream_context_id", error.contextId());
        text("upstream_correlation_id", exchange.upstreamCorrelationId());
        text("upstream_request_id", exchange.upstreamRequestId());
        text("client_request_id", exchange.clientRequestId());
    }

    private void circumstances(boolean open) {
        if (exchange.token() != null) {
            out.put("token", exchange.token().toString());
        }
        if (exchange.sessionAgeMillis() >= 0) {
            out.put("session_age_ms", exchange.sessionAgeMillis());
        }
        out.put("client", exchange.client());
        text("peer", exchange.peer());
        out.put("protocol", exchange.protocol());
        if (!open) {
            out.put("duration_ms", exchange.durationNanos() / MILLI);
        }
        if (exchange.upstreamDurationNanos() >= 0) {
            out.put("upstream_duration_ms", exchange.upstreamDurationNanos() / MILLI);
        }
    }

    private void text(String name, @Nullable String value) {
        if (value != null) {
            out.put(name, value);
        }
    }

    /** Whose answer it is. */
    private String decidedBy() {
        boolean refused = exchange.verdict() == VerdictKind.DENY || isAltered();
        if (!refused && exchange.aborted() != null) {
            return "nobody";
        }
        boolean failed = exchange.verdict() == VerdictKind.ALLOW && exchange.reason() != null;
        boolean theirs = exchange.upstreamStatus() != 0 && exchange.status() == exchange.upstreamStatus();
        return theirs && !failed && !refused ? "upstream" : "edge";
    }

    private boolean isAltered() {
        return exchange.authorization() == AuthorizationFate.ALTERED;
    }

    private String whatToDo() {
        Reason reason = exchange.reason();
        Diagnosis diagnosis =
                exchange.evidence() == null ? null : exchange.evidence().diagnosis();
        if (isAltered()) {
            return "Keep this and report it: a field changed inside Headgate, which is a defect.";
        }
        if (reason != null) {
            boolean passed = exchange.verdict() == VerdictKind.OBSERVE_DENY && exchange.status() < 400;
            return (passed ? "Nothing yet: this is only observed. " : "") + reason.advice();
        }
        if (diagnosis != null) {
            return diagnosis.finding().advice();
        }
        if (exchange.aborted() != null) {
            return exchange.aborted() == Side.DOWNSTREAM
                    ? "Look at the client: it went away before it had the whole answer."
                    : "Look at the upstream: it broke off before it had given the whole answer.";
        }
        if (exchange.upstreamStatus() == 0) {
            return "Nothing: the edge answered the preflight itself.";
        }
        return exchange.status() < 400
                ? "Nothing: it passed."
                : "Ask the upstream, with the ids above: it passed the edge, and the answer is the upstream's own.";
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
