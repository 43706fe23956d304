package dev.headgate.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The delay on a clock that stands still. */
class SandboxDelayTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new HttpServerCodec(),
            new SandboxConnection(new SandboxEndpoints(SandboxConfig.defaults()), new SeenLog(), 1_000));

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void request(String path) {
        String text = "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private String answers() {
        StringBuilder answers = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            answers.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
        return answers.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v2/guests/messages, 401 Unauthorized",
        "/api/v2/webchat/guest/conversations/c/members, 401 Unauthorized",
        "/api/v2/webmessaging/messages, 401 Unauthorized",
        "/api/v2/knowledge/guest/sessions/s/documents/d, 404 Not Found"
    })
    void anAnswerOfAnApiWaits(String path, String status) {
        channel.freezeTime();
        request(path);
        request("/api/v2/status");
        channel.advanceTimeBy(999, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(answers()).isEmpty();
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
        assertThat(answers()).startsWith("HTTP/1.1 " + status + "\r\n").endsWith("{\"status\":\"ok\"}");
    }

    @Test
    void otherAnswersDoNot() {
        request("/api/v2/status");
        assertThat(answers()).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void whatWaitsIsReleasedWithTheConnection() {
        channel.freezeTime();
        request("/api/v2/guests/messages");
        ByteBuf next = Unpooled.copiedBuffer(
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", StandardCharsets.ISO_8859_1);
        channel.writeInbound(next);
        channel.close().syncUninterruptibly();
        channel.runPendingTasks();
        assertThat(next.refCnt()).isZero();
    }
}
