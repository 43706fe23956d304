package dev.headgate.sandbox;

import static dev.headgate.sandbox.GuestClient.JSON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The sandbox's WebSockets, asked by the JDK's client. */
class SandboxWebSocketTest extends RunningSandbox {
    private static final String MESSAGING = "/v1?deploymentId=d";

    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final String token = UUID.randomUUID().toString();

    @BeforeEach
    void start() throws Exception {
        start(SandboxConfig.defaults());
    }

    private WebSocket open(String target) {
        WebSocket.Listener ear = new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                heard.add(data.toString());
                socket.request(1);
                return null;
            }
        };
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(sandbox.url().replace("http:", "ws:") + target), ear)
                .join();
    }

    private JsonNode ask(WebSocket socket, String message) throws Exception {
        socket.sendText(message.replace('\'', '"').replace("TOKEN", token), true)
                .join();
        return next();
    }

    private JsonNode next() throws Exception {
        String next = heard.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("what is heard within 10 s").isNotNull();
        return JSON.readTree(next);
    }

    @Test
    void aSessionLastsAsLongAsATokenAndOverSeveralConnections() throws Exception {
        WebSocket first = open(MESSAGING);
        String configure = "{'action':'configureSession','token':'TOKEN','deploymentId':'d','tracingId':'t'}";
        JsonNode session = ask(first, configure);
        assertThat(session.path("class").asString()).isEqualTo("SessionResponse");
        assertThat(session.path("tracingId").asString()).isEqualTo("t");
        assertThat(session.path("body").path("newSession").asBoolean()).isTrue();
        WebSocket second = open(MESSAGING);
        assertThat(ask(second, configure).path("body").path("newSession").asBoolean())
                .isFalse();
        now.updateAndGet(at -> at.plus(SandboxConfig.defaults().tokenLifetime()));
        assertThat(ask(second, configure).path("code").asInt()).isEqualTo(4006);
        assertThat(ask(first, "{'action':'onMessage','token':'TOKEN'}")
                        .path("class")
                        .asString())
                .isEqualTo("SessionExpiredEvent");
        first.abort();
        second.abort();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'action':'onMessage','token':'TOKEN'} | 4007",
                "{'action':'onMessage'}                 | 400",
                "{'action':'dance','token':'TOKEN'}     | 400",
                "[]                                     | 400",
                "no JSON                                | 400"
            })
    void whatItCannotDoItSays(String message, int code) throws Exception {
        WebSocket socket = open(MESSAGING);
        assertThat(ask(socket, message).path("code").asInt()).isEqualTo(code);
        socket.abort();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1?deploymentId=", "/v2?deploymentId=d", "/platform/jwt/unknown"})
    void aHandshakeMayBeRefused(String target) {
        assertThatThrownBy(() -> open(target))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void withoutAHandshakeThereIsNothing() throws Exception {
        assertRefused(client.send("GET", MESSAGING, ""), 400, "bad.request");
    }
}
