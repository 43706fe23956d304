package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where messages end, on both sides. */
@EachTransport
class FramingWireTest {
    private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";

    @RegisterExtension
    final Wire wire;

    FramingWireTest(Transport transport) {
        wire = new Wire(transport);
    }

    /** Each of them would put off the deadline of a connection that asks for nothing. */
    @Test
    void emptyLinesBeforeAHeadAreFew() throws Exception {
        RawSocket client = wire.client();
        client.send("\r\n".repeat(4) + Wire.get("/", "r1") + "\r\n".repeat(4) + Wire.get("/", "r2") + "\r\n".repeat(5));
        RawSocket server = wire.upstream().accept();
        for (String id : List.of("r1", "r2")) {
            server.expect(wire.gotten("/", id));
            server.send(NO_CONTENT);
            assertThat(client.readHead()).startsWith("HTTP/1.1 204");
            assertThat(wire.record().status()).isEqualTo(204);
        }
        RawAnswer refused = client.answer();
        assertThat(refused.reason()).isEqualTo("head.malformed");
        client.expectEnd();
        assertThat(wire.record().reason()).isEqualTo(Reason.HEAD_MALFORMED);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderRefusedOnesAmongThem() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            all.append(
                    i % 3 == 1
                            ? Wire.get("/api/v2/guests/messages", "r" + i)
                            : i % 3 == 2
                                    ? Wire.post("/p" + i, "r" + i, "Content-Length: 4") + "bo" + i + "y"
                                    : Wire.get("/p" + i, "r" + i));
        }
        RawSocket client = wire.client();
        client.send(all.toString());
        RawSocket server = wire.upstream().accept();
        for (int i = 0; i < 10; i++) {
            if (i % 3 == 1) {
                RawAnswer refused = client.answer();
                assertThat(refused.reason()).isEqualTo("auth.missing");
                assertThat(refused.field("x-request-id")).isEqualTo("r" + i);
                assertThat(refused.field("connection")).isNull();
                assertThat(wire.record().reason()).isEqualTo(Reason.AUTH_MISSING);
                continue;
            }
            if (i % 3 == 2) {
                server.expect(wire.posted("/p" + i, "r" + i, "Content-Length: 4"), "bo" + i + "y");
            } else {
                server.expect(wire.gotten("/p" + i, "r" + i));
            }
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + i);
            client.expect("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nx-request-id: r" + i + "\r\n\r\n" + i);
            assertThat(wire.record().requestId()).isEqualTo("r" + i);
        }
    }

    @Test
    void manyRefusedRequestsInOneWriteDoNotDeepenTheStack() throws Exception {
        int n = 500;
        RawSocket client = wire.client();
        client.send(Wire.get("/api/v2/guests/messages", "r").repeat(n));
        for (int i = 0; i < n; i++) {
            assertThat(client.answer().status()).isEqualTo(401);
            assertThat(wire.record().status()).isEqualTo(401);
        }
    }

    @Test
    void aRequestMayComeByteByByte() throws Exception {
        RawSocket client = wire.client();
        String field = "Transfer-Encoding: chunked";
        String request = Wire.post("/slow", "r1", field) + "3;ext=\"a\\\"b\";c\r\nabc\r\n10\r\n0123456789abcdef\r\n"
                + "0\r\nX-Sum: 1\r\n\r\n";
        for (byte b : request.getBytes(StandardCharsets.ISO_8859_1)) {
            client.send(new byte[] {b});
        }
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/slow", "r1", field));
        assertThat(dechunk(server)).isEqualTo("abc0123456789abcdef|X-Sum: 1\r\n");
        for (byte b : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\nz\r\n2\r\nyx\r\n0\r\nT: 1\r\n\r\n"
                .getBytes(StandardCharsets.ISO_8859_1)) {
            server.send(new byte[] {b});
        }
        client.expect(head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "x-request-id: r1"));
        assertThat(dechunk(client)).isEqualTo("zyx|T: 1\r\n");
        ExchangeRecord record = wire.record();
        assertThat(record.bytesIn()).isEqualTo(19);
        assertThat(record.bytesOut()).isEqualTo(3);
    }

    /** The content, a bar, and the trailer lines; whatever the chunks are, they must not have extensions. */
    private static String dechunk(RawSocket from) throws Exception {
        StringBuilder content = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line(from), 16);
            if (size == 0) {
                break;
            }
            content.append(from.read(size));
            from.expect("\r\n");
        }
        content.append('|');
        String line;
        while (!(line = line(from)).isEmpty()) {
            content.append(line).append("\r\n");
        }
        return content.toString();
    }

    private static String line(RawSocket from) throws Exception {
        StringBuilder line = new StringBuilder();
        while (line.indexOf("\r\n") < 0) {
            line.append(from.read(1));
        }
        return line.substring(0, line.length() - 2);
    }

    @Test
    void chunksKeepTheirContentAndTrailersButNotTheirExtensions() throws Exception {
        RawSocket client = wire.client();
        String field = "transfer-encoding:  Chunked";
        client.send(
                Wire.post("/", "r1", field), "5;name=value\r\nhello\r\n00\r\nX-Checksum:  abc \r\nx-other: d\r\n\r\n");
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", field), "5\r\nhello\r\n0\r\nX-Checksum:  abc \r\nx-other: d\r\n\r\n");
        server.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c\r\nworld\r\n000;x\r\nServer-T: 1\r\n\r\n");
        client.expect(
                head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "x-request-id: r1"),
                "5\r\nworld\r\n0\r\nServer-T: 1\r\n\r\n");
        assertThat(wire.record().status()).isEqualTo(200);
        client.send(Wire.get("/next", "r2"));
        server.expect(wire.gotten("/next", "r2"));
        server.send(NO_CONTENT);
        client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r2"));
        assertThat(wire.record().status()).isEqualTo(204);
    }

    @Test
    void forbiddenTrailersAreRefused() throws Exception {
        for (String trailer : List.of("Authorization: Bearer x", "content_length: 4", "X-Request-Id: r9", "Host: a")) {
            RawSocket client = wire.client();
            client.send(Wire.post("/", "r1", "Transfer-Encoding: chunked"), "1\r\na\r\n0\r\n" + trailer + "\r\n\r\n");
            RawAnswer answer = client.answer();
            assertThat(answer.reason()).isEqualTo("trailer.forbidden");
            assertThat(answer.field("connection")).isEqualTo("close");
            client.expectEnd();
            assertThat(wire.record().reason()).isEqualTo(Reason.TRAILER_FORBIDDEN);
        }
    }

    @Test
    void responsesWithoutABodyEndWithTheirHead() throws Exception {
        RawSocket client = wire.client();
        String[][] cases = {
            {"HEAD", "HTTP/1.1 200 OK", "Content-Length: 5"},
            {"HEAD", "HTTP/1.1 200 OK", "Transfer-Encoding: chunked"},
            {"GET", "HTTP/1.1 304 Not Modified", "Content-Length: 5"},
            {"GET", "HTTP/1.1 304 Not Modified", "ETag: \"x\""},
            {"GET", "HTTP/1.1 204 No Content", "X-A: b"},
            {"GET", "HTTP/1.1 200 OK", "Content-Length: 0"},
            {"HEAD", "HTTP/1.1 404 Not Found", "X-A: b"},
        };
        RawSocket server = null;
        for (String[] c : cases) {
            client.send(head(c[0] + " / HTTP/1.1", "Host: edge.test", "x-request-id: r1"));
            server = server == null ? wire.upstream().accept() : server;
            server.expect(head(
                    c[0] + " / HTTP/1.1", "Host: " + wire.upstream().host(), "x-request-id: r1", Wire.ORGANIZATION));
            server.send(head(c[1], c[2]));
            client.expect(head(c[1], c[2], "x-request-id: r1"));
            assertThat(wire.record().bytesOut()).isZero();
        }
    }

    @Test
    void framingFieldsThatAre204OrInterimMustNotHaveAreLeftOut() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.send(head("HTTP/1.1 204 No Content", "Content-Length: 0", "A: b"));
        client.expect(head("HTTP/1.1 204 No Content", "A: b", "x-request-id: r1"));
        assertThat(wire.record().status()).isEqualTo(204);
    }

    @Test
    void interimResponsesGoThrough() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.send(head("HTTP/1.1 103 Early Hints", "Link: </a.css>; rel=preload"));
        client.expect(head("HTTP/1.1 103 Early Hints", "Link: </a.css>; rel=preload", "x-request-id: r1"));
        server.send(
                head("HTTP/1.1 103 Early Hints", "Link: </b.css>"), "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        client.expect(head("HTTP/1.1 103 Early Hints", "Link: </b.css>", "x-request-id: r1"));
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 1", "x-request-id: r1"), "x");
        assertThat(wire.record().status()).isEqualTo(200);
        client.send(head("GET / HTTP/1.0", "Host: edge.test", "x-request-id: r2"));
        server.expect(wire.gotten("/", "r2"));
        server.send(head("HTTP/1.1 103 Early Hints"), "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 1", "x-request-id: r2", "Connection: close"), "x");
        client.expectEnd();
        assertThat(wire.record().status()).isEqualTo(200);
    }

    @Test
    void theUpstreamAnswersAnExpectationThatTheEdgeNeedNot() throws Exception {
        RawSocket client = wire.client();
        String fields = "Content-Length: 4\r\nExpect: 100-continue";
        client.send(Wire.post("/", "r1", fields));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", fields));
        server.send(head("HTTP/1.1 100 Continue"));
        client.expect(head("HTTP/1.1 100 Continue", "x-request-id: r1"));
        client.send("body");
        server.expect("body");
        server.send(NO_CONTENT);
        client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r1"));
        assertThat(wire.record().bytesIn()).isEqualTo(4);
        client.send(Wire.post("/", "r2", fields));
        server.expect(wire.posted("/", "r2", fields));
        server.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 1\r\n\r\nx");
        client.expect(
                head("HTTP/1.1 417 Expectation Failed", "Content-Length: 1", "x-request-id: r2", "Connection: close"),
                "x");
        client.expectEnd();
        server.expectEnd();
        assertThat(wire.record().status()).isEqualTo(417);
    }

    @Test
    void closeFromTheClientEndsItsConnectionOnly() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = wire.warmUp(client);
        client.send(head("GET / HTTP/1.1", "Host: edge.test", "Connection: close", "x-request-id: r1"));
        server.expect(wire.gotten("/", "r1"));
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 1", "x-request-id: r1", "Connection: close"), "x");
        client.expectEnd();
        assertThat(wire.record().status()).isEqualTo(200);
        RawSocket next = wire.client();
        next.send(Wire.get("/", "r2"));
        server.expect(wire.gotten("/", "r2"));
        server.send(NO_CONTENT);
        next.expect(head("HTTP/1.1 204 No Content", "x-request-id: r2"));
        assertThat(wire.record().status()).isEqualTo(204);
    }

    @Test
    void closeFromTheUpstreamEndsItsConnectionOnly() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = wire.warmUp(client);
        for (String head : List.of(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n",
                "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n")) {
            client.send(Wire.get("/", "r1"));
            server.expect(wire.gotten("/", "r1"));
            server.send(head, "x");
            client.expect(head("HTTP/1.1 200 OK", "Content-Length: 1", "x-request-id: r1"), "x");
            server.expectEnd();
            assertThat(wire.record().status()).isEqualTo(200);
            client.send(Wire.get("/", "r2"));
            server = wire.upstream().accept();
            server.expect(wire.gotten("/", "r2"));
            server.send(NO_CONTENT);
            client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r2"));
            assertThat(wire.record().status()).isEqualTo(204);
        }
    }

    @Test
    void anAnswerUpToTheCloseIsChunkedForHttp11AndClosedForHttp10() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.send("HTTP/1.1 200 OK\r\n\r\n", "hello");
        client.expect(head("HTTP/1.1 200 OK", "x-request-id: r1", "Transfer-Encoding: chunked"), "5\r\nhello\r\n");
        server.send("more");
        client.expect("4\r\nmore\r\n");
        server.close();
        client.expect("0\r\n\r\n");
        assertThat(wire.record().bytesOut()).isEqualTo(9);
        client.send(head("GET / HTTP/1.0", "Host: edge.test", "x-request-id: r2", "Connection: keep-alive"));
        server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r2"));
        server.send("HTTP/1.1 200 OK\r\n\r\n", "hello");
        server.close();
        client.expect(head("HTTP/1.1 200 OK", "x-request-id: r2", "Connection: close"), "hello");
        client.expectEnd();
        assertThat(wire.record().aborted()).isNull();
    }

    @Test
    void aChunkedAnswerGoesToHttp10WithoutChunks() throws Exception {
        RawSocket client = wire.client();
        client.send(head("GET / HTTP/1.0", "Host: edge.test", "x-request-id: r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n");
        client.expect(head("HTTP/1.1 200 OK", "x-request-id: r1", "Connection: close"), "abcde");
        client.expectEnd();
        assertThat(wire.record().bytesOut()).isEqualTo(5);
    }

    @Test
    void aShortRestOfARefusedBodyIsReadAndTheConnectionGoesOn() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.post("/api/v2/guests/messages", "r1", "Content-Length: 1000"));
        RawAnswer refused = client.answer();
        assertThat(refused.reason()).isEqualTo("auth.missing");
        assertThat(refused.field("connection")).isNull();
        client.send("x".repeat(1000), Wire.get("/", "r2"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r2"));
        server.send(NO_CONTENT);
        client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r2"));
        assertThat(wire.record().reason()).isEqualTo(Reason.AUTH_MISSING);
        assertThat(wire.record().status()).isEqualTo(204);
    }

    @Test
    void aRefusedExpectationClosesBecauseTheBodyMayNeverCome() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.post("/api/v2/guests/messages", "r1", "Content-Length: 10\r\nExpect: 100-continue"));
        RawAnswer refused = client.answer();
        assertThat(refused.reason()).isEqualTo("auth.missing");
        assertThat(refused.field("connection")).isEqualTo("close");
        client.expectEnd();
        assertThat(wire.record().reason()).isEqualTo(Reason.AUTH_MISSING);
    }

    /** Creates a guest whose token is {@code t-1} and whose conversation is {@code c-1}. */
    private RawSocket createGuest(RawSocket client) throws Exception {
        String purpose = "{\"purpose\":\"chat\"}";
        String framing = "Content-Length: " + purpose.length();
        client.send(Wire.post("/api/v2/guests/identities", "r0", framing), purpose);
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/api/v2/guests/identities", "r0", framing), purpose);
        String created = "{\"guest_token\":\"t-1-0123456789\",\"guestId\":\"g-1\",\"conversationId\":\"c-1\"}";
        server.send("HTTP/1.1 200 OK\r\nContent-Length: " + created.length() + "\r\n\r\n" + created);
        assertThat(client.answer().body()).isEqualTo(created);
        assertThat(wire.record().status()).isEqualTo(200);
        return server;
    }

    @Test
    void theEdgeAnswersTheExpectationOfABodyThatItReadsFirst() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = createGuest(client);
        String messages = "/api/v2/guests/messages";
        String token = "Authorization: Bearer t-1-0123456789\r\n";
        String right = "{\"conversationId\":\"c-1\"}";
        client.send(Wire.post(messages, "r1", token + "Expect: 100-continue\r\nContent-Length: " + right.length()));
        client.expect("HTTP/1.1 100 Continue\r\n\r\n");
        client.send(right);
        server.expect(wire.posted(messages, "r1", token + "Content-Length: " + right.length()), right);
        server.send(NO_CONTENT);
        client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r1"));
        assertThat(wire.record().status()).isEqualTo(204);

        String wrong = "{\"conversationId\":\"c-2\"}";
        client.send(Wire.post(messages, "r2", token + "Expect: 100-continue\r\nTransfer-Encoding: chunked"));
        client.expect("HTTP/1.1 100 Continue\r\n\r\n");
        client.send(Integer.toHexString(wrong.length()), "\r\n", wrong, "\r\n0\r\n\r\n", Wire.get("/next", "r3"));
        RawAnswer refused = client.answer();
        assertThat(refused.reason()).isEqualTo("session.conversation");
        assertThat(refused.field("connection")).isNull();
        assertThat(wire.record().reason()).isEqualTo(Reason.SESSION_CONVERSATION);
        server.expect(wire.gotten("/next", "r3"));
        server.send(NO_CONTENT);
        client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r3"));
        assertThat(wire.record().status()).isEqualTo(204);
    }

    @Test
    void aClientCanReadTheRefusalWhileItStillSends() throws Exception {
        wire.limits(32 * 1024, 100, 64 * 1024, 100_000);
        List<String> framings = new ArrayList<>();
        framings.add("Content-Length: 5000000");
        framings.add("Transfer-Encoding: chunked");
        for (String framing : framings) {
            RawSocket client = wire.client();
            client.send(Wire.post("/", "r1", framing));
            String chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
            for (int i = 0; i < 500; i++) {
                client.send(chunk);
            }
            RawAnswer refused = client.answer();
            assertThat(refused.reason()).isEqualTo("body.too_large");
            assertThat(refused.field("connection")).isEqualTo("close");
            client.expectEnd();
            assertThat(wire.record().reason()).isEqualTo(Reason.BODY_TOO_LARGE);
        }
    }

    @Test
    void aChunkedBodyOverTheLimitMayHaveMoreBehindIt() throws Exception {
        wire.limits(32 * 1024, 100, 64 * 1024, 10);
        RawSocket client = wire.client();
        client.send(Wire.post("/", "r1", "Transfer-Encoding: chunked"), "1\r\n0\r\n");
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", "Transfer-Encoding: chunked"), "1\r\n0\r\n");
        client.send("8\r\n01234567\r\n8\r\n01234567\r\n8\r\n01234567\r\n0\r\n\r\n", Wire.get("/", "r2"));
        RawAnswer refused = client.answer();
        assertThat(refused.reason()).isEqualTo("body.too_large");
        assertThat(refused.field("connection")).isEqualTo("close");
        client.expectEnd();
        for (int i = 0; i < 10; i++) {
            client.send("whoever still sends is not answered with a reset");
        }
        ExchangeRecord record = wire.record();
        assertThat(record.reason()).isEqualTo(Reason.BODY_TOO_LARGE);
        assertThat(record.aborted()).isNull();
    }

    @Test
    void anEarlyAnswerReachesAClientThatStillSends() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.post("/", "r1", "Content-Length: 1000000"), "begin");
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", "Content-Length: 1000000"), "begin");
        server.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
        client.send("x".repeat(500_000));
        client.expect(
                head("HTTP/1.1 413 Content Too Large", "Content-Length: 2", "x-request-id: r1", "Connection: close"),
                "no");
        client.expectEnd();
        server.awaitGone();
        assertThat(wire.record().status()).isEqualTo(413);
    }

    @Test
    void afterAnEarlyAnswerAShortRestIsReadAndTheConnectionGoesOn() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.post("/", "r1", "Content-Length: 1000"), "begin");
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", "Content-Length: 1000"), "begin");
        server.send("HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\nno");
        client.expect(head("HTTP/1.1 400 Bad", "Content-Length: 2", "x-request-id: r1"), "no");
        server.awaitGone();
        client.send("x".repeat(995), Wire.get("/", "r2"));
        RawSocket next = wire.upstream().accept();
        next.expect(wire.gotten("/", "r2"));
        next.send(NO_CONTENT);
        client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r2"));
        assertThat(wire.record().status()).isEqualTo(400);
        assertThat(wire.record().status()).isEqualTo(204);
    }

    @Test
    void anEarlyAnswerLetsAStuckUploadGoOn() throws Exception {
        RawSocket client = wire.client();
        int total = 16 * 1024 * 1024;
        client.send(Wire.post("/", "r1", "Content-Length: " + total));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", "Content-Length: " + total));
        // The upstream takes nothing, so all that the sockets hold is underway; then its answer ends the exchange.
        Thread upload = new Thread(() -> {
            try {
                client.send(new byte[total]);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        upload.start();
        server.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
        client.expect(
                head("HTTP/1.1 413 Content Too Large", "Content-Length: 2", "x-request-id: r1", "Connection: close"),
                "no");
        upload.join();
        client.expectEnd();
        assertThat(wire.record().status()).isEqualTo(413);
    }
}
