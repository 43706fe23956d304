package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.WireClient.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What contract.md says of a refusal, field by field and member by member. */
final class Refusals {
    private static final String UUID_V7 = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    private Refusals() {}

    static void check(Answer answer, Reason reason) {
        List<String> names =
                new ArrayList<>(List.of("content-type", "content-length", "cache-control", "x-request-id"));
        names.addAll(List.of("x-headgate-reason", "proxy-status"));
        if (reason.status() == 401) {
            names.add("www-authenticate");
        }
        if (answer.value("Access-Control-Allow-Origin") != null) {
            names.add("access-control-allow-origin");
            if (answer.value("Access-Control-Allow-Credentials") != null) {
                names.add("access-control-allow-credentials");
            }
            names.addAll(List.of("vary", "access-control-expose-headers"));
        }
        assertThat(answer.value("x-headgate-reason")).isEqualTo(reason.code());
        assertThat(answer.status()).isEqualTo(reason.status());
        if (!Spoken.current.isHttp2()) {
            // Netty's client for HTTP/2 moves Content-Length to the end.
            assertThat(answer.names()).startsWith(names.toArray(String[]::new));
        }
        assertThat(answer.names())
                .as("fields")
                .containsAll(names)
                .hasSizeBetween(names.size(), names.size() + 1)
                .isSubsetOf(and(names, "connection"));
        assertThat(answer.value("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.value("cache-control")).isEqualTo("no-store");
        assertThat(answer.value("Proxy-Status"))
                .isEqualTo("headgate; error=http_request_denied; details=\"" + reason.code() + "\"");
        if (reason.status() == 401) {
            assertThat(answer.value("WWW-Authenticate"))
                    .isEqualTo("Bearer error=\"invalid_token\", error_description=\"" + reason.title() + "\"");
        }
        String id = answer.value("x-request-id");
        assertThat(id).isNotNull().matches(UUID_V7);
        Map<String, String> body = members(answer.body());
        String detail = body.remove("detail");
        assertThat(detail).isNotNull().endsWith(". " + reason.advice());
        assertThat(body)
                .isEqualTo(new LinkedHashMap<>(Map.of(
                        "type", "tag:headgate.dev,2026:reasons/" + reason.code(),
                        "title", reason.title(),
                        "status", String.valueOf(reason.status()),
                        "instance", "tag:headgate.dev,2026:requests/" + id,
                        "message", reason.title(),
                        "code", reason.code(),
                        "contextId", String.valueOf(id),
                        "details", "[]",
                        "errors", "[]")));
    }

    static void check(Answer answer, Reason reason, String detail, ExchangeRecord record) {
        check(answer, reason);
        assertThat(members(answer.body()).get("detail")).contains(detail);
        assertThat(record.reason()).isEqualTo(reason);
        assertThat(record.verdict()).isEqualTo(VerdictKind.DENY);
        assertThat(record.status()).isEqualTo(reason.status());
        assertThat(record.detail()).contains(detail);
        assertThat(record.requestId()).isEqualTo(answer.value("x-request-id"));
        assertThat(record.upstreamStatus()).isZero();
        assertThat(record.addedNanos()).as("never written upstream").isEqualTo(-1);
    }

    private static List<String> and(List<String> names, String more) {
        List<String> all = new ArrayList<>(names);
        all.add(more);
        return all;
    }

    private static Map<String, String> members(String json) {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                boolean array = parser.nextToken() == JsonToken.START_ARRAY;
                assertThat(members.put(name, array ? "[]" : parser.getString()))
                        .as(name)
                        .isNull();
                if (array) {
                    assertThat(parser.nextToken()).isEqualTo(JsonToken.END_ARRAY);
                }
            }
            assertThat(parser.nextToken()).isNull();
        }
        return members;
    }
}
