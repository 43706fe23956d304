package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.headgate.NeedsTool;
import dev.headgate.config.Certificates;
import dev.headgate.replay.ReadRecording;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedRequest;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** HARs by programs that we did not write, of a guest's conversation through the proxy to the sandbox. */
class RealHarTest {
    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>
            (async () => {
              const json = {'Content-Type': 'application/json'};
              const created = await fetch('/api/v2/guests/identities', {method: 'POST', headers: json,
                body: JSON.stringify({purpose: 'chat', name: 'Ada'})});
              const guest = await created.json();
              const say = async headers => (await fetch('/api/v2/guests/messages', {method: 'POST', headers,
                body: JSON.stringify({conversationId: guest.conversationId, text: 'Gr\\u00fc\\u00dfe \\u{1F600}'})})).text();
              await say({...json, 'Authorization': 'Bearer ' + guest.guest_token});
              await say(json);
              await (await fetch('/picture')).arrayBuffer();
              await fetch('/end?a=b%20c', {method: 'POST', body: new URLSearchParams({a: 'b c'})});
            })();
            </script>
            """;

    private Sandbox sandbox;
    private HttpServer pages;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults());
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve("/", "text/html; charset=utf-8", PAGE.getBytes(StandardCharsets.UTF_8));
        serve("/picture", "image/png", new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, (byte) 0xff});
        pages.start();
    }

    private void serve(String path, String type, byte[] body) {
        pages.createContext(path, exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", type);
            if (path.equals("/picture")) {
                exchange.getResponseHeaders().add("Set-Cookie", "a=1");
                exchange.getResponseHeaders().add("Set-Cookie", "b=2");
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterEach
    void stop() {
        pages.stop(0);
        sandbox.close();
    }

    private RunningProxy proxy(String listener) throws Exception {
        String config = RunningProxy.config(listener, sandbox.url())
                .replace(
                        "upstreams:\n",
                        "upstreams:\n  pages:\n    url: http://127.0.0.1:"
                                + pages.getAddress().getPort() + "\n")
                .replace("  - path: /\n    upstream: genesys\n", "  - path: /\n    upstream: pages\n");
        return RunningProxy.of(config, directory);
    }

    private static String line(RecordedExchange exchange) {
        RecordedResponse answer = exchange.response();
        return exchange.request().method() + " " + exchange.request().target() + " "
                + (answer == null ? "-" : answer.status());
    }

    /** The three requests of the conversation: the identity, its message, and one that lost its credential. */
    private static void checkConversation(List<RecordedExchange> three, String said) {
        JsonNode identity =
                RunningProxy.JSON.readTree(three.get(0).response().body().bytes());
        assertThat(identity.path("guest_token").asString("")).isNotEmpty();
        assertThat(three.get(0).sanitized()).isTrue();
        RecordedRequest message = three.get(1).request();
        assertThat(message.value("authorization"))
                .isEqualTo("Bearer " + identity.path("guest_token").asString(""));
        assertThat(three.get(1).sanitized()).isFalse();
        for (RecordedExchange exchange : three.subList(1, 3)) {
            JsonNode body = RunningProxy.JSON.readTree(exchange.request().body().bytes());
            assertThat(body.path("conversationId")).isEqualTo(identity.path("conversationId"));
            assertThat(body.path("text").asString("")).isEqualTo(said);
            assertThat(exchange.durationMicros()).isPositive();
        }
        assertThat(three.get(2).request().value("authorization")).isNull();
        assertThat(ReadRecording.text(three.get(2).response().body())).contains("auth.missing");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @NeedsTool({"chromium", "openssl"})
    void chromium(boolean http2) throws Exception {
        String listener = "  - address: 127.0.0.1:0\n";
        if (http2) {
            Certificates made = Certificates.in(directory).selfSigned("edge", "DNS:localhost,IP:127.0.0.1");
            listener += "    tls: {certificate: " + made.certificate("edge") + ", key: " + made.key("edge")
                    + "}\n    http2: true\n";
        }
        try (RunningProxy proxy = proxy(listener);
                Chromium chromium = Chromium.start(directory)) {
            Path har = Files.writeString(
                    directory.resolve("chat.har"), chromium.load(proxy.url() + "/page", "/end?a=b%20c"));
            ReadRecording read = ReadRecording.of(har);
            assertThat(read.problems()).isEmpty();
            assertThat(read.failure()).isEmpty();
            List<RecordedExchange> all = read.exchanges();
            assertThat(all.stream().map(RealHarTest::line))
                    .containsExactly(
                            "GET /page 200",
                            "POST /api/v2/guests/identities 200",
                            "POST /api/v2/guests/messages 200",
                            "POST /api/v2/guests/messages 401",
                            "GET /picture 200",
                            "POST /end?a=b%20c 200");
            assertThat(all)
                    .allMatch(exchange ->
                            exchange.request().value("host").equals(proxy.url().replaceFirst("https?://", "")));
            checkConversation(all.subList(1, 4), "Gr\u00fc\u00dfe \ud83d\ude00");
            assertThat(ReadRecording.text(all.get(0).response().body())).isEqualTo(PAGE);
            assertThat(all.get(4).response().body().bytes()).hasSize(6).startsWith((byte) 0x89);
            assertThat(all.get(4).response().fields().stream()
                            .filter(field -> field.name().equalsIgnoreCase("set-cookie"))
                            .map(field -> field.value()))
                    .containsExactly("a=1", "b=2");
            assertThat(ReadRecording.text(all.get(5).request().body())).isEqualTo("a=b+c");
        }
    }

    /** Debian's mitmproxy comes with its writer of HARs as an example. */
    @Test
    @NeedsTool({"mitmdump", "curl"})
    void curlThroughMitmproxy() throws Exception {
        Path writer = Path.of("/usr/share/doc/mitmproxy/examples/contrib/har_dump.py");
        Assumptions.assumeTrue(Files.exists(writer), "mitmproxy without its examples");
        Path har = directory.resolve("chat.har");
        int port = freePort();
        Process mitmproxy = new ProcessBuilder(
                        "mitmdump",
                        "--listen-host",
                        "127.0.0.1",
                        "--listen-port",
                        String.valueOf(port),
                        "--set",
                        "confdir=" + directory.resolve("mitmproxy"),
                        "--set",
                        "hardump=" + har,
                        "-s",
                        writer.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("mitmproxy.log").toFile())
                .start();
        try (RunningProxy proxy = proxy("  - address: 127.0.0.1:0\n")) {
            awaitPort(mitmproxy, port);
            String guests = proxy.url() + "/api/v2/guests";
            JsonNode identity = RunningProxy.JSON.readTree(
                    curl(port, guests + "/identities", "--data", "{\"purpose\":\"chat\",\"name\":\"Ada\"}"));
            String body =
                    "{\"conversationId\":\"" + identity.path("conversationId").asString("") + "\",\"text\":\"Hello\"}";
            String token =
                    "Authorization: Bearer " + identity.path("guest_token").asString("");
            curl(port, guests + "/messages", "-H", token, "--data", body);
            curl(port, guests + "/messages", "--data", body);
            curl(port, proxy.url() + "/picture");
            curl(
                    port,
                    proxy.url() + "/form?x=%41",
                    "-H",
                    "Content-Type: application/x-www-form-urlencoded",
                    "--data",
                    "a=b+c&d=");
            ChildProcess.signal("TERM", mitmproxy.pid());
            assertThat(mitmproxy.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            mitmproxy.destroyForcibly();
        }
        ReadRecording read = ReadRecording.of(har);
        assertThat(read.problems()).isEmpty();
        assertThat(read.exchanges().stream().map(RealHarTest::line))
                .containsExactly(
                        "POST /api/v2/guests/identities 200",
                        "POST /api/v2/guests/messages 200",
                        "POST /api/v2/guests/messages 401",
                        "GET /picture 200",
                        "POST /form?x=%41 200");
        checkConversation(read.exchanges().subList(0, 3), "Hello");
        assertThat(read.exchanges().get(3).response().body().bytes()).hasSize(6).startsWith((byte) 0x89);
        assertThat(ReadRecording.text(read.exchanges().get(4).request().body())).isEqualTo("a=b+c&d=");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitPort(Process process, int port) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (System.nanoTime() > until || process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw new AssertionError(Files.readString(directory.resolve("mitmproxy.log")), e);
                }
            }
        }
    }

    private static String curl(int port, String url, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "-sS",
                "--noproxy",
                "",
                "-x",
                "http://127.0.0.1:" + port,
                "-H",
                "Content-Type: application/json"));
        if (List.of(more).contains("Content-Type: application/x-www-form-urlencoded")) {
            command.subList(command.size() - 2, command.size()).clear();
        }
        command.addAll(List.of(more));
        command.add(url);
        Process curl = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(curl.waitFor()).isZero();
        return answer;
    }
}
