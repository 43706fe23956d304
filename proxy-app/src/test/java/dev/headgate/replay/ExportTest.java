package dev.headgate.replay;

import static dev.headgate.replay.ReadRecording.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.sun.net.httpserver.HttpServer;
import de.sstoehr.harreader.HarReader;
import de.sstoehr.harreader.model.Har;
import de.sstoehr.harreader.model.HarEntry;
import dev.headgate.NeedsTool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is exported can be read again, by others too, and tells no credential. */
class ExportTest {
    private static final String TOKEN = "fake-token/4f1d+22==";
    private static final String JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJmYWtlIn0.c2VjcmV0";

    @TempDir
    Path directory;

    private static RecordedField field(String name, String value) {
        return new RecordedField(name, value);
    }

    private static RecordedBody body(String text) {
        return RecordedBody.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static RecordedExchange exchange(RecordedRequest request, RecordedResponse response) {
        return new RecordedExchange(
                "chat: entry 7",
                1_795_622_400_123_456L,
                1500,
                "01a2",
                "deny",
                "session.guest",
                request,
                response,
                false);
    }

    private static RecordedRequest request(String method, String target, String body, RecordedField... fields) {
        return new RecordedRequest(method, target, List.of(fields), body(body));
    }

    private static RecordedResponse answer(String body, RecordedField... fields) {
        return new RecordedResponse(200, List.of(fields), body(body));
    }

    private static byte[] export(Export.Format format, RecordedExchange... exchanges) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Export export = new Export(format, out, "1.0")) {
            for (RecordedExchange exchange : exchanges) {
                export.write(exchange);
            }
        }
        return out.toByteArray();
    }

    private static ReadRecording exported(Export.Format format, RecordedExchange... exchanges) throws IOException {
        return ReadRecording.of("chat", export(format, exchanges));
    }

    @ParameterizedTest
    @EnumSource(
            value = Export.Format.class,
            names = {"HAR", "CAPTURE"})
    void whatIsWrittenReadsTheSame(Export.Format format) throws IOException {
        byte[] binary = {(byte) 0xff, 0, 1, '"'};
        RecordedExchange first = exchange(
                request(
                        "POST",
                        "/a%2F?b=c&d",
                        "{\"\u00fc\":1}",
                        field("Host", "edge.test"),
                        field("X-a", "1"),
                        field("X-A", "")),
                new RecordedResponse(403, List.of(field("Content-Type", "x/y")), RecordedBody.of(binary)));
        RecordedExchange second = exchange(
                new RecordedRequest(
                        "PUT", "/", List.of(field("Host", "e"), field("Content-Length", "9")), RecordedBody.UNKNOWN),
                null);
        RecordedExchange third = exchange(
                request("GET", "/", "", field("Host", "e")),
                new RecordedResponse(200, List.of(), new RecordedBody(binary, 9000, true)));
        ReadRecording read = exported(format, first, second, third);
        assertThat(read.problems()).isEmpty();
        assertThat(read.exchanges()).hasSize(3);
        for (int i = 0; i < 3; i++) {
            RecordedExchange original = List.of(first, second, third).get(i);
            RecordedExchange copy = read.exchanges().get(i);
            assertThat(copy.startMicros()).isEqualTo(original.startMicros());
            assertThat(copy.durationMicros()).isEqualTo(original.durationMicros());
            assertThat(copy.request().target()).isEqualTo(original.request().target());
            assertThat(copy.request().fields()).isEqualTo(original.request().fields());
            same(copy.request().body(), original.request().body());
            if (original.response() != null) {
                assertThat(copy.response().status())
                        .isEqualTo(original.response().status());
                assertThat(copy.response().fields())
                        .isEqualTo(original.response().fields());
                same(copy.response().body(), original.response().body());
            }
        }
        if (format == Export.Format.CAPTURE) {
            assertThat(read.exchanges().get(0).reason()).isEqualTo("session.guest");
            assertThat(read.exchanges().get(0).requestId()).isEqualTo("01a2");
        }
    }

    private static void same(RecordedBody copy, RecordedBody original) {
        assertThat(copy.bytes()).isEqualTo(original.bytes());
        assertThat(copy.known()).isEqualTo(original.known());
        assertThat(copy.size()).isEqualTo(original.size());
    }

    /** Everywhere a token may stand. */
    private static RecordedExchange[] tokenEverywhere() {
        return new RecordedExchange[] {
            exchange(
                    request("POST", "/api/v2/guests/identities", "{\"purpose\":\"chat\"}", field("Host", "e")),
                    answer(
                            "{ \"guest_token\" : \"fake-token\\/4f1d+22==\",\"guestId\":\"g-1\",\"n\":1.50,\"token_type\":\"bearer\"}",
                            field("Set-Cookie", "sid=cookie-secret-1"),
                            field("Location", "https://e/x?access_token=fake-token%2F4f1d%2B22%3D%3D"))),
            exchange(
                    request(
                            "POST",
                            "/api/v2/guests/messages?token=query-secret-1&x=1&q=" + "fake-token%2F4f1d%2B22%3D%3D",
                            "{\"text\":\"my token is " + TOKEN
                                    + "\",\"password\":\"p4ss-secret\",\"cut\":{\"jwt\":\"cut-secret",
                            field("Authorization", "Bearer " + TOKEN),
                            field("Cookie", "sid=cookie-secret-1"),
                            field("Proxy-Authorization", "Basic cHJveHktc2VjcmV0"),
                            field("X-Api-Key", "key-secret-1"),
                            field("X-Session-Token", "header-secret-1"),
                            field("Referer", "https://e/?code=code-secret-1")),
                    answer("[\"" + JWT + "\"]")),
            exchange(
                    request("POST", "/api/v2/knowledge/guest/sessions", "{}"),
                    answer("{\"id\":\"0f0e0d0c-aaaa-4bbb-8ccc-000000000001\"}")),
            exchange(
                    request(
                            "GET",
                            "/api/v2/knowledge/guest/sessions/0f0e0d0c-aaaa-4bbb-8ccc-000000000001/documents",
                            "client_secret=form-secret-1&a=b"),
                    null),
            exchange(request("GET", "/platform/jwt/" + JWT, "", field("Authorization", "undefined")), null),
            exchange(request("GET", "/api/v2/guests/x/0123456789abcdef0123456789", ""), null),
        };
    }

    @ParameterizedTest
    @EnumSource(Export.Format.class)
    void noCredentialIsWritten(Export.Format format) throws IOException {
        String written = new String(export(format, tokenEverywhere()), StandardCharsets.UTF_8);
        assertThat(written)
                .doesNotContain("fake-token", "secret-1", "p4ss-secret", "cut-secret", "cHJveHktc2VjcmV0", "c2VjcmV0")
                .doesNotContain("0f0e0d0c-aaaa-4bbb", "0123456789abcdef0123456789", "eyJ")
                .contains("{{masked}}", "undefined", "{{token:");
    }

    /** Each says the token in a way of its own, beside Authorization or a telling name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"note\":\"\\u0068idden-abc12\"}",
                "{\"tokens\":{\"a\":[1,\"other-abcde\"],\"b\":\"other-fghij\"}}",
                "{\"tokens\":[{\"a\":\"other-abcde\"},\"other-fghij\"]}",
                "{\"token\":123456789012}",
                "{\"body\":\"{\\\"jwt\\\":\\\"other-abcde\\\"}\"}",
                "{\"a\":\"HIDDEN-ABC12\"}",
                "\ufeff{\"token\":\"other-abcde\"}",
                "b=other-abcde&token=other-abcde",
                "<token>other-abcde</token>",
                "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nother-abcde\r\n--b--",
                "Authorization: Bearer other-abcde",
                "cb({\"token\":\"other-abcde\"})",
                "a=%zz%68idden-abc12",
                "a=%2568idden-abc12",
                "{\u0000\"\u0000t\u0000o\u0000k\u0000e\u0000n\u0000\"\u0000:\u0000\"\u0000o\u0000t\u0000h\u0000e\u0000r\u0000-\u0000a\u0000b\u0000"
            })
    void aTokenInAnotherForm(String text) throws IOException {
        byte[] out = export(
                Export.Format.CAPTURE,
                exchange(
                        request(
                                "POST",
                                "/x",
                                text,
                                field("Authorization", "Bearer \"hidden-abc12\","),
                                field("hidden-abc12", "")),
                        new RecordedResponse(
                                200,
                                List.of(field("Link", "</?id_token=linked-abc>")),
                                RecordedBody.of(
                                        ("\u00fc{\"token\":\"latin-token\"}").getBytes(StandardCharsets.ISO_8859_1)))));
        String written =
                new String(out, StandardCharsets.UTF_8) + new String(bodyOfAnswer(out), StandardCharsets.ISO_8859_1);
        assertThat(written)
                .doesNotContainIgnoringCase("idden-abc12")
                .doesNotContain("other-", "123456789012", "linked-abc", "latin-token", "o\\u0000t\\u0000h");
    }

    private static byte[] bodyOfAnswer(byte[] capture) throws IOException {
        return ReadRecording.of("chat", capture).only().response().body().bytes();
    }

    @Test
    void oneTokenHasOnePlaceholder() throws IOException {
        ReadRecording read = exported(Export.Format.CAPTURE, tokenEverywhere());
        String answer = text(read.exchanges().get(0).response().body());
        assertThat(answer)
                .matches("\\{ \"guest_token\" : \"\\{\\{token:[0-9a-f]{32}}}\",\"guestId\":\"g-1\",\"n\":1.50,"
                        + "\"token_type\":\"bearer\"}");
        String placeholder = answer.replaceAll("(?s).*(\\{\\{token:[0-9a-f]{32}}}).*", "$1");
        RecordedRequest message = read.exchanges().get(1).request();
        assertThat(message.value("Authorization")).isEqualTo("Bearer " + placeholder);
        assertThat(message.target()).endsWith("&x=1&q=" + placeholder);
        assertThat(text(message.body())).startsWith("{\"text\":\"my token is " + placeholder + "\"");
        String session = text(read.exchanges().get(2).response().body());
        assertThat(read.exchanges().get(3).request().target())
                .isEqualTo("/api/v2/knowledge/guest/sessions/"
                        + session.substring("{\"id\":\"".length(), session.length() - 2) + "/documents");
        assertThat(read.exchanges().get(4).request().value("Authorization")).isEqualTo("undefined");
    }

    /** Each would take minutes where its time grew with the square of its length. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "eyJ",
                "token",
                "?token",
                "\"token",
                "{\"token\":\"\\\"",
                "[",
                "{\"a\":",
                "%",
                "fake-token/",
                "a=b&",
                "\"jwt\":\"",
                "eyJ.",
                "eyJa.b.c"
            })
    void manyOfAKindTakeNotLong(String text) throws IOException {
        RecordedExchange many = exchange(
                request("POST", "/", text.repeat(1_000_000 / text.length()), field("Authorization", "Bearer " + TOKEN)),
                null);
        assertTimeout(Duration.ofSeconds(10), () -> export(Export.Format.CAPTURE, many));
    }

    @Test
    void aCredentialThatIsJsonInTextIsMasked() throws IOException {
        RecordedExchange read = exported(
                        Export.Format.CAPTURE,
                        exchange(
                                request(
                                        "POST",
                                        "/",
                                        "{\"auth\":\"{\\\"x\\\":\\\"a-secret\\\"}\",\"token\":\"{{token:00}}\"}"),
                                null))
                .only();
        assertThat(text(read.request().body()))
                .matches("\\{\"auth\":\"\\{\\{token:[0-9a-f]{32}}}\",\"token\":\"\\{\\{token:00}}\"}");
    }

    @Test
    void whatIsMaskedStaysAsItIs() throws IOException {
        RecordedExchange masked =
                exported(Export.Format.CAPTURE, tokenEverywhere()).exchanges().get(1);
        RecordedExchange again = exported(Export.Format.CAPTURE, masked).only();
        assertThat(again.request().fields()).isEqualTo(masked.request().fields());
        assertThat(again.request().target()).isEqualTo(masked.request().target());
        assertThat(text(again.request().body())).isEqualTo(text(masked.request().body()));
    }

    @Test
    void anotherReaderReadsTheHar() throws Exception {
        Har har = new HarReader().readFromBytes(export(Export.Format.HAR, tokenEverywhere()));
        assertThat(har.log().version()).isEqualTo("1.2");
        assertThat(har.log().creator().name()).isEqualTo("Headgate");
        assertThat(har.log().entries()).hasSize(6);
        HarEntry first = har.log().entries().get(0);
        assertThat(first.startedDateTime().toInstant()).isEqualTo("2026-11-25T16:00:00.123456Z");
        assertThat(first.request().method()).isEqualTo("POST");
        assertThat(first.request().url()).isEqualTo("https://e/api/v2/guests/identities");
        assertThat(first.request().postData().text()).isEqualTo("{\"purpose\":\"chat\"}");
        assertThat(first.response().status()).isEqualTo(200);
        assertThat(first.response().content().text()).contains("guestId");
    }

    private record Received(String line, List<String> fields, byte[] body) {}

    @Test
    @NeedsTool("curl")
    void aShellRunsTheCommands() throws Exception {
        LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.add(new Received(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                    exchange.getRequestHeaders().entrySet().stream()
                            .map(entry ->
                                    entry.getKey() + ": " + entry.getValue().get(0))
                            .sorted()
                            .toList(),
                    exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            RecordedField host =
                    field("Host", "127.0.0.1:" + server.getAddress().getPort());
            String quotes = "it's \"$HOME\" `id` \\ \n !{a,b}[1-9]";
            byte[] binary = new byte[256];
            for (int i = 0; i < binary.length; i++) {
                binary[i] = (byte) i;
            }
            byte[] script = export(
                    Export.Format.CURL,
                    exchange(
                            request(
                                    "POST",
                                    "/a/../b?c=[1-2]%20x",
                                    quotes,
                                    host,
                                    field("X-Q", "a'b;\"$(id)\""),
                                    field("X-Empty", "")),
                            null),
                    exchange(new RecordedRequest("PUT", "/binary", List.of(host), RecordedBody.of(binary)), null),
                    exchange(request("POST", "/at", "@/etc/passwd", host, field("Content-Type", "x/y")), null),
                    exchange(request("POST", "/large", "100% ".repeat(60_000), host), null),
                    exchange(request("HEAD", "/head", "", host, field("User-Agent", "other")), null));
            Path file = Files.write(directory.resolve("export.sh"), script);
            Process shell = new ProcessBuilder("sh", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("out").toFile())
                    .start();
            assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(shell.exitValue())
                    .as(Files.readString(directory.resolve("out")))
                    .isZero();
            Received first = received.poll();
            assertThat(first.line()).startsWith("POST /a/../b?c=[1-2]%20");
            assertThat(new String(first.body(), StandardCharsets.UTF_8)).isEqualTo(quotes);
            assertThat(first.fields())
                    .containsExactly(
                            "Content-length: " + quotes.length(),
                            host.name() + ": " + host.value(),
                            "X-empty: ",
                            "X-q: a'b;\"$(id)\"");
            assertThat(received.poll().body()).isEqualTo(binary);
            Received at = received.poll();
            assertThat(new String(at.body(), StandardCharsets.UTF_8)).isEqualTo("@/etc/passwd");
            assertThat(at.fields()).contains("Content-type: x/y");
            assertThat(received.poll().body()).hasSize(300_000);
            assertThat(received.poll()).extracting(Received::line).isEqualTo("HEAD /head");
        } finally {
            server.stop(0);
        }
    }
}
