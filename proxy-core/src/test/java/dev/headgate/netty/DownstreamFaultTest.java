package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that vanish, stall, or talk nonsense. */
@EachTransport
class DownstreamFaultTest {
    @RegisterExtension
    final Wire wire;

    DownstreamFaultTest(Transport transport) {
        wire = new Wire(transport);
    }

    @Test
    void eachBadRequestIsRefusedWithItsReason() throws Exception {
        for (BadRequests bad : BadRequests.values()) {
            RawSocket client = wire.client();
            client.send(bad.bytes());
            RawAnswer answer = client.answer();
            assertThat(answer.reason()).as(bad.name()).isEqualTo(bad.reason().code());
            assertThat(answer.status()).isEqualTo(bad.reason().status());
            assertThat(answer.field("connection")).isEqualTo("close");
            assertThat(answer.field("x-request-id")).isNotEmpty();
            assertThat(answer.field("proxy-status"))
                    .isEqualTo("headgate; error=http_request_denied; details=\""
                            + bad.reason().code() + "\"");
            client.expectEnd();
            ExchangeRecord record = wire.record();
            assertThat(record.reason()).isEqualTo(bad.reason());
            assertThat(record.requestId()).isEqualTo(answer.field("x-request-id"));
            assertThat(record.aborted()).isNull();
        }
    }

    @Test
    void anUnreadableHeadKeepsItsUsableRequestId() throws Exception {
        RawSocket client = wire.client();
        client.send(head("GET / HTTP/1.1", "Host: edge.test", "X-Request-Id: mine-1", "bad name: x"));
        RawAnswer answer = client.answer();
        assertThat(answer.reason()).isEqualTo("head.malformed");
        assertThat(answer.field("x-request-id")).isEqualTo("mine-1");
        client.expectEnd();
        assertThat(wire.record().requestId()).isEqualTo("mine-1");
    }

    @Test
    void randomBytesNeverPass() throws Exception {
        Random random = new Random(4711);
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[1 + random.nextInt(2000)];
            random.nextBytes(bytes);
            RawSocket client = wire.client();
            client.send(bytes);
            client.endOutput();
            client.awaitGone();
            assertThat(wire.record().reason()).isEqualTo(Reason.HEAD_MALFORMED);
        }
    }

    @Test
    void aHalfSentHeadIsOneRecord() throws Exception {
        for (String half : new String[] {"G", "GET / HTTP/1.1\r\nHost: edge.test\r\nx-request-id: r1\r\n"}) {
            RawSocket client = wire.client();
            client.send(half);
            client.close();
            ExchangeRecord record = wire.record();
            assertThat(record.status()).isZero();
            assertThat(record.aborted()).isEqualTo(Side.DOWNSTREAM);
        }
    }

    @Test
    void aConnectionWithoutARequestIsNoRecord() throws Exception {
        RawSocket client = wire.client();
        client.send("\r\n\r\n");
        client.endOutput();
        client.expectEnd();
    }

    @Test
    void aHalfSentBodyEndsTheUpstreamsRequestToo() throws Exception {
        for (String framing : new String[] {"Content-Length: 10", "Transfer-Encoding: chunked"}) {
            RawSocket client = wire.client();
            String begun = framing.startsWith("C") ? "hello" : "5\r\nhello\r\n";
            client.send(Wire.post("/", "r1", framing), begun);
            RawSocket server = wire.upstream().accept();
            server.expect(wire.posted("/", "r1", framing), begun);
            client.close();
            server.awaitGone();
            ExchangeRecord record = wire.record();
            assertThat(record.status()).isZero();
            assertThat(record.bytesIn()).isEqualTo(5);
            assertThat(record.aborted()).isEqualTo(Side.DOWNSTREAM);
        }
    }

    /** Often, because a transport may lose the reset that comes close behind data now and then only. */
    @RepeatedTest(50)
    void aCreateRequestThatIsResetHalfwayIsNotForwarded() throws Exception {
        RawSocket client = wire.client();
        client.send(head(
                "POST /api/v2/guests/identities HTTP/1.1",
                "Host: edge.test",
                "x-request-id: r1",
                "Expect: 100-continue",
                "Content-Length: 10"));
        client.expect("HTTP/1.1 100 Continue\r\n\r\n");
        client.send("{\"a\"");
        client.reset();
        ExchangeRecord record = wire.record();
        assertThat(record.aborted()).isEqualTo(Side.DOWNSTREAM);
        assertThat(record.addedNanos()).as("never written upstream").isEqualTo(-1);
    }

    @Test
    void aResetWhileTheAnswerIsUnderWayEndsTheUpstreamsSideToo() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 10", "x-request-id: r1"));
        client.reset();
        server.awaitGone();
        ExchangeRecord record = wire.record();
        assertThat(record.aborted()).isEqualTo(Side.DOWNSTREAM);
        assertThat(record.status()).isEqualTo(200);
    }

    @Test
    void aClientThatLeavesBeforeTheAnswerFreesTheUpstream() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        client.close();
        server.awaitGone();
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    @Test
    void aSlowHeadIsA408() throws Exception {
        wire.timeouts(500, 75_000, 2_000, 30_000);
        RawSocket client = wire.client();
        client.send("GET / HTTP/1.1\r\nHost: edge.test\r\nx-request-id: r1\r\n");
        RawAnswer answer = client.answer();
        assertThat(answer.reason()).isEqualTo("head.timeout");
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.field("x-request-id")).isEqualTo("r1");
        client.expectEnd();
        assertThat(wire.record().reason()).isEqualTo(Reason.HEAD_TIMEOUT);
    }

    @Test
    void aStalledBodyIsA408() throws Exception {
        wire.timeouts(10_000, 600, 2_000, 30_000);
        RawSocket client = wire.client();
        client.send(Wire.post("/", "r1", "Content-Length: 10"), "hello");
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", "Content-Length: 10"), "hello");
        RawAnswer answer = client.answer();
        assertThat(answer.reason()).isEqualTo("body.timeout");
        assertThat(answer.field("connection")).isEqualTo("close");
        client.expectEnd();
        server.awaitGone();
        assertThat(wire.record().reason()).isEqualTo(Reason.BODY_TIMEOUT);
    }

    @Test
    void aBodyThatNeverStartsIsA408() throws Exception {
        wire.timeouts(10_000, 600, 2_000, 30_000);
        RawSocket client = wire.client();
        client.send(Wire.post("/", "r1", "Content-Length: 10"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", "Content-Length: 10"));
        assertThat(client.answer().reason()).isEqualTo("body.timeout");
        client.expectEnd();
        server.awaitGone();
        ExchangeRecord record = wire.record();
        assertThat(record.reason()).isEqualTo(Reason.BODY_TIMEOUT);
        assertThat(record.durationNanos()).isGreaterThan(300_000_000);
    }

    @Test
    void anIdleConnectionIsClosedWithoutAWord() throws Exception {
        wire.timeouts(10_000, 600, 2_000, 30_000);
        RawSocket fresh = wire.client();
        fresh.expectEnd();
        RawSocket client = wire.client();
        client.send(Wire.get("/api/v2/guests/messages", "r1"));
        assertThat(client.answer().reason()).isEqualTo("auth.missing");
        client.expectEnd();
        assertThat(wire.record().reason()).isEqualTo(Reason.AUTH_MISSING);
    }

    @Test
    void aClientThatTakesNothingIsBrokenOff() throws Exception {
        wire.timeouts(10_000, 500, 2_000, 30_000);
        RawSocket client = wire.client();
        client.send(head("GET / HTTP/1.0", "Host: edge.test", "x-request-id: r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.send("HTTP/1.1 200 OK\r\n\r\n");
        byte[] block = new byte[1024 * 1024];
        Thread flood = new Thread(() -> {
            try {
                for (int i = 0; i < 64; i++) {
                    server.send(block);
                }
            } catch (java.io.IOException e) {
                // As it must: no one takes it.
            }
        });
        flood.start();
        ExchangeRecord record = wire.record();
        assertThat(record.aborted()).isNotNull();
        flood.join();
        assertThat(client.readToReset()).startsWith("HTTP/1.1 200 OK\r\n").hasSizeLessThan(64 * block.length);
    }
}
