package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.headgate.NeedsTool;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a capture has of exchanges over real sockets. */
class CaptureWireTest {
    @TempDir
    Path directory;

    private Sandbox sandbox;
    private RunningProxy proxy;

    private void start(String more) throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
        proxy = RunningProxy.before(
                sandbox.url(), directory, "capture:\n  path: " + directory.resolve("captures") + "\n" + more);
    }

    @AfterEach
    void stop() {
        if (proxy != null) {
            proxy.close();
            sandbox.close();
        }
    }

    private List<JsonNode> captured() throws Exception {
        proxy.close();
        return CapturedLines.lines(directory.resolve("captures"));
    }

    private static List<String> fields(JsonNode message) {
        return message.path("fields")
                .valueStream()
                .map(field -> field.path(0).asString() + ": " + field.path(1).asString())
                .toList();
    }

    @Test
    void aConversationWithItsTokensMaskedAndItsHeadsAsTheyCame() throws Exception {
        start("");
        JsonNode ada =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        String body = " { \"text\" : \"H\\u00e4llo \\\"w\\\"\",\r\n\t\"conversationId\":\""
                + ada.path("conversationId").asString().toUpperCase(java.util.Locale.ROOT) + "\", \"n\":1.50 }";
        RawClient.Response sent = RawClient.exchange(
                proxy.port(),
                RawClient.request(
                        "POST",
                        "/api/v2/guests/messages?lang=en&x=%41",
                        "aUTHORIZATION:   " + RawClient.bearer(ada) + " \r\nX-B: 2\r\nx-a:1\r\nX-B: \u00e41\r\n",
                        body));
        assertThat(sent.status()).isEqualTo(200);
        List<JsonNode> lines = captured();

        assertThat(lines).hasSize(2);
        JsonNode created = lines.get(0);
        JsonNode message = lines.get(1);
        String answer = created.path("response").path("body").path("text").asString();
        assertThat(answer)
                .doesNotContain(
                        ada.path("guest_token").asString(), ada.path("guestId").asString());
        JsonNode identity = RunningProxy.JSON.readTree(answer);
        assertThat(identity.path("guest_token").asString()).matches("\\{\\{token:[0-9a-f]{32}}}");
        assertThat(identity.path("conversationId").asString()).matches("\\{\\{id:[0-9a-f]{32}}}");
        assertThat(identity.propertyNames()).containsExactlyElementsOf(ada.propertyNames());
        assertThat(created.path("token").isNull()).isTrue();
        assertThat(created.path("verdict").asString()).isEqualTo("allow");
        assertThat(created.path("request").path("body").path("text").asString()).isEqualTo("{\"purpose\":\"chat\"}");

        String token = identity.path("guest_token").asString();
        assertThat(message.path("token").asString())
                .isEqualTo(created.path("session").asString())
                .isEqualTo(token.substring("{{token:".length(), token.length() - 2))
                .isEqualTo(message.path("session").asString());
        JsonNode request = message.path("request");
        assertThat(request.path("target").asString()).isEqualTo("/api/v2/guests/messages?lang=en&x=%41");
        assertThat(fields(request))
                .containsExactly(
                        "Host: chat.example",
                        "aUTHORIZATION: Bearer " + token,
                        "X-B: 2",
                        "x-a: 1",
                        "X-B: \u00e41",
                        "Content-Type: application/json",
                        "Content-Length: " + body.length());
        assertThat(request.path("body").path("text").asString())
                .isEqualTo(body.replaceFirst(
                        "\"conversationId\":\"[^\"]*\"",
                        "\"conversationId\":\""
                                + identity.path("conversationId").asString() + "\""));
        assertThat(message.path("response").path("status").asInt()).isEqualTo(200);
        assertThat(fields(message.path("response"))).contains("x-request-id: " + sent.field("x-request-id"));
        assertThat(message.path("request_id").asString()).isEqualTo(sent.field("x-request-id"));
        assertThat(message.path("timings").path("upstream_us").asLong()).isPositive();
        assertThat(message.path("timings").path("total_us").asLong())
                .isGreaterThanOrEqualTo(
                        message.path("timings").path("upstream_us").asLong());
        assertThat(message.path("profile").asString()).isEqualTo("forum-guest");
    }

    /** In Latin-1, with a control character, in UTF-16, and compressed without saying so. */
    @Test
    void aBodyOfNoKnownFormThatHidesATokenIsLeftOut() throws Exception {
        start("");
        String json = "{\"name\":\"M\u00fcller\",\"token\":\"abcdefghijk\"}";
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
            zip.write(json.getBytes(StandardCharsets.UTF_8));
        }
        String wide = new String(json.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1);
        for (String body :
                List.of(json, json.replace('\u00fc', '\u0001'), wide, zipped.toString(StandardCharsets.ISO_8859_1))) {
            RawClient.exchange(
                    proxy.port(),
                    "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }

        List<JsonNode> lines = captured();
        assertThat(lines)
                .hasSize(4)
                .allSatisfy(line -> assertThat(line.path("request").path("body").propertyNames())
                        .containsExactly("size"));
    }

    /** Whatever the form of the text: what stands behind a telling name is a token in all of the exchange. */
    @Test
    void aTokenBehindATellingName() throws Exception {
        start("");
        List<String> texts = List.of(
                "{\"token\":123456789012,\"note\":\"a\"}",
                "{\"body\":\"{\\\"access_token\\\":\\\"abcdefghijk\\\"}\"}",
                "a=1&token=abcdefghijk",
                "<a><token>abcdefghijk</token></a>",
                "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabcdefghijk\r\n--b--\r\n");
        for (String body : texts) {
            RawClient.exchange(
                    proxy.port(),
                    "POST /x HTTP/1.1\r\nHost: a\r\nX-Auth: \"abcdefghijkl9\", b\r\n"
                            + "Link: </n?q=abcdefghijkl9&token=mnopqrstuv>\r\nReferer: https://a/#id_token=mnopqrstuv\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        }
        proxy.close();
        String all = CapturedLines.text(CapturedLines.files(directory.resolve("captures")));

        assertThat(all.lines()).hasSize(texts.size());
        assertThat(all).doesNotContain("abcdefghijk", "123456789012", "mnopqrstuv");
    }

    @Test
    void refusedMalformedAndAbortedExchanges() throws Exception {
        start("");
        JsonNode ada =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        JsonNode grace =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        RawClient.message(proxy.port(), RawClient.bearer(ada), grace);
        RawClient.message(proxy.port(), "", ada);
        RawClient.message(proxy.port(), "[REDACTED]", ada);
        RawClient.exchange(proxy.port(), "GET /a HTTP/1.1\r\nHost : a\r\nCookie: x\r\n\r\n");
        try (RawClient client = new RawClient(proxy.port())) {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf of");
        }
        for (int i = 0; i < 7; i++) {
            proxy.record();
        }
        List<JsonNode> lines = captured();

        assertThat(lines).hasSize(7);
        JsonNode crossed = lines.get(2);
        assertThat(crossed.path("reason").asString()).isEqualTo("session.guest");
        assertThat(crossed.path("upstream").asString()).isEqualTo("genesys");
        JsonNode body = RunningProxy.JSON.readTree(
                crossed.path("request").path("body").path("text").asString());
        JsonNode graces = RunningProxy.JSON.readTree(
                lines.get(1).path("response").path("body").path("text").asString());
        assertThat(body.path("guestId").asString())
                .isEqualTo(graces.path("guestId").asString())
                .startsWith("{{id:");
        assertThat(body.path("text").asString()).isEqualTo("Hello");

        assertThat(lines.get(3).path("reason").asString()).isEqualTo("auth.missing");
        assertThat(lines.get(3).path("request").path("body").path("text").asString())
                .contains("Hello");
        assertThat(lines.get(3).path("response").path("body").path("text").asString())
                .contains("auth.missing");
        assertThat(fields(lines.get(4).path("request"))).contains("Authorization: [REDACTED]");

        JsonNode malformed = lines.get(5);
        assertThat(malformed.path("reason").asString()).isEqualTo("head.malformed");
        assertThat(malformed.path("request").isNull()).isTrue();
        assertThat(malformed.path("response").path("status").asInt()).isEqualTo(400);

        JsonNode aborted = lines.get(6);
        assertThat(aborted.path("aborted").asString()).isEqualTo("downstream");
        assertThat(aborted.path("response").isNull()).isTrue();
        assertThat(aborted.path("request").path("body").path("size").asLong()).isEqualTo(100);
        assertThat(aborted.path("request").path("body").path("text").asString()).isEqualTo("half ");

        String all = lines.toString();
        assertThat(all)
                .doesNotContain(
                        ada.path("guest_token").asString(),
                        ada.path("guestId").asString(),
                        grace.path("conversationId").asString());
    }

    @Test
    void bodiesThatAreBinaryLongOrChunked() throws Exception {
        start("  body: 16B\n");
        RawClient.exchange(
                proxy.port(), "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\u0000\u0001\u00fe\u00ff");
        RawClient.exchange(
                proxy.port(),
                "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nseven\r\n11\r\n days of the week\r\n"
                        + "0\r\nx-Sum: 7\r\n\r\n");
        List<JsonNode> lines = captured();

        JsonNode binary = lines.get(0).path("request").path("body");
        assertThat(Base64.getDecoder().decode(binary.path("base64").asString())).containsExactly(0, 1, 0xfe, 0xff);
        assertThat(binary.has("size")).isFalse();
        JsonNode chunked = lines.get(1).path("request");
        assertThat(chunked.path("body").path("text").asString()).isEqualTo("seven days of ");
        assertThat(chunked.path("body").path("size").asInt()).isEqualTo(22);
        assertThat(chunked.path("trailers").toString()).isEqualTo("[[\"x-Sum\",\"7\"]]");
    }

    @Test
    void aTokenIsMaskedWhereverItStands() throws Exception {
        start("  mask: {fields: [cookie, X-Custom], members: [nick]}\n");
        JsonNode ada =
                RawClient.identity(proxy.port(), "{\"purpose\":\"chat\"}").json();
        String token = ada.path("guest_token").asString();
        String guest = ada.path("guestId").asString();
        StringBuilder escaped = new StringBuilder();
        StringBuilder percent = new StringBuilder();
        for (char c : token.toCharArray()) {
            escaped.append(String.format("\\u%04x", (int) c));
            percent.append(String.format("%%%02X", (int) c));
        }
        String body = "{\"a\":{\"b\":[\"" + token + "\",{\"note\":\"my " + token + "!\",\"e\":\"" + escaped
                + "\"}]},\"nick\":\"ada\",\"password\":\"pw\",\"about\":\"guest " + guest
                + "\",\"t\\u006fken\":\"short\"}";
        RawClient.exchange(
                proxy.port(),
                RawClient.request(
                        "POST",
                        "/api/v2/guests/messages/" + percent + "?q=" + token + "&access_token=short&g=" + guest,
                        "Authorization: Bearer " + token + "\r\nX-Note: see " + token + ",x\r\nCookie: a=b\r\n"
                                + "X-Custom: custom\r\nX-Guest-Token: shrt\r\nReferer: https://a.example/?token=tiny\r\n",
                        body));
        RawClient.exchange(
                proxy.port(),
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: Bearer "
                        + token + "\r\nContent-Length: " + (percent.length() + 25) + "\r\n\r\na=" + percent
                        + "&password=pw1&b=%20c+d&");
        RawClient.exchange(
                proxy.port(),
                "POST /x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\nContent-Length: "
                        + (token.length() + 1) + "\r\n\r\n\u0000" + token);
        proxy.close();
        String all = CapturedLines.text(CapturedLines.files(directory.resolve("captures")));
        List<JsonNode> lines = CapturedLines.lines(directory.resolve("captures"));

        assertThat(lines).hasSize(4);
        assertThat(all)
                .doesNotContain(
                        token, guest, percent, escaped, "shrt", "a=b", "custom", "\"ada\"", "tiny", "short", "pw1")
                .doesNotContain("\\\"pw\\\"", "\"pw\"");
        String placeholder = "{{token:" + lines.get(1).path("token").asString() + "}}";
        JsonNode request = lines.get(1).path("request");
        JsonNode masked =
                RunningProxy.JSON.readTree(request.path("body").path("text").asString());
        assertThat(masked.path("a").path("b").path(0).asString()).isEqualTo(placeholder);
        assertThat(masked.path("a").path("b").path(1).path("note").asString()).isEqualTo("my " + placeholder + "!");
        assertThat(masked.path("nick").asString()).isEqualTo("{{masked}}");
        assertThat(request.path("target").asString())
                .startsWith("/api/v2/guests/messages/" + placeholder + "?q=" + placeholder + "&access_token={{token:");
        assertThat(fields(request))
                .contains("X-Note: see " + placeholder + ",x", "Cookie: {{masked}}", "X-Custom: {{masked}}");
        assertThat(lines.get(2).path("request").path("body").path("text").asString())
                .startsWith("a=" + placeholder + "&password={{token:")
                .endsWith("&b=%20c+d&");
        assertThat(lines.get(3).path("request").path("body").toString())
                .isEqualTo("{\"size\":" + (token.length() + 1) + "}");
    }

    @Test
    @NeedsTool("curl")
    void anHttp2ExchangeAndAHandshake() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
        proxy = RunningProxy.of(
                RunningProxy.config("  - {address: \"127.0.0.1:0\", http2: true}\n", sandbox.url())
                        + "capture:\n  path: " + directory.resolve("captures") + "\n",
                directory);
        Process curl = new ProcessBuilder(
                        "curl",
                        "-s",
                        "--http2-prior-knowledge",
                        "-H",
                        "X-Own: 1",
                        "-H",
                        "Content-Type: application/json",
                        "--data-binary",
                        "{\"purpose\":\"chat\"}",
                        proxy.url() + "/api/v2/guests/identities")
                .start();
        JsonNode ada =
                RunningProxy.JSON.readTree(new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertThat(ada.path("guest_token").asString()).isNotEmpty();
        try (RawClient client = new RawClient(proxy.port())) {
            client.send("GET /v1?deploymentId=7a8b HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(101);
        }
        proxy.record();
        proxy.record();
        List<JsonNode> lines = captured();

        assertThat(lines.get(0).path("protocol").asString()).isEqualTo("HTTP/2");
        assertThat(fields(lines.get(0).path("request")))
                .contains("x-own: 1")
                .anyMatch(f -> f.startsWith("host: ") || f.startsWith("Host: "));
        assertThat(fields(lines.get(0).path("response")))
                .anyMatch(field -> field.startsWith("content-length: "))
                .noneMatch(field -> field.startsWith("connection"));
        assertThat(lines.toString()).doesNotContain(ada.path("guest_token").asString());
        JsonNode handshake = lines.get(1);
        assertThat(handshake.path("response").path("status").asInt()).isEqualTo(101);
        assertThat(fields(handshake.path("request"))).contains("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        assertThat(handshake.path("request").path("body").isNull()).isTrue();
    }

    @Test
    void filesAreTheirOwnersAndAreCompressedAtTheEnd() throws Exception {
        start("");
        RawClient.exchange(proxy.port(), RawClient.request("GET", "/x?id=" + UUID.randomUUID(), "", ""));
        proxy.close();
        Path captures = directory.resolve("captures");
        List<Path> files = CapturedLines.files(captures);

        assertThat(files).singleElement().asString().endsWith(".ndjson.zst");
        assumeThat(Files.getFileStore(captures).supportsFileAttributeView("posix"))
                .isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(captures)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.get(0))))
                .isEqualTo("rw-------");
    }

    /** SIGKILL in the middle of writing: what is there can be read, and the next process tidies up. */
    @Test
    void aProcessThatIsKilledLosesTheTailOnly() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
        Path captures = directory.resolve("captures");
        Path config = Files.writeString(
                directory.resolve("headgate.yaml"),
                RunningProxy.config("  - address: 127.0.0.1:0\n", sandbox.url())
                        + "accessLog:\n  path: \"\"\ncapture:\n  path: captures\n");
        try (ChildProcess child = ChildProcess.run(config)) {
            int port = URI.create(child.after("headgate: listening on ")).getPort();
            try (RawClient client = new RawClient(port)) {
                for (int i = 0; i < 50 || size(captures) < 20_000; i++) {
                    client.send(RawClient.request("GET", "/n/" + i, "", ""));
                    client.read();
                }
            }
        }
        assertThat(CapturedLines.files(captures)).singleElement().asString().endsWith(".ndjson");
        String text = CapturedLines.text(CapturedLines.files(captures));
        List<String> whole = text.substring(0, text.lastIndexOf('\n')).lines().toList();
        assertThat(whole).hasSizeGreaterThan(10);
        for (int i = 0; i < whole.size(); i++) {
            assertThat(RunningProxy.JSON
                            .readTree(whole.get(i))
                            .path("request")
                            .path("target")
                            .asString())
                    .isEqualTo("/n/" + i);
        }
        try (ChildProcess next = ChildProcess.run(config)) {
            assertThat(next.after("headgate: capture in ")).isEqualTo(captures.toString());
            next.terminate();
            assertThat(next.exit()).isZero();
        }
        assertThat(CapturedLines.files(captures)).singleElement().asString().endsWith(".ndjson.zst");
        assertThat(CapturedLines.text(CapturedLines.files(captures))).isEqualTo(text);
    }

    private static long size(Path directory) throws Exception {
        long size = 0;
        for (Path file : Files.isDirectory(directory) ? CapturedLines.files(directory) : List.<Path>of()) {
            size += Files.size(file);
        }
        return size;
    }
}
