package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients of others, over HTTP/2. */
@EachTransport
class Http2ClientsTest {
    @RegisterExtension
    private final Wire wire;

    Http2ClientsTest(Transport transport) {
        this.wire = new Wire(transport).http2();
    }

    private CompletableFuture<String> curl(String... more) throws IOException {
        String[] command = new String[more.length + 3];
        command[0] = "curl";
        command[1] = "-si";
        command[2] = "--http2-prior-knowledge";
        System.arraycopy(more, 0, command, 3, more.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return CompletableFuture.supplyAsync(() -> {
            try {
                String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
                return out;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                process.destroy();
            }
        });
    }

    private String url(String path) {
        return "http://127.0.0.1:" + wire.edge().port() + path;
    }

    @Test
    void aGetArrivesInTheFormOfHttp1() throws Exception {
        CompletableFuture<String> answer =
                curl(url("/a?b=c"), "-H", "Authorization: Bearer  Ab=c", "-H", "x-request-id: one", "-A", "me");
        RawSocket upstream = wire.upstream().accept();
        upstream.expect(RawSocket.head(
                "GET /a?b=c HTTP/1.1",
                "host: " + wire.upstream().host(),
                "user-agent: me",
                "accept: */*",
                "authorization: Bearer  Ab=c",
                "x-request-id: one",
                Wire.ORGANIZATION));
        upstream.send("HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nKeep-Alive: timeout=9\r\nX-Mixed: Case\r\n\r\nok");
        assertThat(answer.get(10, TimeUnit.SECONDS))
                .isEqualTo("HTTP/2 200 \r\ncontent-length: 2\r\nx-mixed: Case\r\nx-request-id: one\r\n\r\nok");
        ExchangeRecord record = wire.record();
        assertThat(record.protocol()).isEqualTo("HTTP/2");
        assertThat(record.authorization()).isEqualTo(ExchangeRecord.AuthorizationFate.INTACT);
    }

    @Test
    void aBodyWithoutALengthIsChunkedUpstream() throws Exception {
        CompletableFuture<String> answer = curl(
                url("/a"), "-H", "Transfer-Encoding: chunked", "-H", "Expect:", "-H", "x-request-id: one", "-d", "abc");
        RawSocket upstream = wire.upstream().accept();
        assertThat(upstream.readHead()).contains("transfer-encoding: chunked\r\n");
        assertThat(upstream.readUntilLastChunk()).isEqualTo("3\r\nabc\r\n0\r\n");
        upstream.expect("\r\n");
        upstream.send("HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("HTTP/2 200 \r\nx-request-id: one\r\n\r\nok");
        assertThat(wire.record().bytesIn()).isEqualTo(3);
    }

    @Test
    void aRefusalHasItsReason() throws Exception {
        CompletableFuture<String> answer = curl(url("/api/v2/guests/messages"), "-d", "{}");
        assertThat(answer.get(10, TimeUnit.SECONDS))
                .startsWith("HTTP/2 401 \r\n")
                .contains("\r\nx-headgate-reason: auth.missing\r\n");
        assertThat(wire.record().status()).isEqualTo(401);
    }
}
