package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.ExchangeRecord;
import dev.headgate.replay.Export;
import dev.headgate.replay.ReadRecording;
import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedField;
import dev.headgate.replay.RecordedRequest;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import dev.headgate.session.KeyedHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The recordings in {@code config/samples} are what a conversation with the sandbox through the proxy looks like, but
 * for times, tokens and ids. Makes them anew with {@code -Dheadgate.samples=write}.
 */
class SampleRecordingsTest {
    private static final Path SAMPLES = Path.of("../config/samples");
    private static final Pattern UUID_OF_THE_DAY =
            Pattern.compile("\\b(?!\\d0000000-|019ab000-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b");
    private static final String HOST = "chat.example.com";
    private static final String MESSAGES = "/api/v2/guests/messages";
    private static final long START = 1_795_622_400_000_000L;
    private static final long EVERY = 500_000;
    private static final long DURATION = 2_500;

    private final List<RecordedExchange> exchanges = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What stands in the place of what is another one each time. */
    private final Map<String, String> stable = new LinkedHashMap<>();

    private final List<String> ids = new ArrayList<>();
    private final Map<String, String> others = new LinkedHashMap<>();

    @TempDir
    Path directory;

    private record Guest(String token, String guestId, String conversationId) {}

    private void converse() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.defaults());
                RunningProxy proxy = RunningProxy.before(sandbox.url(), directory, "")) {
            Guest ada = create(proxy, "Ada", null);
            message(proxy, "Bearer " + ada.token(), ada);
            Guest grace = create(proxy, "Grace", null);
            message(proxy, "Bearer " + grace.token(), grace);
            send(proxy, "GET", MESSAGES + "?conversationId=" + ada.conversationId(), "Bearer " + ada.token(), "");
            message(proxy, "Bearer " + ada.token(), grace);
            message(proxy, null, ada);
            message(proxy, "[REDACTED]", ada);
            message(proxy, "Bearer fake-token-that-nobody-was-given", ada);
            Guest renewed = create(proxy, "Ada", ada.guestId());
            message(proxy, "Bearer " + ada.token(), ada);
            message(proxy, "Bearer " + renewed.token(), renewed);
        }
    }

    private Guest create(RunningProxy proxy, String name, @Nullable String guestId) throws Exception {
        ObjectNode body =
                RunningProxy.JSON.createObjectNode().put("purpose", "chat").put("name", name);
        if (guestId != null) {
            body.put("guestId", guestId);
        }
        JsonNode answer =
                RunningProxy.JSON.readTree(send(proxy, "POST", "/api/v2/guests/identities", null, body.toString()));
        String token = answer.path("guest_token").asString("");
        String fake = "fake-token-" + (stable.size() + 1) + "-of-" + name.toLowerCase(Locale.ROOT) + "-";
        // As long as the real one, so that lengths stay right.
        stable.put(token, fake + "x".repeat(token.length() - fake.length()));
        for (JsonNode member : answer) {
            String value = member.asString("");
            if (value.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
                stable.computeIfAbsent(value, v -> {
                    String id = String.format(Locale.ROOT, "00000000-0000-4000-8000-%012d", ids.size() + 1);
                    ids.add(id);
                    return id;
                });
            }
        }
        return new Guest(
                token,
                answer.path("guestId").asString(""),
                answer.path("conversationId").asString(""));
    }

    private void message(RunningProxy proxy, @Nullable String authorization, Guest of) throws Exception {
        ObjectNode body = RunningProxy.JSON
                .createObjectNode()
                .put("guestId", of.guestId())
                .put("conversationId", of.conversationId())
                .put("text", "Hello");
        send(proxy, "POST", MESSAGES, authorization, body.toString());
    }

    private String send(RunningProxy proxy, String method, String target, @Nullable String authorization, String body)
            throws Exception {
        List<RecordedField> fields = new ArrayList<>();
        fields.add(new RecordedField("Host", HOST));
        fields.add(new RecordedField("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Sample/1.0"));
        fields.add(new RecordedField("Accept", "*/*"));
        fields.add(new RecordedField("Origin", "https://" + HOST));
        if (authorization != null) {
            fields.add(new RecordedField("Authorization", authorization));
        }
        if (!body.isEmpty()) {
            fields.add(new RecordedField("Content-Type", "application/json"));
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(proxy.url() + target))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        fields.stream().skip(1).forEach(field -> request.header(field.name(), field.value()));
        HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
        ExchangeRecord record = proxy.record();
        if (!body.isEmpty()) {
            fields.add(new RecordedField("Content-Length", String.valueOf(body.length())));
        }
        int n = exchanges.size() + 1;
        String requestId = String.format(Locale.ROOT, "019ab000-0000-7000-8000-%012d", n);
        exchanges.add(new RecordedExchange(
                "",
                START + EVERY * (n - 1),
                DURATION,
                requestId,
                record.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                record.reason() == null ? null : record.reason().code(),
                new RecordedRequest(method, target, fields, bytes(body)),
                new RecordedResponse(answer.statusCode(), fields(answer, requestId), bytes(answer.body())),
                false));
        stable.put(record.requestId(), requestId);
        return answer.body();
    }

    private static RecordedBody bytes(String text) {
        return RecordedBody.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<RecordedField> fields(HttpResponse<String> answer, String requestId) {
        List<RecordedField> fields = new ArrayList<>();
        new TreeMap<>(answer.headers().map()).forEach((name, values) -> {
            String value =
                    switch (name) {
                        case "date" -> "Wed, 25 Nov 2026 16:00:00 GMT";
                        case "x-request-id" -> requestId;
                        case "inin-correlation-id" -> "10000000-0000-4000-8000" + requestId.substring(23);
                        case "inin-ratelimit-reset" -> "30";
                        default -> values.get(0);
                    };
            fields.add(new RecordedField(name, value));
        });
        return fields;
    }

    private RecordedExchange stable(RecordedExchange exchange) {
        RecordedRequest request = exchange.request();
        RecordedResponse response = exchange.response();
        return new RecordedExchange(
                exchange.place(),
                exchange.startMicros(),
                exchange.durationMicros(),
                exchange.requestId(),
                exchange.verdict(),
                exchange.reason(),
                new RecordedRequest(
                        request.method(), stable(request.target()), stable(request.fields()), stable(request.body())),
                new RecordedResponse(response.status(), stable(response.fields()), stable(response.body())),
                false);
    }

    private List<RecordedField> stable(List<RecordedField> fields) {
        return fields.stream()
                .map(field -> new RecordedField(field.name(), stable(field.value())))
                .toList();
    }

    private RecordedBody stable(RecordedBody body) {
        String text = ReadRecording.text(body)
                .replaceAll("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z", "2026-11-25T16:30:00Z");
        return bytes(stable(text));
    }

    private String stable(String text) {
        String replaced = text;
        for (Map.Entry<String, String> entry : stable.entrySet()) {
            replaced = replaced.replace(entry.getKey(), entry.getValue());
        }
        return UUID_OF_THE_DAY
                .matcher(replaced.replaceAll("\\btoken [0-9a-f]{32}", "token " + "0".repeat(32)))
                .replaceAll(found -> others.computeIfAbsent(
                        found.group(),
                        id -> String.format(Locale.ROOT, "20000000-0000-4000-8000-%012d", others.size() + 1)));
    }

    private static byte[] export(Export.Format format, List<RecordedExchange> exchanges) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Export export = new Export(format, out, "0.1.0", new KeyedHash(1, 2))) {
            for (RecordedExchange exchange : exchanges) {
                export.write(exchange);
            }
        }
        return out.toByteArray();
    }

    /** The capture of these, as the proxy writes it: ids and tokens by their fingerprints only. */
    private String capture(List<RecordedExchange> stable) throws IOException {
        StringBuilder lines = new StringBuilder();
        KeyedHash hash = new KeyedHash(3, 4);
        for (String line : new String(export(Export.Format.CAPTURE, stable), StandardCharsets.UTF_8)
                .lines()
                .toList()) {
            String masked = line;
            for (String id : ids) {
                byte[] octets = id.getBytes(StandardCharsets.US_ASCII);
                masked = masked.replace(id, "{{id:" + hash.fingerprint(octets, 0, octets.length) + "}}");
            }
            JsonNode read = RunningProxy.JSON.readTree(masked);
            ObjectNode made = RunningProxy.JSON.createObjectNode();
            for (String name : List.of("version", "time", "request_id")) {
                made.set(name, read.path(name));
            }
            made.put("client", "127.0.0.1").put("protocol", "HTTP/1.1").put("scheme", "http");
            made.put("route", "/api/v2/guests/").put("profile", "forum-guest").put("upstream", "genesys");
            made.set("verdict", read.path("verdict"));
            made.set("reason", read.path("reason"));
            String token = masked.replaceAll(".*\"Bearer \\{\\{token:([0-9a-f]{32})}}\".*", "$1");
            made.put("token", token.equals(masked) ? null : token);
            for (String name : List.of("request", "response", "aborted", "timings")) {
                made.set(name, read.path(name));
            }
            lines.append(made).append('\n');
        }
        return lines.toString();
    }

    /** The HAR of these, as a browser writes it: real credentials, and many members of its own. */
    private static String har(List<RecordedExchange> stable) throws IOException {
        JsonNode plain = RunningProxy.JSON.readTree(export(Export.Format.HAR, stable));
        ObjectNode har = RunningProxy.JSON.createObjectNode();
        ObjectNode log = har.putObject("log");
        log.put("version", "1.2");
        log.putObject("creator").put("name", "WebInspector").put("version", "537.36");
        ObjectNode page = log.putArray("pages").addObject();
        page.put("startedDateTime", "2026-11-25T16:00:00.000Z")
                .put("id", "page_1")
                .put("title", "https://" + HOST + "/");
        page.putObject("pageTimings").put("onContentLoad", 81.25).put("onLoad", 99.5);
        ArrayNode entries = log.putArray("entries");
        for (int i = 0; i < stable.size(); i++) {
            RecordedExchange exchange = stable.get(i);
            JsonNode from = plain.at("/log/entries/" + i);
            ObjectNode entry = entries.addObject();
            entry.putObject("_initiator")
                    .put("type", "script")
                    .putObject("stack")
                    .putArray("callFrames");
            entry.put("_priority", "High").put("_resourceType", "fetch");
            entry.putObject("cache");
            entry.put("connection", "443").put("pageref", "page_1");
            ObjectNode request = (ObjectNode) from.path("request");
            request.put("httpVersion", "h2");
            ArrayNode fields = request.putArray("headers");
            pair(fields, ":authority", HOST);
            pair(fields, ":method", exchange.request().method());
            pair(fields, ":path", exchange.request().target());
            pair(fields, ":scheme", "https");
            exchange.request().fields().stream()
                    .skip(1)
                    .forEach(field -> pair(fields, field.name().toLowerCase(Locale.ROOT), field.value()));
            if (request.has("postData")) {
                ((ObjectNode) request.path("postData"))
                        .put("text", ReadRecording.text(exchange.request().body()));
            }
            entry.set("request", request);
            ObjectNode response = (ObjectNode) from.path("response");
            response.put("httpVersion", "h2");
            ((ObjectNode) response.path("content"))
                    .put("text", ReadRecording.text(exchange.response().body()));
            response.put("_transferSize", 300 + exchange.response().body().bytes().length)
                    .putNull("_error");
            entry.set("response", response);
            entry.put("serverIPAddress", "192.0.2.1");
            entry.set("startedDateTime", from.path("startedDateTime"));
            entry.set("time", from.path("time"));
            entry.putObject("timings")
                    .put("blocked", 0.25)
                    .put("dns", -1)
                    .put("ssl", -1)
                    .put("connect", -1)
                    .put("send", 0.125)
                    .put("wait", 2)
                    .put("receive", 0.125)
                    .put("_blocked_queueing", 0.125);
        }
        return RunningProxy.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(har) + "\n";
    }

    private static void pair(ArrayNode fields, String name, String value) {
        fields.addObject().put("name", name).put("value", value);
    }

    @Test
    void theyAreWhatTheProxyAndTheSandboxAnswer() throws Exception {
        converse();
        List<RecordedExchange> stable = exchanges.stream().map(this::stable).toList();
        String har = har(stable);
        String capture = capture(stable);
        if ("write".equals(System.getProperty("headgate.samples"))) {
            Files.writeString(SAMPLES.resolve("conversation.har"), har);
            Files.writeString(SAMPLES.resolve("conversation.ndjson"), capture);
        }
        assertThat(har).isEqualTo(Files.readString(SAMPLES.resolve("conversation.har")));
        assertThat(capture).isEqualTo(Files.readString(SAMPLES.resolve("conversation.ndjson")));
    }

    @Test
    void bothTellTheSameConversation() throws IOException {
        ReadRecording har = ReadRecording.of(SAMPLES.resolve("conversation.har"));
        ReadRecording capture = ReadRecording.of(SAMPLES.resolve("conversation.ndjson"));
        for (ReadRecording read : List.of(har, capture)) {
            assertThat(read.problems()).isEmpty();
            assertThat(read.failure()).isEmpty();
            assertThat(read.exchanges().stream()
                            .map(exchange -> exchange.request().method() + " "
                                    + exchange.response().status()))
                    .containsExactly(
                            "POST 200",
                            "POST 200",
                            "POST 200",
                            "POST 200",
                            "GET 200",
                            "POST 403",
                            "POST 401",
                            "POST 401",
                            "POST 401",
                            "POST 200",
                            "POST 401",
                            "POST 200");
        }
        assertThat(capture.exchanges().stream().map(RecordedExchange::reason))
                .containsExactly(
                        null,
                        null,
                        null,
                        null,
                        null,
                        "session.guest",
                        "auth.missing",
                        "auth.placeholder",
                        "token.unknown",
                        null,
                        "token.superseded",
                        null);
        assertThat(Files.readString(SAMPLES.resolve("conversation.ndjson"))).doesNotContain("fake-token");
    }
}
