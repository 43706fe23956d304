package dev.headgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Reason;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLinesTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static String line(ExchangeRecord exchange) {
        JsonLines lines = new JsonLines();
        lines.add(exchange);
        String text = new String(lines.bytes(), 0, lines.length(), StandardCharsets.UTF_8);
        assertThat(text).endsWith("}\n").matches("[ -~]*\n");
        return text;
    }

    private static JsonNode parsed(Exchanges exchange) {
        return JSON.readTree(line(exchange.record()));
    }

    @Test
    void writesEachFieldOfTheContract() {
        assertThat(line(Exchanges.full().record()))
                .isEqualTo(
                        "{\"time\":\"2023-11-14T22:13:20.005Z\",\"request_id\":\"018bcfe5-6800-7000-8000-000000000001\","
                                + "\"method\":\"POST\",\"path\":\"/api/v2/guests/messages\",\"status\":200,\"verdict\":\"allow\","
                                + "\"reason\":\"upstream.invalid\",\"detail\":\"broken\",\"check\":\"SessionIdCheck\","
                                + "\"diagnosis\":\"flow.settings\",\"diagnosis_confidence\":\"possible\","
                                + "\"diagnosis_detail\":\"intact\",\"route\":\"/api/v2/guests/\","
                                + "\"upstream\":\"genesys\",\"upstream_address\":\"192.0.2.7:443\",\"upstream_status\":200,\"upstream_code\":\"not.authorized\","
                                + "\"upstream_context_id\":\"0b6f8e0a-0000-4000-8000-000000000002\",\"upstream_correlation_id\":\"corr\","
                                + "\"upstream_request_id\":\"theirs\",\"client_request_id\":\"a b\","
                                + "\"token\":\"0123456789abcdeffffffffffffffffe\",\"session_age_ms\":42,\"authorization\":\"intact\","
                                + "\"bytes_in\":300,\"bytes_out\":1024,\"duration_ms\":1.235,\"upstream_duration_ms\":1.000,"
                                + "\"client\":\"127.0.0.1:50000\",\"protocol\":\"HTTP/1.1\","
                                + "\"traceparent\":\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\","
                                + "\"aborted\":\"upstream\"}\n");
    }

    @Test
    void leavesOutWhatHasNoValue() {
        assertThat(parsed(Exchanges.bare()).propertyNames())
                .containsExactly(
                        "time",
                        "request_id",
                        "method",
                        "path",
                        "verdict",
                        "authorization",
                        "bytes_in",
                        "bytes_out",
                        "duration_ms",
                        "client",
                        "protocol");
    }

    static String[] hostile() {
        StringBuilder controls = new StringBuilder();
        for (char c = 0; c < 0x20; c++) {
            controls.append(c);
        }
        return new String[] {
            controls.toString(),
            "\"},{\"verdict\":\"allow\"",
            "back\\slash\\",
            "/\u007f\u0080\u009b31m",
            "caf\u00e9 \u65e5\u672c \ud83d\ude00",
            "\ud83d",
            "\ude00\ud83d",
            "\u2028\u2029\u202e\ufeff",
            "",
            "\u0000".repeat(100_000),
        };
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void escapesWhatACallerSends(String value) {
        Exchanges exchange = Exchanges.full();
        exchange.path = value;
        exchange.clientRequestId = value;
        exchange.upstreamRequestId = value;
        exchange.upstreamCorrelationId = value;
        exchange.method = value;
        exchange.detail = value;
        exchange.evidence = new Evidence(
                value, null, new Diagnosis(Cause.AUTH_LOST, Confidence.LIKELY, value), new ApiError(value, value));
        JsonNode parsed = parsed(exchange);
        for (String name : new String[] {
            "path",
            "client_request_id",
            "upstream_request_id",
            "upstream_correlation_id",
            "method",
            "detail",
            "check",
            "diagnosis_detail",
            "upstream_code",
            "upstream_context_id"
        }) {
            assertThat(parsed.get(name).stringValue()).as(name).isEqualTo(value);
        }
        assertThat(parsed.size()).isEqualTo(32);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.000",
        "499, 0.000",
        "500, 0.001",
        "1234567, 1.235",
        "999999499, 999.999",
        "999999500, 1000.000",
        "3600000000000, 3600000.000",
        "-5, 0.000"
    })
    void writesDurationsInMilliseconds(long nanos, String text) {
        Exchanges exchange = Exchanges.good();
        exchange.durationNanos = nanos;
        assertThat(line(exchange.record())).contains("\"duration_ms\":" + text + ",");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01T00:00:00.000Z",
        "-1, 1969-12-31T23:59:59.999Z",
        "1700000000999, 2023-11-14T22:13:20.999Z",
        "4102444800010, 2100-01-01T00:00:00.010Z"
    })
    void writesTimeInUtc(long millis, String text) {
        Exchanges exchange = Exchanges.good();
        exchange.startMillis = millis;
        assertThat(parsed(exchange).get("time").stringValue()).isEqualTo(text);
    }

    @Test
    void followsTheClockFromLineToLine() {
        JsonLines lines = new JsonLines();
        Exchanges exchange = Exchanges.good();
        lines.add(exchange.record());
        exchange.startMillis += 995;
        lines.add(exchange.record());
        String text = new String(lines.bytes(), 0, lines.length(), StandardCharsets.US_ASCII);
        assertThat(text).contains("22:13:20.005Z", "22:13:21.000Z");
    }

    @Test
    void writesNumbersOfAnySize() {
        Exchanges exchange = Exchanges.good();
        exchange.bytesIn = Long.MAX_VALUE;
        exchange.bytesOut = 0;
        assertThat(line(exchange.record())).contains("\"bytes_in\":9223372036854775807,\"bytes_out\":0,");
    }

    @ParameterizedTest
    @EnumSource
    void namesEachVerdict(VerdictKind verdict) {
        Exchanges exchange = Exchanges.good();
        exchange.verdict = verdict;
        assertThat(parsed(exchange).get("verdict").stringValue())
                .isEqualTo(verdict.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    @ParameterizedTest
    @EnumSource
    void namesEachConfidence(Confidence confidence) {
        Exchanges exchange = Exchanges.good();
        exchange.evidence =
                new Evidence(null, null, new Diagnosis(Reason.SCOPE_MISSING, confidence, "d"), ApiError.NONE);
        JsonNode parsed = parsed(exchange);
        assertThat(parsed.get("diagnosis").stringValue()).isEqualTo("scope.missing");
        assertThat(parsed.get("diagnosis_confidence").stringValue())
                .isEqualTo(confidence.name().toLowerCase(Locale.ROOT));
        assertThat(parsed.propertyNames()).doesNotContain("check", "upstream_code", "upstream_context_id");
    }

    @Test
    void writesWhatTheUpstreamSaysWithoutADiagnosis() {
        Exchanges exchange = Exchanges.good();
        exchange.evidence = new Evidence("AliasCheck", null, null, new ApiError("bad.credentials", null));
        JsonNode parsed = parsed(exchange);
        assertThat(parsed.get("check").stringValue()).isEqualTo("AliasCheck");
        assertThat(parsed.get("upstream_code").stringValue()).isEqualTo("bad.credentials");
        assertThat(parsed.propertyNames())
                .doesNotContain("diagnosis", "diagnosis_confidence", "diagnosis_detail", "upstream_context_id");
    }

    @ParameterizedTest
    @EnumSource
    void namesEachFateOfAuthorization(AuthorizationFate fate) {
        Exchanges exchange = Exchanges.good();
        exchange.authorization = fate;
        assertThat(parsed(exchange).get("authorization").stringValue())
                .isEqualTo(fate.name().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @EnumSource
    void namesEachSide(Side side) {
        Exchanges exchange = Exchanges.good();
        exchange.aborted = side;
        assertThat(parsed(exchange).get("aborted").stringValue())
                .isEqualTo(side.name().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Zq7vM2xK9tB4nR6wY1cD8fG3hJ5lP0sA",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"
            })
    void leavesOutATraceThatIsNone(String value) {
        Exchanges exchange = Exchanges.full();
        exchange.traceparent = value;
        assertThat(parsed(exchange).has("traceparent")).isFalse();
    }
}
