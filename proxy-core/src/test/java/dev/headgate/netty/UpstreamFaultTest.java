package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Upstreams that are not there, vanish, stall, or talk nonsense. */
@EachTransport
class UpstreamFaultTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @RegisterExtension
    final Wire wire;

    UpstreamFaultTest(Transport transport) {
        wire = new Wire(transport);
    }

    private static void expectOk(RawSocket client, String id) throws Exception {
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 2", "x-request-id: " + id), "ok");
    }

    private void expectFailure(RawSocket client, String id, Reason reason) throws Exception {
        RawAnswer answer = client.answer();
        assertThat(answer.reason()).isEqualTo(reason.code());
        assertThat(answer.status()).isEqualTo(reason.status());
        assertThat(answer.field("x-request-id")).isEqualTo(id);
        assertThat(answer.body()).contains("\"code\":\"" + reason.code() + "\"", "\"contextId\":\"" + id + "\"");
        ExchangeRecord record = wire.record();
        assertThat(record.reason()).isEqualTo(reason);
        assertThat(record.status()).isEqualTo(reason.status());
        assertThat(record.requestId()).isEqualTo(id);
    }

    @Test
    void aRefusedConnectionIsA502() throws Exception {
        RawSocket client = wire.client();
        wire.upstream().stopListening();
        client.send(Wire.get("/", "r1"));
        expectFailure(client, "r1", Reason.UPSTREAM_UNREACHABLE);
        client.send(Wire.get("/", "r2"));
        expectFailure(client, "r2", Reason.UPSTREAM_UNREACHABLE);
    }

    @Test
    void aRefusedConnectionLetsTheClientEndItsBody() throws Exception {
        RawSocket client = wire.client();
        wire.upstream().stopListening();
        client.send(Wire.post("/", "r1", "Content-Length: 100"), "x".repeat(50));
        RawAnswer answer = client.answer();
        assertThat(answer.reason()).isEqualTo("upstream.unreachable");
        assertThat(answer.field("connection")).isNull();
        client.send("x".repeat(50), Wire.get("/", "r2"));
        assertThat(wire.record().reason()).isEqualTo(Reason.UPSTREAM_UNREACHABLE);
        expectFailure(client, "r2", Reason.UPSTREAM_UNREACHABLE);
    }

    @Test
    void aDeadPooledConnectionIsRetriedOnce() throws Exception {
        for (String method : List.of("GET", "HEAD", "OPTIONS", "DELETE", "PUT")) {
            RawSocket client = wire.client();
            RawSocket server = wire.warmUp(client);
            String request = head(method + " / HTTP/1.1", "Host: edge.test", "x-request-id: r1");
            String seen = head(
                    method + " / HTTP/1.1", "Host: " + wire.upstream().host(), "x-request-id: r1", Wire.ORGANIZATION);
            client.send(request);
            server.expect(seen);
            server.reset();
            RawSocket second = wire.upstream().accept();
            second.expect(seen);
            second.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r1"));
            assertThat(wire.record().status()).isEqualTo(204);
        }
    }

    @Test
    void theRetryIsTheLast() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = wire.warmUp(client);
        client.send(Wire.get("/", "r1"));
        server.expect(wire.gotten("/", "r1"));
        server.close();
        RawSocket second = wire.upstream().accept();
        second.expect(wire.gotten("/", "r1"));
        second.close();
        expectFailure(client, "r1", Reason.UPSTREAM_INVALID);
    }

    @Test
    void aFreshConnectionIsNotRetried() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.close();
        expectFailure(client, "r1", Reason.UPSTREAM_INVALID);
    }

    @Test
    void aPostIsNeverRepeated() throws Exception {
        for (String framing : List.of("Content-Length: 0", "Content-Length: 3", "X: no body")) {
            RawSocket client = wire.client();
            RawSocket server = wire.warmUp(client);
            String body = framing.endsWith("3") ? "abc" : "";
            client.send(Wire.post("/", "r1", framing), body);
            server.expect(wire.posted("/", "r1", framing), body);
            server.close();
            expectFailure(client, "r1", Reason.UPSTREAM_INVALID);
            // The next connection is the next request's: the POST did not come again.
            client.send(Wire.get("/", "r2"));
            RawSocket second = wire.upstream().accept();
            second.expect(wire.gotten("/", "r2"));
            second.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
            expectOk(client, "r2");
            assertThat(wire.record().status()).isEqualTo(200);
        }
    }

    @Test
    void afterAnInterimAnswerNothingIsRetried() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = wire.warmUp(client);
        client.send(Wire.get("/", "r1"));
        server.expect(wire.gotten("/", "r1"));
        server.send(head("HTTP/1.1 103 Early Hints"));
        client.expect(head("HTTP/1.1 103 Early Hints", "x-request-id: r1"));
        server.close();
        expectFailure(client, "r1", Reason.UPSTREAM_INVALID);
    }

    @Test
    void anEndInTheHeadIsA502() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = wire.warmUp(client);
        client.send(Wire.get("/", "r1"));
        server.expect(wire.gotten("/", "r1"));
        server.send("HTTP/1.1 200 OK\r\nContent-Le");
        server.close();
        expectFailure(client, "r1", Reason.UPSTREAM_INVALID);
    }

    @Test
    void answersThatCanBeReadInTwoWaysAreRefused() throws Exception {
        List<String> answers = List.of(
                "\0\1\2\3 nonsense\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                "HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(33_000) + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(101) + "\r\n");
        RawSocket client = wire.client();
        for (String answer : answers) {
            client.send(Wire.get("/", "r1"));
            RawSocket server = wire.upstream().accept();
            server.expect(wire.gotten("/", "r1"));
            server.send(answer);
            expectFailure(client, "r1", Reason.UPSTREAM_INVALID);
            server.awaitGone();
        }
    }

    @Test
    void anEndInTheBodyIsAnAbortedTransfer() throws Exception {
        for (String begun : List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")) {
            for (String version : List.of("HTTP/1.1", "HTTP/1.0")) {
                RawSocket client = wire.client();
                client.send(head("GET / " + version, "Host: edge.test", "x-request-id: r1"));
                RawSocket server = wire.upstream().accept();
                server.expect(wire.gotten("/", "r1"));
                server.send(begun);
                assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
                server.close();
                assertThat(client.readToReset()).doesNotContain("0\r\n\r\n");
                assertThat(wire.record().aborted()).isEqualTo(Side.UPSTREAM);
            }
        }
    }

    @Test
    void aResetIsNoProperEndOfAnAnswerUpToTheClose() throws Exception {
        for (String version : List.of("HTTP/1.1", "HTTP/1.0")) {
            RawSocket client = wire.client();
            client.send(head("GET / " + version, "Host: edge.test", "x-request-id: r1"));
            RawSocket server = wire.upstream().accept();
            server.expect(wire.gotten("/", "r1"));
            server.send("HTTP/1.1 200 OK\r\n\r\nhello");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.read(1)).isNotEmpty();
            server.reset();
            assertThat(client.readToReset()).doesNotContain("0\r\n\r\n");
            assertThat(wire.record().aborted()).isEqualTo(Side.UPSTREAM);
        }
    }

    @Test
    void badChunksAreAnAbortedTransfer() throws Exception {
        for (String chunks : List.of("5\r\nhelloX", "zz\r\n", "5 \r\nhello\r\n", "5\nhello\r\n", "-1\r\n", "\r\n")) {
            RawSocket client = wire.client();
            client.send(Wire.get("/", "r1"));
            RawSocket server = wire.upstream().accept();
            server.expect(wire.gotten("/", "r1"));
            server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            client.expect(head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "x-request-id: r1"), "1\r\na\r\n");
            server.send(chunks);
            assertThat(client.readToReset()).doesNotContain("0\r\n\r\n");
            server.awaitGone();
            assertThat(wire.record().aborted()).isEqualTo(Side.UPSTREAM);
        }
    }

    @Test
    void moreThanTheAnswerEndsTheConnection() throws Exception {
        RawSocket client = wire.client();
        for (String answer : List.of(
                OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
                OK + "\r\n",
                "HTTP/1.1 204 No Content\r\nX: y\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")) {
            client.send(Wire.get("/", "r1"));
            RawSocket server = wire.upstream().accept();
            server.expect(wire.gotten("/", "r1"));
            server.send(answer);
            String head = client.readHead();
            assertThat(RawAnswer.field(head, "x-request-id")).isEqualTo("r1");
            String rest = answer.startsWith(OK) ? "ok" : head.contains("chunked") ? "0\r\n\r\n" : "";
            client.expect(rest);
            server.awaitGone();
            assertThat(wire.record().reason()).isNull();
        }
    }

    @Test
    void bytesOnAnIdleConnectionEndIt() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = wire.warmUp(client);
        server.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nevil");
        server.awaitGone();
        client.send(Wire.get("/", "r1"));
        RawSocket second = wire.upstream().accept();
        second.expect(wire.gotten("/", "r1"));
        second.send(OK);
        expectOk(client, "r1");
        assertThat(wire.record().status()).isEqualTo(200);
    }

    @Test
    void aConnectionThatClosesWhileIdleIsForgotten() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = wire.warmUp(client);
        server.close();
        wire.edge().ledger.await("upstream connections", wire.edge().ledger.openUpstreams, 0);
        client.send(Wire.post("/", "r1", "X: once"));
        RawSocket second = wire.upstream().accept();
        second.expect(wire.posted("/", "r1", "X: once"));
        second.send(OK);
        expectOk(client, "r1");
        assertThat(wire.record().status()).isEqualTo(200);
    }

    @Test
    void silenceBeforeTheAnswerIsA504() throws Exception {
        wire.timeouts(10_000, 75_000, 2_000, 500);
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        expectFailure(client, "r1", Reason.UPSTREAM_TIMEOUT);
        server.awaitGone();
        client.send(Wire.get("/", "r2"));
        server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r2"));
        server.send("HTTP/1.1 200 O");
        expectFailure(client, "r2", Reason.UPSTREAM_TIMEOUT);
        client.send(Wire.post("/", "r3", "Content-Length: 3"), "abc");
        server = wire.upstream().accept();
        server.expect(wire.posted("/", "r3", "Content-Length: 3"), "abc");
        expectFailure(client, "r3", Reason.UPSTREAM_TIMEOUT);
    }

    @Test
    void silenceInTheAnswerIsAnAbortedTransfer() throws Exception {
        wire.timeouts(10_000, 600, 2_000, 30_000);
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 10", "x-request-id: r1"), "hello");
        assertThat(client.readToReset()).isEmpty();
        server.awaitGone();
        ExchangeRecord record = wire.record();
        assertThat(record.aborted()).isEqualTo(Side.UPSTREAM);
        assertThat(record.reason()).isEqualTo(Reason.UPSTREAM_TIMEOUT);
    }

    @Test
    void anUploadThatTheUpstreamDoesNotTakeIsA504() throws Exception {
        wire.timeouts(10_000, 600, 2_000, 30_000);
        RawSocket client = wire.client();
        byte[] body = new byte[64 * 1024 * 1024];
        client.send(Wire.post("/", "r1", "Content-Length: " + body.length));
        Thread upload = new Thread(() -> {
            try {
                client.send(body);
            } catch (java.io.IOException e) {
                // The edge reads for a while after its answer, and then no more.
            }
        });
        upload.start();
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", "Content-Length: " + body.length));
        expectFailure(client, "r1", Reason.UPSTREAM_TIMEOUT);
        upload.join();
    }

    @Test
    void anIdleUpstreamConnectionIsClosed() throws Exception {
        wire.timeouts(10_000, 600, 2_000, 30_000);
        RawSocket client = wire.client();
        RawSocket server = wire.warmUp(client);
        server.expectEnd();
        client.expectEnd();
    }
}
