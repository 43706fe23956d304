package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.headgate.OwnThread;
import dev.headgate.gate.Reason;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The JDK's WebSocket client, the proxy, and the sandbox's WebSockets. */
class WebSocketTest {
    private static final String CHAT = "/v1?deploymentId=7a8b";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final HttpClient http = HttpClient.newHttpClient();
    private Sandbox sandbox;
    private RunningProxy proxy;

    @TempDir
    Path directory;

    /** What a client hears. */
    private static final class Ear implements WebSocket.Listener {
        final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                heard.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            heard.add("pong");
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            heard.add("close " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            heard.add("error " + error);
        }

        String next() throws InterruptedException {
            String next = heard.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("what is heard within 10 s").isNotNull();
            return next;
        }

        JsonNode nextJson() throws InterruptedException {
            return RunningProxy.JSON.readTree(next());
        }
    }

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults().withClock(now::get));
        String config =
                RunningProxy.config("  - address: 127.0.0.1:0\n", sandbox.url()).replace("routes:\n", """
                routes:
                  - path: /v1
                    upstream: genesys
                    profile: webmessaging
                    tapFrames: true
                  - path: /api/v2/webchat/guest/
                    upstream: genesys
                    profile: webchat-v2
                  - path: /platform/
                    upstream: genesys
                    profile: webchat-v2
                """);
        proxy = RunningProxy.of(config, directory);
    }

    @AfterEach
    void stop() {
        proxy.close();
        sandbox.close();
    }

    private WebSocket open(String target, Ear ear) {
        return http.newWebSocketBuilder()
                .header("Origin", "https://page.example")
                .buildAsync(URI.create(proxy.url().replace("http:", "ws:") + target), ear)
                .join();
    }

    private static String message(String action, String token, String text) {
        return "{\"action\":\"" + action + "\",\"deploymentId\":\"7a8b\",\"token\":\"" + token
                + "\",\"tracingId\":\"trace-" + action + "\",\"message\":{\"type\":\"Text\",\"text\":\"" + text
                + "\"}}";
    }

    @Test
    void explainKnowsItWhileItIsOpen() throws Exception {
        Ear ear = new Ear();
        Instant before = Instant.now();
        WebSocket socket = http.newWebSocketBuilder()
                .header("Origin", "https://page.example")
                .header("x-request-id", "chat-1")
                .buildAsync(URI.create(proxy.url().replace("http:", "ws:") + CHAT), ear)
                .join();
        JsonNode opened = explained("chat-1");
        assertThat(Instant.parse(opened.path("open_since").asString()))
                .isBetween(before.minusMillis(1), Instant.now().plusMillis(1));
        assertThat(opened.path("status").asInt()).isEqualTo(101);
        assertThat(opened.path("verdict").asString()).isEqualTo("allow");
        assertThat(opened.path("route").asString()).isEqualTo("/v1");
        assertThat(opened.path("upstream_address").asString()).startsWith("127.0.0.1:");
        assertThat(opened.has("duration_ms")).isFalse();

        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        assertThat(proxy.record().status()).isEqualTo(101);
        JsonNode ended = explained("chat-1");
        assertThat(ended.has("open_since")).isFalse();
        assertThat(ended.has("duration_ms")).isTrue();
    }

    private JsonNode explained(String id) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(proxy.adminUrl() + "/explain/" + id))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode exchanges = RunningProxy.JSON.readTree(answer.body()).path("exchanges");
        assertThat(exchanges).hasSize(1);
        return exchanges.path(0);
    }

    @Test
    void aGuestTalksUntilTheSessionExpires() throws Exception {
        Ear ear = new Ear();
        String token = UUID.randomUUID().toString();
        WebSocket socket = open(CHAT, ear);
        assertThat(proxy.metrics()).contains("\nheadgate_websocket_sessions 1.0\n");
        socket.sendText(message("configureSession", token, ""), true).join();
        JsonNode session = ear.nextJson();
        assertThat(session.path("class").asString()).isEqualTo("SessionResponse");
        assertThat(session.path("tracingId").asString()).isEqualTo("trace-configureSession");
        socket.sendText(message("onMessage", token, "secret words"), true).join();
        assertThat(ear.nextJson().path("body").path("text").asString()).isEqualTo("secret words");
        socket.sendPing(ByteBuffer.wrap(new byte[] {1})).join();
        assertThat(ear.next()).isEqualTo("pong");
        now.updateAndGet(at -> at.plus(SandboxConfig.defaults().tokenLifetime()));
        socket.sendText(message("onMessage", token, "too late"), true).join();
        assertThat(ear.nextJson().path("class").asString()).isEqualTo("SessionExpiredEvent");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        assertThat(ear.next()).startsWith("close 1000");
        ExchangeRecord record = proxy.record();
        assertThat(record.status()).isEqualTo(101);
        assertThat(record.aborted()).isNull();
        Evidence evidence = record.evidence();
        assertThat(evidence).isNotNull();
        assertThat(evidence.diagnosis().finding()).isEqualTo(Reason.TOKEN_EXPIRED);
        assertThat(proxy.metrics())
                .contains(
                        "\nheadgate_websocket_sessions 0.0\n",
                        "\nheadgate_websocket_frames_total{direction=\"upstream\"} 5.0\n",
                        "\nheadgate_websocket_frames_total{direction=\"downstream\"} 5.0\n");
        String log = proxy.closeAndReadText();
        assertThat(log).doesNotContain(token, "secret words");
        List<JsonNode> lines = log.lines().map(RunningProxy.JSON::readTree).toList();
        assertThat(lines.subList(0, 6))
                .extracting(
                        line -> line.path("event").asString(),
                        line -> line.path("from").asString(),
                        line -> line.path("action").asString(),
                        line -> line.path("class").asString())
                .containsExactly(
                        tuple("frame", "downstream", "configureSession", ""),
                        tuple("frame", "upstream", "", "SessionResponse"),
                        tuple("frame", "downstream", "onMessage", ""),
                        tuple("frame", "upstream", "", "StructuredMessage"),
                        tuple("frame", "downstream", "onMessage", ""),
                        tuple("frame", "upstream", "", "SessionExpiredEvent"));
        JsonNode first = lines.get(0);
        assertThat(first.path("request_id").asString()).isEqualTo(record.requestId());
        assertThat(first.path("tracing_id").asString()).isEqualTo("trace-configureSession");
        assertThat(first.path("token").asString())
                .isNotEmpty()
                .isEqualTo(lines.get(2).path("token").asString());
        assertThat(lines.get(5).path("session_expired").asBoolean()).isTrue();
        assertThat(lines.get(6).path("diagnosis").asString()).isEqualTo("token.expired");
    }

    @Test
    void aMebibyteGoesThereAndBack() throws Exception {
        Ear ear = new Ear();
        String token = UUID.randomUUID().toString();
        WebSocket socket = open(CHAT, ear);
        String text = "x".repeat(1 << 20);
        for (int i = 0; i < 3; i++) {
            socket.sendText(message("echo", token, text), true).join();
            assertThat(ear.nextJson().path("body").path("text").asString()).isEqualTo(text);
        }
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        assertThat(ear.next()).startsWith("close 1000");
        assertThat(proxy.record().bytesOut()).isGreaterThan(3 << 20);
        assertThat(proxy.closeAndReadLog().get(0).path("unread").asString()).contains("limits.checkedBody");
    }

    @Test
    void theShutdownSaysGoodbye() throws Exception {
        Ear ear = new Ear();
        open(CHAT, ear);
        CompletableFuture<Void> closing = OwnThread.run(proxy::close);
        assertThat(ear.next()).isEqualTo("close 1001 shutting down");
        closing.get(10, TimeUnit.SECONDS);
        assertThat(proxy.record().aborted()).isNull();
    }

    @Test
    void aRefusedHandshakeIsAnAnswer() throws Exception {
        assertThatThrownBy(() -> open("/v1", new Ear()))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(400));
        assertThat(proxy.record().status()).isEqualTo(400);
    }

    @Test
    void aChatsEventStreamOpensWithItsToken() throws Exception {
        HttpResponse<String> created = http.send(
                HttpRequest.newBuilder(URI.create(proxy.url() + "/api/v2/webchat/guest/conversations"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"organizationId\":\"" + RunningProxy.ORGANIZATION + "\",\"deploymentId\":\"d\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(proxy.record().status()).isEqualTo(200);
        JsonNode chat = RunningProxy.JSON.readTree(created.body());
        URI stream = URI.create(chat.path("eventStreamUri").asString());
        Ear ear = new Ear();
        WebSocket socket = open(stream.getPath(), ear);
        assertThat(ear.nextJson().path("metadata").path("type").asString()).isEqualTo("member-change");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        assertThat(ear.next()).startsWith("close 1000");
        ExchangeRecord record = proxy.record();
        assertThat(record.status()).isEqualTo(101);
        assertThat(record.path()).isEqualTo("/platform/jwt/[masked]");
        assertThat(record.token()).isNotNull();
        assertThat(proxy.closeAndReadText()).doesNotContain(chat.path("jwt").asString());
    }

    @Test
    void anEventStreamOfNoChatIsRefused() throws Exception {
        assertThatThrownBy(() -> open("/platform/jwt/eyJ.eyJ.x", new Ear()))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(401));
        assertThat(proxy.record().reason()).isEqualTo(Reason.TOKEN_UNKNOWN);
    }
}
