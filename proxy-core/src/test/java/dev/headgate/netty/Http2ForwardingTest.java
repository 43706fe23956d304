package dev.headgate.netty;

import static dev.headgate.netty.RawHttp2.DATA;
import static dev.headgate.netty.RawHttp2.GOAWAY;
import static dev.headgate.netty.RawHttp2.HEADERS;
import static dev.headgate.netty.RawHttp2.INITIAL_WINDOW_SIZE;
import static dev.headgate.netty.RawHttp2.PRIORITY;
import static dev.headgate.netty.RawHttp2.WINDOW_UPDATE;
import static dev.headgate.netty.RawHttp2.number;
import static dev.headgate.netty.RawHttp2.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.OwnThread;
import dev.headgate.gate.ForwardedSettings;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.RawHttp2.Answer;
import dev.headgate.netty.RawHttp2.Frame;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests of HTTP/2 on their way to an upstream that speaks HTTP/1.1, and its answers on their way back. */
@EachTransport
class Http2ForwardingTest {
    private static final int MIB = 1024 * 1024;

    @RegisterExtension
    private final Wire wire;

    Http2ForwardingTest(Transport transport) {
        this.wire = new Wire(transport).http2();
    }

    private RawHttp2 client(int... settings) throws IOException {
        return RawHttp2.start(wire.client(), settings);
    }

    private RawSocket get(RawHttp2 client, int stream) throws IOException {
        client.get(stream, "/a", "one");
        RawSocket server = wire.upstream().accept();
        server.expect(gotten());
        return server;
    }

    private String gotten() {
        return RawSocket.head(
                "GET /a HTTP/1.1", "host: " + wire.upstream().host(), "x-request-id: one", Wire.ORGANIZATION);
    }

    @Test
    void aLargeAnswerThroughASmallWindow() throws Exception {
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, 20_000);
        RawSocket server = get(client, 1);
        int size = 8 * MIB;
        CompletableFuture<Void> sending = OwnThread.run(() -> {
            server.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            byte[] piece = new byte[MIB];
            for (int i = 0; i < size; i += MIB) {
                server.send(piece);
            }
        });
        assertThat(client.next().type()).isEqualTo(HEADERS);
        int taken = 0;
        int window = 20_000;
        Frame frame = client.next();
        while (true) {
            assertThat(frame.type()).isEqualTo(DATA);
            taken += frame.payload().length;
            window -= frame.payload().length;
            assertThat(window).as("window of the stream").isNotNegative();
            if (frame.ends()) {
                break;
            }
            if (window < 10_000) {
                client.windowUpdate(1, 20_000 - window).windowUpdate(0, 20_000 - window);
                window = 20_000;
            }
            frame = client.next();
        }
        assertThat(taken).isEqualTo(size);
        sending.get(10, TimeUnit.SECONDS);
        assertThat(wire.record().bytesOut()).isEqualTo(size);
    }

    /** What the upstream does not take is not asked for; the other streams do not notice. */
    @Test
    void anUploadThatTheUpstreamDoesNotTakeWaits() throws Exception {
        RawHttp2 client = client();
        int size = 64 * MIB;
        client.post(1, "/up", "up", "content-length", "" + size);
        RawSocket server = wire.upstream().accept();
        server.readHead();
        byte[] piece = new byte[16 * 1024];
        int sent = 0;
        int[] windows = {65535, 65535};
        client.socket().socket.setSoTimeout(500);
        try {
            while (sent < size) {
                while (windows[0] < piece.length || windows[1] < piece.length) {
                    update(client.read(), windows);
                }
                client.send(DATA, 0, 1, piece);
                windows[0] -= piece.length;
                windows[1] -= piece.length;
                sent += piece.length;
            }
        } catch (SocketTimeoutException e) {
            assertThat(windows[1]).as("window of the stream").isLessThan(piece.length);
        }
        assertThat(sent).isLessThan(size / 2);
        client.socket().socket.setSoTimeout(10_000);
        RawSocket other = get(client, 3);
        other.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(client.answer(3).body()).isEqualTo("ok");
        assertThat(wire.record().requestId()).isEqualTo("one");
        CompletableFuture<Void> taking = OwnThread.run(() -> {
            server.input().skipNBytes(size);
            server.send("HTTP/1.1 204 No Content\r\n\r\n");
        });
        while (sent < size) {
            while (windows[0] < piece.length || windows[1] < piece.length) {
                update(client.read(), windows);
            }
            sent += piece.length;
            client.send(DATA, sent == size ? RawHttp2.END_STREAM : 0, 1, piece);
            windows[0] -= piece.length;
            windows[1] -= piece.length;
        }
        assertThat(client.answer(1).status()).isEqualTo(204);
        taking.get(10, TimeUnit.SECONDS);
        assertThat(wire.record().bytesIn()).isEqualTo(size);
    }

    /** The connection's window and the stream's. */
    private static void update(Frame frame, int[] windows) {
        if (frame.type() == WINDOW_UPDATE) {
            windows[frame.stream() == 0 ? 0 : 1] +=
                    ByteBuffer.wrap(frame.payload()).getInt();
        }
    }

    /** RFC 9113 section 5.3.2: what a client says about priorities is no longer asked for, and starves nothing. */
    @Test
    void streamsTakeTurnsWhateverTheirPriorities() throws Exception {
        RawHttp2 client = client();
        RawSocket first = get(client, 1);
        RawSocket second = get(client, 3);
        client.send(PRIORITY, 0, 3, new byte[] {(byte) 0x80, 0, 0, 1, 0});
        int window = 65_535;
        first.send("HTTP/1.1 200 OK\r\nContent-Length: " + (window + 1500) + "\r\n\r\n");
        first.send(new byte[window]);
        assertThat(client.next().type()).isEqualTo(HEADERS);
        for (int taken = 0; taken < window; ) {
            taken += client.next(DATA).payload().length;
        }
        first.send(new byte[1500]);
        client.windowUpdate(1, window);
        second.send("HTTP/1.1 200 OK\r\nContent-Length: 1500\r\n\r\n", "x".repeat(1500));
        assertThat(client.next().type()).isEqualTo(HEADERS);
        client.ping().windowUpdate(0, 2048);
        assertThat(List.of(client.next(DATA), client.next(DATA)))
                .extracting(frame -> frame.payload().length)
                .containsExactly(1024, 1024);
        client.windowUpdate(0, window);
        for (int ended = 0; ended < 2; ) {
            ended += client.next(DATA).ends() ? 1 : 0;
        }
        assertThat(List.of(wire.record().bytesOut(), wire.record().bytesOut()))
                .containsExactlyInAnyOrder(window + 1500L, 1500L);
    }

    @Test
    void trailersPassBothWays() throws Exception {
        RawHttp2 client = client();
        client.post(1, "/a", "one", "te", "trailers").data(1, "abc", false).headers(1, true, "x-sum", "1");
        RawSocket server = wire.upstream().accept();
        assertThat(server.readHead()).contains("transfer-encoding: chunked\r\n");
        server.expect("3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n");
        server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 2\r\n\r\n");
        Answer answer = client.answer(1);
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(answer.trailers()).containsExactly("x-sum: 2");
        assertThat(wire.record().status()).isEqualTo(200);
    }

    @Test
    void interimAnswersPass() throws Exception {
        RawHttp2 client = client();
        client.post(1, "/a", "one", "expect", "100-continue", "content-length", "3");
        RawSocket server = wire.upstream().accept();
        assertThat(server.readHead()).contains("expect: 100-continue\r\n");
        server.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        Frame first = client.next();
        assertThat(first.fields().get(0)).isEqualTo(":status: 100");
        assertThat(first.ends()).isFalse();
        assertThat(client.next().fields()).startsWith(":status: 103", "link: </a>");
        client.data(1, "abc", true);
        server.expect("abc");
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.answer(1).status()).isEqualTo(200);
        assertThat(wire.record().status()).isEqualTo(200);
    }

    @Test
    void answersWithoutContentEndWithTheirHead() throws Exception {
        RawHttp2 client = client();
        client.headers(1, true, request("HEAD", "/a", "x-request-id", "one"));
        RawSocket server = wire.upstream().accept();
        server.readHead();
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
        Frame head = client.next();
        assertThat(head.ends()).isTrue();
        assertThat(head.fields()).contains("content-length: 7");
        assertThat(wire.record().status()).isEqualTo(200);
        for (String status : new String[] {"204 No Content", "304 Not Modified"}) {
            int stream = status.startsWith("204") ? 3 : 5;
            client.get(stream, "/a", "one");
            server.expect(gotten());
            server.send("HTTP/1.1 " + status + "\r\n\r\n");
            assertThat(client.next().ends()).isTrue();
            assertThat(wire.record().status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
        }
    }

    /** RFC 9113 section 8.1: the rest of the request is not wanted. */
    @Test
    void anAnswerBeforeTheEndOfTheRequest() throws Exception {
        RawHttp2 client = client();
        client.post(1, "/a", "one").data(1, "abc", false);
        RawSocket server = wire.upstream().accept();
        server.readHead();
        server.expect("3\r\nabc\r\n");
        server.send("HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno");
        Answer answer = client.answer(1);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("no");
        client.expectReset(1, Http2Error.NO_ERROR);
        assertThat(wire.record().aborted()).isNull();
        server.awaitGone();
    }

    @Test
    void anAnswerThatBreaksOffIsReset() throws Exception {
        RawHttp2 client = client();
        RawSocket server = get(client, 1);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
        assertThat(client.next().type()).isEqualTo(HEADERS);
        assertThat(client.next().text()).isEqualTo("abc");
        server.close();
        client.expectReset(1, Http2Error.INTERNAL_ERROR);
        assertThat(wire.record().aborted()).isEqualTo(Side.UPSTREAM);
    }

    @Test
    void aResetOfTheClientEndsTheUpstreamsPart() throws Exception {
        RawHttp2 client = client();
        RawSocket server = get(client, 1);
        client.reset(1, Http2Error.CANCEL);
        server.awaitGone();
        ExchangeRecord record = wire.record();
        assertThat(record.aborted()).isEqualTo(Side.DOWNSTREAM);
        assertThat(record.status()).isZero();
        RawSocket next = get(client, 3);
        next.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
        assertThat(client.next().type()).isEqualTo(HEADERS);
        assertThat(client.next().text()).isEqualTo("abc");
        client.reset(3, Http2Error.CANCEL);
        next.awaitGone();
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
        client.ping();
    }

    /** Also while nothing of the stream is read, for an upstream that does not take it. */
    @Test
    void aResetOvertakesContentThatWaits() throws Exception {
        wire.timeouts(5000, 60_000, 2000, 60_000);
        RawHttp2 client = client();
        client.post(1, "/up", "up");
        RawSocket server = wire.upstream().accept();
        server.readHead();
        int[] windows = {65535, 65535};
        client.socket().socket.setSoTimeout(500);
        byte[] piece = new byte[16 * 1024];
        try {
            while (true) {
                while (windows[0] < piece.length || windows[1] < piece.length) {
                    update(client.read(), windows);
                }
                client.send(DATA, 0, 1, piece);
                windows[0] -= piece.length;
                windows[1] -= piece.length;
            }
        } catch (SocketTimeoutException e) {
            client.reset(1, Http2Error.CANCEL);
        }
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
        server.awaitGone();
        client.socket().socket.setSoTimeout(10_000);
        client.ping();
    }

    @Test
    void aClientThatGoesEndsAllItsStreams() throws Exception {
        RawHttp2 client = client();
        RawSocket one = get(client, 1);
        RawSocket two = get(client, 3);
        client.socket().close();
        one.awaitGone();
        two.awaitGone();
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    @Test
    void streamsShareTheUpstreamsConnections() throws Exception {
        RawHttp2 client = client();
        RawSocket server = get(client, 1);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        client.answer(1);
        wire.record();
        for (int stream = 3; stream < 9; stream += 2) {
            client.get(stream, "/a", "one");
            server.expect(gotten());
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            assertThat(client.answer(stream).body()).isEqualTo("ok");
            assertThat(wire.record().status()).isEqualTo(200);
        }
    }

    @Test
    void aDrainLetsStreamsFinish() throws Exception {
        RawHttp2 client = client();
        RawSocket server = get(client, 5);
        assertThat(wire.edge().initializer.drain().get(10, TimeUnit.SECONDS)).isEqualTo(1);
        Frame goAway = client.next();
        assertThat(goAway.type()).isEqualTo(GOAWAY);
        assertThat(goAway.error()).isEqualTo(Http2Error.NO_ERROR);
        assertThat(goAway.payload()).startsWith(number(5));
        // What was on its way is not looked at; the client knows.
        client.get(7, "/late", "late").ping();
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(client.answer(5).body()).isEqualTo("ok");
        assertThat(client.readOrNull()).isNull();
        assertThat(wire.record().status()).isEqualTo(200);
    }

    @Test
    void aDrainEndsConnectionsWithoutStreams() throws Exception {
        RawHttp2 client = client().ping();
        wire.edge().initializer.drain().get(10, TimeUnit.SECONDS);
        assertThat(client.expectGoAway(Http2Error.NO_ERROR).payload()).startsWith(number(0));
    }

    @Test
    void aConnectionThatComesInADrainGetsARefusal() throws Exception {
        wire.edge().edge.drain();
        RawHttp2 client = client();
        client.get(1, "/a", "one");
        assertThat(client.answer(1).value("x-headgate-reason")).isEqualTo(Reason.PROXY_DRAINING.code());
        client.expectGoAway(Http2Error.NO_ERROR);
        assertThat(wire.record().reason()).isEqualTo(Reason.PROXY_DRAINING);
    }

    /** RFC 7541 section 7.1.3: literals that no hop may index, with the names of the static table. */
    @Test
    void secretsAreNeverIndexed() throws Exception {
        RawHttp2 client = client();
        RawSocket server = get(client, 1);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\nAuthorization: x\r\nServer: s\r\n\r\n");
        Frame frame = client.next();
        assertThat(frame.fields()).contains("set-cookie: a=b", "authorization: x", "server: s");
        String block = new String(frame.payload(), StandardCharsets.ISO_8859_1);
        assertThat(block).as("set-cookie, index 55").contains("\u001f\u0028");
        assertThat(block).as("authorization, index 23").contains("\u001f\u0008");
        assertThat(block).as("server, index 54").contains("\u0076");
        wire.record();
    }

    @Test
    void whatIsObservedPasses() throws Exception {
        Duration patient = Duration.ofSeconds(10);
        try (RunningEdge observing = new RunningEdge(
                        TestedTransport.get(),
                        1,
                        new Upstream("genesys", "127.0.0.1", wire.upstream().port(), null),
                        new Limits(32 * 1024, 100, 64 * 1024, 0),
                        new Timeouts(patient, patient, patient, patient),
                        true,
                        true,
                        ForwardedSettings.NONE,
                        false,
                        false);
                RawSocket socket = RawSocket.connect(observing.port())) {
            RawHttp2 client = RawHttp2.start(socket);
            client.post(1, "/api/v2/guests/messages", "one").data(1, "{}", true);
            RawSocket server = wire.upstream().accept();
            server.readHead();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            Answer answer = client.answer(1);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.value("x-headgate-diagnosis")).startsWith(Reason.AUTH_MISSING.code());
            assertThat(observing.record().verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        }
    }
}
