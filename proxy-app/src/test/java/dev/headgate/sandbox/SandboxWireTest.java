package dev.headgate.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes in, bytes out. */
class SandboxWireTest {
    private static final String CLOSE = "GET /api/v2/status HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    private Sandbox sandbox;
    private Socket socket;

    @BeforeEach
    void open() throws IOException {
        sandbox = Sandbox.start(SandboxConfig.defaults());
        socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), sandbox.port());
        socket.setSoTimeout(20_000);
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        sandbox.close();
    }

    private void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String readToEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private String readHead() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("closed after: " + head);
            }
            head.append((char) b);
        }
        return head.toString();
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
        }
        Thread writer = new Thread(() -> {
            try {
                write(requests + CLOSE);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writer.start();
        String answers = readToEnd();
        writer.join();
        assertThat(answers.split("HTTP/1.1 404 Not Found\r\n", -1)).hasSize(5_001);
        assertThat(answers).contains("HTTP/1.1 200 OK\r\n").endsWith("{\"status\":\"ok\"}");
        List<SeenRequest> seen = sandbox.seen();
        for (int i = 0; i < 5_000; i++) {
            assertThat(seen.get(i).uri()).isEqualTo("/" + i);
        }
    }

    @Test
    void fieldsKeepTheirOrderSpellingAndBytes() throws Exception {
        String value = "Bearer \u00e9~!" + "a".repeat(16 << 10);
        write("GET http://other/sandbox/echo HTTP/1.1\r\nhOST: h\r\nB: 1\r\nAuthorization:   " + value
                + "  \r\na:\r\nb: 2\r\nConnection: close\r\n\r\n");
        assertThat(readToEnd()).startsWith("HTTP/1.1 200 OK\r\n");
        SeenRequest seen = sandbox.seen().get(0);
        assertThat(seen.fields())
                .containsExactly(
                        new SeenRequest.Field("hOST", "h"),
                        new SeenRequest.Field("B", "1"),
                        new SeenRequest.Field("Authorization", value),
                        new SeenRequest.Field("a", ""),
                        new SeenRequest.Field("b", "2"),
                        new SeenRequest.Field("Connection", "close"));
        assertThat(seen.values("B")).containsExactly("1", "2");
        assertThat(seen.value("none")).isNull();
    }

    @Test
    void aClientThatExpectsToContinueMay() throws Exception {
        write("POST /sandbox/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        assertThat(readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        write("hello" + CLOSE);
        assertThat(readToEnd()).contains("\"bodySize\":5").contains("HTTP/1.1 200 OK");
    }

    @Test
    void chunksInSmallPiecesWithTrailers() throws Exception {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            body.append("1;x=y\r\na\r\n");
        }
        write("POST /sandbox/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body
                + "0\r\nX-Sum: 7\r\n\r\n" + CLOSE);
        assertThat(readToEnd()).contains("\"bodySize\":20000");
        SeenRequest seen = sandbox.seen().get(0);
        assertThat(seen.body()).asString().isEqualTo("a".repeat(20_000));
        assertThat(seen.trailers()).containsExactly(new SeenRequest.Field("X-Sum", "7"));
    }

    @Test
    void headHasNoBody() throws Exception {
        write("HEAD /sandbox/bytes?size=1000000 HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readHead()).contains("content-length: 1000000");
        write("HEAD /nothing HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readHead()).startsWith("HTTP/1.1 404 Not Found\r\n").doesNotContain("content-length: 0\r\n");
        write(CLOSE);
        assertThat(readToEnd()).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void http10EndsTheConnectionUnlessAsked() throws Exception {
        write("GET /api/v2/status HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assertThat(readHead()).contains("connection: keep-alive");
        assertThat(socket.getInputStream().readNBytes(15)).asString().isEqualTo("{\"status\":\"ok\"}");
        write("GET /sandbox/bytes?size=3&chunked=true HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assertThat(readToEnd())
                .doesNotContain("chunked")
                .doesNotContain("keep-alive")
                .endsWith("\r\n\r\n\0\1\2");
    }

    @Test
    void whatIsNotHttpIsRefusedAndTheConnectionCloses() throws Exception {
        write("GET /api/v2/status HTTP/1.1\r\nHost : h\r\n\r\n" + CLOSE);
        assertThat(readToEnd())
                .startsWith("HTTP/1.1 400 Bad Request\r\n")
                .contains("ININ-Correlation-Id: ", "inin-ratelimit-count: ", "\"code\":\"bad.request\"")
                .doesNotContain("200 OK");
        assertThat(sandbox.requestCount()).isZero();
    }

    @Test
    void aBrokenChunkIsRefusedAndTheConnectionCloses() throws Exception {
        write("POST /sandbox/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n");
        assertThat(readToEnd()).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("connection: close");
        assertThat(sandbox.requestCount()).isZero();
    }

    @Test
    void aTargetThatCannotBeDecoded() throws Exception {
        write("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n" + CLOSE);
        assertThat(readToEnd()).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("200 OK");
    }
}
