package dev.headgate.netty;

import static dev.headgate.netty.RawHttp2.CONTINUATION;
import static dev.headgate.netty.RawHttp2.DATA;
import static dev.headgate.netty.RawHttp2.END_HEADERS;
import static dev.headgate.netty.RawHttp2.END_STREAM;
import static dev.headgate.netty.RawHttp2.GOAWAY;
import static dev.headgate.netty.RawHttp2.HEADERS;
import static dev.headgate.netty.RawHttp2.INITIAL_WINDOW_SIZE;
import static dev.headgate.netty.RawHttp2.PING;
import static dev.headgate.netty.RawHttp2.PRIORITY;
import static dev.headgate.netty.RawHttp2.SETTINGS;
import static dev.headgate.netty.RawHttp2.WINDOW_UPDATE;
import static dev.headgate.netty.RawHttp2.block;
import static dev.headgate.netty.RawHttp2.frame;
import static dev.headgate.netty.RawHttp2.number;
import static dev.headgate.netty.RawHttp2.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.RawHttp2.Frame;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clients that want the edge to work or to remember for nothing. Whatever becomes of their connections, another client is
 * served, and nothing is left behind.
 */
@ExtendWith(LeakWatch.AfterClass.class)
class Http2AttackTest {
    private static final byte[] NOTHING = {};
    private static final int MANY = 5_000;
    private static final long MEMORY = 64L * 1024 * 1024;

    @RegisterExtension
    private final Wire wire = new Wire(TestedTransport.get()).http2();

    private long before;

    @BeforeEach
    void memory() {
        before = used();
    }

    private RawHttp2 client(int... settings) throws IOException {
        return RawHttp2.start(wire.client(), settings);
    }

    private static byte[] repeat(int times, IntFunction<byte[]> frame) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(frame.apply(i));
        }
        return out.toByteArray();
    }

    private static byte[] get(int stream, String path) {
        return frame(HEADERS, END_HEADERS | END_STREAM, stream, block(request("GET", path)));
    }

    /** Writes as far as the edge takes it, whether it reads all of it or not. */
    private static void flood(RawHttp2 client, byte[] frames) {
        try {
            client.send(frames);
        } catch (IOException e) {
            assertThat(e).hasMessageMatching(".*(reset|Broken pipe|closed).*");
        }
    }

    /** GOAWAY may be lost where the edge has closed on frames that are still coming. */
    private static void expectCutOff(RawHttp2 client) throws IOException {
        Frame frame = client.readOrNull();
        while (frame != null) {
            if (frame.type() == GOAWAY) {
                assertThat(frame.error()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
            }
            frame = client.readOrNull();
        }
    }

    private static long used() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    @AfterEach
    void anotherClientIsServed() throws Exception {
        wire.edge().records.removeIf(record -> record.aborted() == Side.DOWNSTREAM);
        RawHttp2 other = client();
        other.headers(1, true, request("GET", "/other", ":bad", ""));
        assertThat(other.answer(1).value("x-headgate-reason")).isEqualTo("head.malformed");
        ExchangeRecord record = wire.record();
        while (record.aborted() == Side.DOWNSTREAM) {
            record = wire.record();
        }
        assertThat(record.reason()).isEqualTo(Reason.HEAD_MALFORMED);
        wire.edge().ledger.await("exchanges without an end", wire.edge().ledger.openExchanges, 0);
        wire.edge().records.removeIf(aborted -> aborted.aborted() == Side.DOWNSTREAM);
        assertThat(used() - before).as("growth of the direct memory in use").isLessThan(MEMORY);
    }

    // RFC 9113 section 10.5

    @Test
    void rapidReset() throws Exception {
        wire.upstream().stopListening();
        RawHttp2 client = client();
        flood(client, repeat(MANY, i -> {
            int stream = 2 * i + 1;
            return concat(get(stream, "/reset"), frame(RawHttp2.RST_STREAM, 0, stream, number(8)));
        }));
        expectCutOff(client);
    }

    /** A cache that multiplexes many users: some of their requests are given up, all the time. */
    @Test
    void someResetsAmongManyAnswersAreNoAttack() throws Exception {
        RawHttp2 client = client().windowUpdate(0, 1 << 24);
        int stream = 1;
        for (int round = 0; round < 40; round++) {
            for (int i = 0; i < 20; i++, stream += 2) {
                client.headers(stream, true, request("GET", "/", ":bad", ""));
                assertThat(client.answer(stream).status()).isEqualTo(400);
                assertThat(wire.record().reason()).isEqualTo(Reason.HEAD_MALFORMED);
            }
            for (int i = 0; i < 10; i++, stream += 2) {
                client.post(stream, "/api/v2/guests/identities", "given-up", "content-length", "9");
                client.reset(stream, Http2Error.CANCEL);
            }
            client.ping();
            for (int i = 0; i < 10; i++) {
                assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
            }
        }
    }

    /** Its name is that of the vulnerability: the client makes the edge reset. */
    @Test
    void madeYouReset() throws Exception {
        RawHttp2 client = client();
        flood(client, repeat(MANY, i -> {
            int stream = 2 * i + 1;
            return concat(get(stream, "/reset"), frame(WINDOW_UPDATE, 0, stream, number(0)));
        }));
        expectCutOff(client);
    }

    @Test
    void resetsOfStreamsThatNeverWere() throws Exception {
        RawHttp2 client = client();
        flood(client, repeat(MANY, i -> frame(PRIORITY, 0, 2 * i + 1, number(2 * i + 1))));
        expectCutOff(client);
    }

    @Test
    void refusedStreams() throws Exception {
        RawHttp2 client = client();
        flood(
                client,
                repeat(
                        MANY,
                        i -> frame(
                                HEADERS,
                                END_HEADERS,
                                2 * i + 1,
                                block(request("POST", "/api/v2/guests/identities", "content-length", "9")))));
        expectCutOff(client);
    }

    // CONTINUATION

    @Test
    void continuationsWithoutEnd() throws Exception {
        RawHttp2 client = client();
        client.send(HEADERS, END_STREAM, 1, block(request("GET", "/")));
        flood(client, repeat(MANY, i -> frame(CONTINUATION, 0, 1, NOTHING)));
        expectCutOff(client);
    }

    @Test
    void largeContinuationsWithoutEnd() throws Exception {
        RawHttp2 client = client();
        client.send(HEADERS, END_STREAM, 1, block(request("GET", "/")));
        flood(client, repeat(100, i -> frame(CONTINUATION, 0, 1, new byte[16384])));
        Frame frame = client.readOrNull();
        while (frame != null) {
            if (frame.type() == GOAWAY) {
                assertThat(frame.error()).isIn(Http2Error.PROTOCOL_ERROR, Http2Error.ENHANCE_YOUR_CALM);
            }
            frame = client.readOrNull();
        }
    }

    // SETTINGS, PING, PRIORITY, empty DATA

    @Test
    void settings() throws Exception {
        RawHttp2 client = client();
        flood(client, repeat(MANY, i -> frame(SETTINGS, 0, 0, NOTHING)));
        expectCutOff(client);
    }

    @Test
    void pings() throws Exception {
        RawHttp2 client = client();
        flood(client, repeat(MANY, i -> frame(PING, 0, 0, new byte[8])));
        expectCutOff(client);
    }

    @Test
    void contentOfNothing() throws Exception {
        RawHttp2 client = client();
        client.headers(1, false, request("POST", "/api/v2/guests/identities"));
        flood(client, repeat(MANY, i -> frame(DATA, 0, 1, NOTHING)));
        expectCutOff(client);
    }

    @Test
    void paddingWithoutContent() throws Exception {
        RawHttp2 client = client();
        client.headers(1, false, request("POST", "/api/v2/guests/identities"));
        flood(client, repeat(MANY, i -> frame(DATA, RawHttp2.PADDED, 1, new byte[] {3, 0, 0, 0})));
        expectCutOff(client);
    }

    @Test
    void prioritiesCostNothing() throws Exception {
        RawHttp2 client = client();
        client.send(repeat(MANY, i -> frame(PRIORITY, 0, 2 * i + 1, new byte[5])));
        client.ping();
    }

    // Header compression

    /** One entry of 4 KiB, named 60 000 times in one frame's worth of octets: 240 MB. */
    @Test
    void aCompressionBomb() throws Exception {
        RawHttp2 client = client();
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.writeBytes(block(request("GET", "/", "x-request-id", "bomb")));
        byte[] entry = block("bomb", "x".repeat(4000));
        entry[0] = 0x40;
        first.writeBytes(entry);
        byte[] named = new byte[15_000];
        Arrays.fill(named, (byte) (0x80 | 62));
        client.send(HEADERS, END_STREAM, 1, first.toByteArray());
        for (int i = 0; i < 3; i++) {
            client.send(CONTINUATION, 0, 1, named);
        }
        client.send(CONTINUATION, END_HEADERS, 1, named);
        assertThat(client.answer(1).value("x-headgate-reason")).isEqualTo(Reason.HEAD_TOO_LARGE.code());
        assertThat(wire.record().requestId()).isEqualTo("bomb");
    }

    @Test
    void aCookieOfThousandsOfCrumbs() throws Exception {
        RawHttp2 client = client();
        byte[] crumb = block("cookie", "");
        client.send(HEADERS, END_STREAM, 1, block(request("GET", "/", "x-request-id", "crumbs")));
        byte[] crumbs = repeat(1600, i -> crumb);
        for (int i = 0; i < 3; i++) {
            client.send(CONTINUATION, 0, 1, crumbs);
        }
        client.send(CONTINUATION, END_HEADERS, 1, crumbs);
        assertThat(client.answer(1).value("x-headgate-reason")).isEqualTo(Reason.HEAD_TOO_LARGE.code());
        assertThat(wire.record().requestId()).isEqualTo("crumbs");
    }

    // Time

    @Test
    void aConnectionWithoutStreamsEndsInTime() throws Exception {
        wire.timeouts(5000, 200, 2000, 5000);
        RawHttp2 client = client();
        Frame last = client.expectGoAway(Http2Error.NO_ERROR);
        assertThat(last.payload()).startsWith(number(0));
    }

    @Test
    void pingsDoNotKeepAConnectionWithoutStreams() throws Exception {
        wire.timeouts(5000, 300, 2000, 5000);
        RawHttp2 client = client();
        Frame frame = client.read();
        long until = System.nanoTime() + 5_000_000_000L;
        while (frame != null && frame.type() != GOAWAY) {
            assertThat(System.nanoTime()).isLessThan(until);
            client.socket().socket.setSoTimeout(20);
            try {
                frame = client.readOrNull();
            } catch (SocketTimeoutException e) {
                flood(client, frame(PING, 0, 0, new byte[8]));
            }
        }
    }

    @Test
    void aPrefaceThatStopsEndsInTime() throws Exception {
        wire.timeouts(200, 60_000, 2000, 5000);
        RawSocket client = wire.client();
        client.send("PRI * HTTP/2.0\r\n").expectEnd();
    }

    @Test
    void aPrefaceWithoutSettingsEndsInTime() throws Exception {
        wire.timeouts(200, 60_000, 2000, 5000);
        RawHttp2 client = new RawHttp2(wire.client());
        client.preface().expectGoAway(Http2Error.NO_ERROR);
    }

    @Test
    void aHeadThatStopsEndsInTime() throws Exception {
        wire.timeouts(200, 60_000, 2000, 60_000);
        RawHttp2 client = client();
        client.get(1, "/open", "open").send(HEADERS, END_STREAM, 3, block(request("GET", "/")));
        client.expectGoAway(Http2Error.ENHANCE_YOUR_CALM);
    }

    @Test
    void aHeadWhoseFrameStopsEndsInTime() throws Exception {
        wire.timeouts(200, 60_000, 2000, 60_000);
        RawHttp2 client = client();
        byte[] half = frame(HEADERS, END_HEADERS | END_STREAM, 1, block(request("GET", "/")));
        client.send(Arrays.copyOf(half, half.length - 1));
        client.expectGoAway(Http2Error.ENHANCE_YOUR_CALM);
    }

    @Test
    void aPromiseThatStopsEndsInTime() throws Exception {
        wire.timeouts(200, 60_000, 2000, 60_000);
        RawHttp2 client = client();
        client.send(RawHttp2.PUSH_PROMISE, 0, 1, number(2)).expectGoAway(Http2Error.ENHANCE_YOUR_CALM);
    }

    @Test
    void aHeadThatDripsEndsInTime() throws Exception {
        wire.timeouts(400, 60_000, 2000, 60_000);
        RawHttp2 client = client();
        byte[] drops = frame(HEADERS, END_HEADERS | END_STREAM, 1, block(request("GET", "/", "a", "x".repeat(4000))));
        long start = System.nanoTime();
        client.socket().socket.setSoTimeout(20);
        Frame frame = client.read();
        for (int i = 0; i < drops.length && frame != null && frame.type() != GOAWAY; i++) {
            flood(client, new byte[] {drops[i]});
            try {
                frame = client.readOrNull();
            } catch (SocketTimeoutException e) {
                assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
            }
        }
        assertThat(frame == null || frame.error() == Http2Error.ENHANCE_YOUR_CALM)
                .isTrue();
    }

    @Test
    void contentThatStopsIsRefusedInTime() throws Exception {
        wire.timeouts(5000, 200, 2000, 5000);
        RawHttp2 client = client();
        client.post(1, "/api/v2/guests/identities", "stop", "content-length", "9")
                .data(1, "{", false);
        assertThat(client.answer(1).value("x-headgate-reason")).isEqualTo(Reason.BODY_TIMEOUT.code());
        assertThat(wire.record().reason()).isEqualTo(Reason.BODY_TIMEOUT);
        client.expectReset(1, Http2Error.NO_ERROR);
    }

    /** What the client does not take is held for timeouts.idle, and no more of it is read than a little. */
    @Test
    void aWindowOfNothing() throws Exception {
        wire.timeouts(5000, 400, 2000, 5000);
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, 0);
        client.get(1, "/large", "large");
        RawSocket server = wire.upstream().accept();
        server.readHead();
        long sent = 0;
        try {
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 268435456\r\n\r\n");
            for (; sent < 268435456; sent += 65536) {
                server.send(new byte[65536]);
            }
        } catch (IOException e) {
            assertThat(sent).isLessThan(16 * 1024 * 1024);
        }
        assertThat(client.next().type()).isEqualTo(HEADERS);
        client.expectReset(1, Http2Error.INTERNAL_ERROR);
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    @Test
    void anEarlyAnswerThatIsNotTakenWhenTheRequestEnds() throws Exception {
        wire.timeouts(5000, 400, 2000, 5000);
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, 0);
        client.post(1, "/early", "early").data(1, "abc", false);
        RawSocket server = wire.upstream().accept();
        server.readHead();
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 268435456\r\n\r\n");
        server.send(new byte[256 * 1024]);
        assertThat(client.next().type()).isEqualTo(HEADERS);
        client.ping().ping().data(1, "d", true);
        client.expectReset(1, Http2Error.INTERNAL_ERROR);
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    /** Nor does a request that goes on and on make up for it. */
    @Test
    void anEarlyAnswerThatIsNotTakenWhileTheRequestGoesOn() throws Exception {
        wire.timeouts(5000, 400, 2000, 5000);
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, 0);
        client.post(1, "/early", "early").data(1, "abc", false);
        RawSocket server = wire.upstream().accept();
        server.readHead();
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 268435456\r\n\r\n");
        server.send(new byte[256 * 1024]);
        long start = System.nanoTime();
        client.socket().socket.setSoTimeout(20);
        Frame frame = client.next();
        while (frame.type() != RawHttp2.RST_STREAM) {
            assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
            client.data(1, "x", false);
            try {
                frame = client.next();
            } catch (SocketTimeoutException e) {
                // It says nothing yet.
            }
        }
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    @Test
    void aSmallAnswerThatIsNotTaken() throws Exception {
        wire.timeouts(5000, 300, 2000, 5000);
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, 1);
        client.get(1, "/small", "small");
        RawSocket server = wire.upstream().accept();
        server.readHead();
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(client.next().type()).isEqualTo(HEADERS);
        assertThat(client.next().text()).isEqualTo("o");
        client.expectReset(1, Http2Error.INTERNAL_ERROR);
        assertThat(wire.record().status()).isEqualTo(200);
    }

    private static byte[] concat(byte[] one, byte[] two) {
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        return both;
    }
}
