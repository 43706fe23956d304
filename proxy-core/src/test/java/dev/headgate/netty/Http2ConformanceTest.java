package dev.headgate.netty;

import static dev.headgate.netty.RawHttp2.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.RawHttp2.Answer;
import dev.headgate.netty.RawHttp2.Frame;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 9113 sections 3 to 8, from a client that breaks them one by one. */
@ExtendWith(LeakWatch.AfterClass.class)
class Http2ConformanceTest {
    private static final byte[] NOTHING = {};

    @RegisterExtension
    private final Wire wire = new Wire(TestedTransport.get()).http2();

    private RawHttp2 client(int... settings) throws IOException {
        return RawHttp2.start(wire.client(), settings);
    }

    private static byte[] octets(int... values) {
        byte[] octets = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            octets[i] = (byte) values[i];
        }
        return octets;
    }

    private static String[] get(String... more) {
        return request("GET", "/", more);
    }

    /** A stream whose request is complete and stays unanswered. */
    private RawSocket open(RawHttp2 client, int stream) throws IOException {
        client.get(stream, "/open", "open");
        RawSocket server = wire.upstream().accept();
        server.readHead();
        return server;
    }

    /** A stream whose request's content is to come. */
    private RawSocket openToSend(RawHttp2 client, int stream) throws IOException {
        client.post(stream, "/open", "open");
        RawSocket server = wire.upstream().accept();
        server.readHead();
        return server;
    }

    private void answered(RawHttp2 client, RawSocket server, int stream) throws Exception {
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        assertThat(client.answer(stream).body()).isEqualTo("ok");
        assertThat(wire.record().status()).isEqualTo(200);
        server.close();
    }

    private void abortedByTheClient() throws InterruptedException {
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    /** The connection serves as before. */
    private void stillServes(RawHttp2 client, int stream) throws Exception {
        answered(client, open(client, stream), stream);
    }

    // Section 3.4: the connection preface.

    @Test
    void theFirstFrameOfTheClientIsSettings() throws IOException {
        RawHttp2 client = new RawHttp2(wire.client());
        client.preface().send(PING, 0, 0, new byte[8]);
        client.expectGoAway(Http2Error.PROTOCOL_ERROR);
    }

    @Test
    void theFirstFrameOfTheEdgeIsSettings() throws IOException {
        RawHttp2 client = new RawHttp2(wire.client());
        client.preface();
        Frame settings = client.read();
        assertThat(settings.type()).isEqualTo(SETTINGS);
        assertThat(settings.flags()).isZero();
        assertThat(settings.payload().length % 6).isZero();
    }

    // Section 4.1 and 4.2: frames.

    @Test
    void framesOfUnknownTypesAreIgnored() throws Exception {
        RawHttp2 client = client();
        client.send(22, 255, 0, new byte[9]).send(23, 0, 1, new byte[9]).send(24, 0, 77, NOTHING);
        stillServes(client, 1);
    }

    @Test
    void theReservedBitAndUnknownFlagsAreIgnored() throws Exception {
        RawHttp2 client = client();
        client.send(PING, 0xfe, 0x80000000, new byte[8]);
        assertThat(client.next(PING).flags()).isEqualTo(ACK);
        stillServes(client, 1);
    }

    @Test
    void aFrameLongerThanTheSettingIsAFrameSizeError() throws IOException {
        RawHttp2 client = client();
        client.send(HEADERS, END_HEADERS, 1, new byte[16385]);
        client.expectGoAway(Http2Error.FRAME_SIZE_ERROR);
    }

    @Test
    void aFrameOfJustTheLengthOfTheSettingIsTaken() throws Exception {
        RawHttp2 client = client();
        RawSocket server = openToSend(client, 1);
        client.data(1, "x".repeat(16384), true);
        assertThat(server.readUntilLastChunk()).contains("x".repeat(8000));
        server.expect("\r\n");
        answered(client, server, 1);
    }

    static Stream<Arguments> connectionErrors() {
        byte[] padding = octets(9, 1, 2);
        return Stream.of(
                // Section 6.1
                bad("DATA on stream 0", Http2Error.PROTOCOL_ERROR, frame(DATA, 0, 0, NOTHING)),
                bad("DATA on an idle stream", Http2Error.PROTOCOL_ERROR, frame(DATA, 0, 1, NOTHING)),
                // Section 6.2
                bad("HEADERS on stream 0", Http2Error.PROTOCOL_ERROR, frame(HEADERS, END_HEADERS, 0, NOTHING)),
                bad(
                        "HEADERS with more padding than payload",
                        Http2Error.PROTOCOL_ERROR,
                        frame(HEADERS, END_HEADERS | PADDED, 1, padding)),
                bad(
                        "HEADERS with an even stream",
                        Http2Error.PROTOCOL_ERROR,
                        frame(HEADERS, END_HEADERS | END_STREAM, 2, block(get()))),
                // Section 6.3
                bad("PRIORITY on stream 0", Http2Error.PROTOCOL_ERROR, frame(PRIORITY, 0, 0, new byte[5])),
                // Section 6.4
                bad("RST_STREAM on stream 0", Http2Error.PROTOCOL_ERROR, frame(RST_STREAM, 0, 0, new byte[4])),
                bad("RST_STREAM on an idle stream", Http2Error.PROTOCOL_ERROR, frame(RST_STREAM, 0, 1, new byte[4])),
                bad(
                        "RST_STREAM of 3 octets",
                        Http2Error.FRAME_SIZE_ERROR,
                        frame(HEADERS, END_HEADERS, 1, block(get(":bad", ""))),
                        frame(RST_STREAM, 0, 1, new byte[3])),
                // Section 6.5
                bad("SETTINGS on a stream", Http2Error.PROTOCOL_ERROR, frame(SETTINGS, 0, 1, NOTHING)),
                bad(
                        "SETTINGS that acknowledge with a payload",
                        Http2Error.FRAME_SIZE_ERROR,
                        frame(SETTINGS, ACK, 0, new byte[6])),
                bad("SETTINGS of 5 octets", Http2Error.FRAME_SIZE_ERROR, frame(SETTINGS, 0, 0, new byte[5])),
                // Section 6.5.2
                bad("ENABLE_PUSH of 2", Http2Error.PROTOCOL_ERROR, setting(ENABLE_PUSH, 2)),
                bad(
                        "INITIAL_WINDOW_SIZE of 2^31",
                        Http2Error.FLOW_CONTROL_ERROR,
                        setting(INITIAL_WINDOW_SIZE, 0x80000000)),
                bad("MAX_FRAME_SIZE of 16383", Http2Error.PROTOCOL_ERROR, setting(MAX_FRAME_SIZE, 16383)),
                bad("MAX_FRAME_SIZE of 2^24", Http2Error.PROTOCOL_ERROR, setting(MAX_FRAME_SIZE, 1 << 24)),
                // Section 6.6
                bad(
                        "PUSH_PROMISE of a client",
                        Http2Error.PROTOCOL_ERROR,
                        frame(PUSH_PROMISE, END_HEADERS, 1, number(2))),
                // Section 6.7
                bad("PING of 7 octets", Http2Error.FRAME_SIZE_ERROR, frame(PING, 0, 0, new byte[7])),
                bad("PING on a stream", Http2Error.PROTOCOL_ERROR, frame(PING, 0, 1, new byte[8])),
                // Section 6.8
                bad("GOAWAY on a stream", Http2Error.PROTOCOL_ERROR, frame(GOAWAY, 0, 1, new byte[8])),
                bad("GOAWAY of 7 octets", Http2Error.FRAME_SIZE_ERROR, frame(GOAWAY, 0, 0, new byte[7])),
                // Section 6.9
                bad("WINDOW_UPDATE of 3 octets", Http2Error.FRAME_SIZE_ERROR, frame(WINDOW_UPDATE, 0, 0, new byte[3])),
                bad(
                        "WINDOW_UPDATE of 0 for the connection",
                        Http2Error.PROTOCOL_ERROR,
                        frame(WINDOW_UPDATE, 0, 0, number(0))),
                bad(
                        "WINDOW_UPDATE on an idle stream",
                        Http2Error.PROTOCOL_ERROR,
                        frame(WINDOW_UPDATE, 0, 1, number(1))),
                // Section 6.9.1
                bad(
                        "WINDOW_UPDATE of the connection beyond 2^31-1",
                        Http2Error.FLOW_CONTROL_ERROR,
                        frame(WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE))),
                // Section 6.10
                bad(
                        "CONTINUATION on stream 0",
                        Http2Error.PROTOCOL_ERROR,
                        frame(HEADERS, 0, 1, block(get())),
                        frame(CONTINUATION, END_HEADERS, 0, NOTHING)),
                bad(
                        "CONTINUATION without HEADERS",
                        Http2Error.PROTOCOL_ERROR,
                        frame(CONTINUATION, END_HEADERS, 1, block(get()))),
                bad(
                        "CONTINUATION behind END_HEADERS",
                        Http2Error.PROTOCOL_ERROR,
                        frame(HEADERS, END_HEADERS, 1, block(get(":bad", ""))),
                        frame(CONTINUATION, END_HEADERS, 1, NOTHING)),
                bad(
                        "CONTINUATION of another stream",
                        Http2Error.PROTOCOL_ERROR,
                        frame(HEADERS, 0, 1, block(get())),
                        frame(CONTINUATION, END_HEADERS, 3, NOTHING)),
                bad(
                        "DATA within a field block",
                        Http2Error.PROTOCOL_ERROR,
                        frame(HEADERS, 0, 1, block(get())),
                        frame(DATA, 0, 1, NOTHING)),
                bad(
                        "PING within a field block",
                        Http2Error.PROTOCOL_ERROR,
                        frame(HEADERS, 0, 1, block(get())),
                        frame(PING, 0, 0, new byte[8])),
                bad(
                        "an unknown frame within a field block",
                        Http2Error.PROTOCOL_ERROR,
                        frame(HEADERS, 0, 1, block(get())),
                        frame(77, 0, 1, NOTHING)),
                // Section 4.3
                bad(
                        "an index that no table has",
                        Http2Error.COMPRESSION_ERROR,
                        frame(HEADERS, END_HEADERS | END_STREAM, 1, octets(0xff, 0x7f))),
                bad(
                        "a field that is cut short",
                        Http2Error.COMPRESSION_ERROR,
                        frame(HEADERS, END_HEADERS | END_STREAM, 1, octets(0, 9, 'a'))),
                bad(
                        "a table size above the setting",
                        Http2Error.COMPRESSION_ERROR,
                        frame(HEADERS, END_HEADERS | END_STREAM, 1, octets(0x3f, 0xff, 0xff, 0x7f))),
                bad(
                        "Huffman with the end-of-string symbol",
                        Http2Error.COMPRESSION_ERROR,
                        frame(HEADERS, END_HEADERS | END_STREAM, 1, octets(0, 1, 'a', 0x84, 0xff, 0xff, 0xff, 0xff))));
    }

    private static byte[] setting(int id, int value) {
        return frame(SETTINGS, 0, 0, octets(0, id, value >>> 24, value >>> 16, value >>> 8, value));
    }

    private static Arguments bad(String what, Http2Error error, byte[]... frames) {
        return Arguments.of(what, error, frames);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("connectionErrors")
    void endsTheConnection(String what, Http2Error error, byte[][] frames) throws Exception {
        RawHttp2 client = client();
        int heads = 0;
        for (byte[] frame : frames) {
            client.send(frame);
            boolean head = frame[3] == HEADERS && (frame[4] & END_HEADERS) != 0;
            heads += head && frames.length > 1 && frame == frames[0] ? 1 : 0;
        }
        client.expectGoAway(error);
        for (int i = 0; i < heads; i++) {
            assertThat(wire.record().reason()).isEqualTo(Reason.HEAD_MALFORMED);
        }
    }

    @Test
    void moreContentThanTheConnectionsWindowEndsIt() throws Exception {
        RawHttp2 client = client();
        RawSocket server = openToSend(client, 1);
        for (int i = 0; i < 500; i++) {
            try {
                client.data(1, "x".repeat(16384), false);
            } catch (IOException e) {
                break;
            }
        }
        server.awaitGone();
        abortedByTheClient();
    }

    // Sections 5.1, 6.1 and 6.9: errors of one stream; the others go on.

    static Stream<Arguments> streamErrors() {
        return Stream.of(
                // Section 5.1, half-closed (remote)
                bad("DATA behind END_STREAM", Http2Error.STREAM_CLOSED, frame(DATA, 0, 1, NOTHING)),
                // For which Netty has another code than STREAM_CLOSED.
                bad(
                        "HEADERS behind END_STREAM",
                        Http2Error.PROTOCOL_ERROR,
                        frame(HEADERS, END_HEADERS | END_STREAM, 1, block("a", "b"))),
                // Section 5.3.1 of RFC 7540
                bad("PRIORITY on itself", Http2Error.PROTOCOL_ERROR, frame(PRIORITY, 0, 1, octets(0, 0, 0, 1, 0))),
                // Section 6.3
                bad("PRIORITY of 4 octets", Http2Error.FRAME_SIZE_ERROR, frame(PRIORITY, 0, 1, new byte[4])),
                // Section 6.9
                bad("WINDOW_UPDATE of 0", Http2Error.PROTOCOL_ERROR, frame(WINDOW_UPDATE, 0, 1, number(0))),
                // Section 6.9.1
                bad(
                        "WINDOW_UPDATE beyond 2^31-1",
                        Http2Error.FLOW_CONTROL_ERROR,
                        frame(WINDOW_UPDATE, 0, 1, number(Integer.MAX_VALUE))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streamErrors")
    void resetsTheStream(String what, Http2Error error, byte[][] frames) throws Exception {
        RawHttp2 client = client();
        RawSocket server = open(client, 1);
        client.send(frames[0]);
        client.expectReset(1, error);
        server.awaitGone();
        abortedByTheClient();
        stillServes(client, 3);
    }

    @Test
    void framesOnAStreamThatWasAnsweredAreAStreamError() throws Exception {
        RawHttp2 client = client();
        stillServes(client, 1);
        client.data(1, "late", false).expectReset(1, Http2Error.STREAM_CLOSED);
        client.headers(1, true, "late", "1").expectReset(1, Http2Error.STREAM_CLOSED);
        stillServes(client, 3);
    }

    /** Section 5.1.1: a stream below the last one is closed, whether it was ever used or not. */
    @Test
    void aStreamBelowTheLastOneIsClosed() throws Exception {
        RawHttp2 client = client();
        stillServes(client, 5);
        client.get(3, "/open", "open").expectReset(3, Http2Error.STREAM_CLOSED);
        stillServes(client, 7);
    }

    @Test
    void framesOnAStreamThatTheClientResetAreAStreamError() throws Exception {
        RawHttp2 client = client();
        openToSend(client, 1);
        client.reset(1, Http2Error.CANCEL).data(1, "late", false).expectReset(1, Http2Error.STREAM_CLOSED);
        abortedByTheClient();
        stillServes(client, 3);
    }

    @Test
    void resetAndWindowUpdateAndPriorityOfAClosedStreamAreIgnored() throws Exception {
        RawHttp2 client = client();
        stillServes(client, 1);
        client.reset(1, Http2Error.CANCEL).windowUpdate(1, 9).send(PRIORITY, 0, 1, octets(0, 0, 0, 0, 9));
        client.send(PRIORITY, 0, 99, octets(0, 0, 0, 0, 9));
        stillServes(client, 3);
    }

    @Test
    void paddingIsTakenAwayAndCounted() throws Exception {
        RawHttp2 client = client();
        byte[] head = block(request("POST", "/open", "x-request-id", "open"));
        byte[] padded = new byte[head.length + 8];
        padded[0] = 2;
        padded[5] = 9;
        System.arraycopy(head, 0, padded, 6, head.length);
        client.send(HEADERS, END_HEADERS | PADDED | PRIORITIZED, 1, padded);
        RawSocket server = wire.upstream().accept();
        server.readHead();
        client.send(DATA, END_STREAM | PADDED, 1, octets(3, 'a', 'b', 0, 0, 0));
        server.expect("2\r\nab\r\n0\r\n\r\n");
        answered(client, server, 1);
    }

    @Test
    void morePaddingThanPayloadOfDataEndsTheConnection() throws Exception {
        RawHttp2 client = client();
        openToSend(client, 1);
        client.send(DATA, PADDED, 1, octets(3, 1, 2));
        client.expectGoAway(Http2Error.PROTOCOL_ERROR);
        abortedByTheClient();
    }

    // Section 5.1.2: concurrency.

    @Test
    void moreStreamsThanTheSettingAreRefused() throws Exception {
        RawHttp2 client = client();
        List<RawSocket> servers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            servers.add(open(client, 2 * i + 1));
        }
        client.get(201, "/refused", "refused");
        client.expectReset(201, Http2Error.REFUSED_STREAM);
        answered(client, servers.get(7), 15);
        stillServes(client, 203);
        client.socket().close();
        for (int i = 0; i < 99; i++) {
            abortedByTheClient();
        }
    }

    // Section 6.5.3: settings.

    @Test
    void eachSettingsIsAcknowledgedAndUnknownOnesAreIgnored() throws Exception {
        RawHttp2 client = client();
        client.next(SETTINGS);
        client.settings(0x77, 1, INITIAL_WINDOW_SIZE, 70000).settings();
        Frame first = client.next(SETTINGS);
        assertThat(first.flags()).isEqualTo(ACK);
        assertThat(first.payload()).isEmpty();
        assertThat(client.next(SETTINGS).flags()).isEqualTo(ACK);
        stillServes(client, 1);
    }

    @Test
    void aSmallerHeaderTableIsAnnouncedBeforeItIsUsed() throws Exception {
        RawHttp2 client = client(HEADER_TABLE_SIZE, 0);
        RawSocket server = open(client, 1);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-some: thing\r\n\r\n");
        Frame head = client.next();
        assertThat(head.payload()[0]).as("dynamic table size update of 0").isEqualTo((byte) 0x20);
        assertThat(wire.record().status()).isEqualTo(200);
    }

    // Section 6.7

    @Test
    void aPingIsAnsweredAndItsAnswerIsNot() throws Exception {
        RawHttp2 client = client();
        client.send(PING, ACK, 0, new byte[8]).ping();
        stillServes(client, 1);
    }

    // Section 6.9: flow control.

    @Test
    void noMoreContentThanTheStreamsWindow() throws Exception {
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, 3);
        RawSocket server = open(client, 1);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
        assertThat(client.next().type()).isEqualTo(HEADERS);
        assertThat(client.next().text()).isEqualTo("012");
        client.ping().windowUpdate(1, 1);
        assertThat(client.next().text()).isEqualTo("3");
        client.ping().settings(INITIAL_WINDOW_SIZE, 5);
        assertThat(client.next().text()).isEqualTo("45");
        // Section 6.9.2: a window may become negative.
        client.settings(INITIAL_WINDOW_SIZE, 0).ping().windowUpdate(1, 5).ping().windowUpdate(1, 1);
        assertThat(client.next().text()).isEqualTo("6");
        client.windowUpdate(1, 100);
        Frame last = client.next();
        assertThat(last.text()).isEqualTo("789");
        assertThat(last.ends()).isTrue();
        assertThat(wire.record().bytesOut()).isEqualTo(10);
    }

    @Test
    void noMoreContentThanTheConnectionsWindow() throws Exception {
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, 1 << 20);
        RawSocket server = open(client, 1);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n", "x".repeat(70000));
        assertThat(client.next().type()).isEqualTo(HEADERS);
        int taken = 0;
        while (taken < 65535) {
            taken += client.next().payload().length;
        }
        assertThat(taken).isEqualTo(65535);
        client.ping().windowUpdate(0, 4465);
        Frame last = client.next();
        assertThat(last.payload()).hasSize(4465);
        assertThat(last.ends()).isTrue();
        assertThat(wire.record().bytesOut()).isEqualTo(70000);
    }

    @Test
    void aWindowOfNothingHoldsContentButNotTheHead() throws Exception {
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, 0);
        RawSocket server = open(client, 1);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertThat(client.next().type()).isEqualTo(HEADERS);
        client.ping().settings(INITIAL_WINDOW_SIZE, 9);
        assertThat(client.next().text()).isEqualTo("ok");
        assertThat(wire.record().bytesOut()).isEqualTo(2);
    }

    @Test
    void framesAreNoLongerThanTheClientsSetting() throws Exception {
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, 1 << 20, MAX_FRAME_SIZE, 16384);
        RawSocket server = open(client, 1);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n", "x".repeat(40000));
        client.next();
        Frame frame;
        do {
            frame = client.next();
            assertThat(frame.payload().length).isLessThanOrEqualTo(16384);
        } while (!frame.ends());
        assertThat(wire.record().bytesOut()).isEqualTo(40000);
    }

    @Test
    void aWindowThatASettingMakesTooLargeEndsTheConnection() throws Exception {
        RawHttp2 client = client();
        open(client, 1);
        client.windowUpdate(1, Integer.MAX_VALUE - 65535).settings(INITIAL_WINDOW_SIZE, 70000);
        client.expectGoAway(Http2Error.FLOW_CONTROL_ERROR);
        abortedByTheClient();
    }

    // Section 6.10

    @Test
    void aFieldBlockMayComeInPieces() throws Exception {
        RawHttp2 client = client();
        byte[] block = block(request("GET", "/open", "x-request-id", "open"));
        int third = block.length / 3;
        client.send(HEADERS, END_STREAM, 1, Arrays.copyOf(block, third));
        client.send(CONTINUATION, 0, 1, Arrays.copyOfRange(block, third, 2 * third));
        client.send(CONTINUATION, END_HEADERS, 1, Arrays.copyOfRange(block, 2 * third, block.length));
        RawSocket server = wire.upstream().accept();
        assertThat(server.readHead()).startsWith("GET /open HTTP/1.1\r\n");
        answered(client, server, 1);
    }

    // Section 8: malformed requests. Each is answered, and the connection goes on.

    static Stream<Arguments> malformed() {
        Reason malformed = Reason.HEAD_MALFORMED;
        return Stream.of(
                // Section 8.2.1
                Arguments.of("upper case", malformed, get("X-Upper", "1")),
                Arguments.of("empty name", malformed, get("", "1")),
                Arguments.of("blank in a name", malformed, get("a b", "1")),
                Arguments.of("colon in a name", malformed, get("a:b", "1")),
                Arguments.of("CR in a name", malformed, get("a\r\nb", "1")),
                Arguments.of("non-ASCII name", malformed, get("\u00e9", "1")),
                Arguments.of("CR in a value", malformed, get("a", "1\rb: 2")),
                Arguments.of("LF in a value", malformed, get("a", "1\nb: 2")),
                Arguments.of("CRLF in a value", malformed, get("a", "1\r\n b")),
                Arguments.of("NUL in a value", malformed, get("a", "1\u0000")),
                Arguments.of("DEL in a value", malformed, get("a", "1\u007f")),
                Arguments.of("leading blank", malformed, get("a", " 1")),
                Arguments.of("trailing tab", malformed, get("a", "1\t")),
                // Section 8.2.2
                Arguments.of("connection", malformed, get("connection", "close")),
                Arguments.of("keep-alive", malformed, get("keep-alive", "1")),
                Arguments.of("proxy-connection", malformed, get("proxy-connection", "close")),
                Arguments.of("transfer-encoding", malformed, get("transfer-encoding", "chunked")),
                Arguments.of("upgrade", malformed, get("upgrade", "h2c")),
                Arguments.of("te", malformed, get("te", "trailers, deflate")),
                // Section 8.3
                Arguments.of(
                        "pseudo behind fields",
                        malformed,
                        fields(":method", "GET", ":scheme", "http", "a", "b", ":path", "/")),
                Arguments.of("two :path", malformed, get(":path", "/other")),
                Arguments.of("two :method", malformed, get(":method", "POST")),
                Arguments.of("two :authority", malformed, get(":authority", "edge.test")),
                Arguments.of("unknown pseudo", malformed, get(":unknown", "1")),
                Arguments.of(":status", malformed, get(":status", "200")),
                Arguments.of(":protocol", malformed, get(":protocol", "websocket")),
                // Section 8.3.1
                Arguments.of("no :method", malformed, fields(":scheme", "http", ":path", "/", ":authority", "a")),
                Arguments.of("no :scheme", malformed, fields(":method", "GET", ":path", "/", ":authority", "a")),
                Arguments.of("no :path", malformed, fields(":method", "GET", ":scheme", "http", ":authority", "a")),
                Arguments.of("empty :path", malformed, request("GET", "")),
                Arguments.of("relative :path", malformed, request("GET", "a")),
                Arguments.of("absolute :path", malformed, request("GET", "http://edge.test/")),
                Arguments.of("blank in :path", malformed, request("GET", "/a HTTP/1.1")),
                Arguments.of("fragment in :path", malformed, request("GET", "/a#b")),
                Arguments.of("CRLF in :path", malformed, request("GET", "/a\r\nx: y")),
                Arguments.of("blank in :method", malformed, request("GET /x", "/")),
                Arguments.of("no fields at all", malformed, fields()),
                Arguments.of(
                        "user information",
                        Reason.HOST_INVALID,
                        fields(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a@b")),
                Arguments.of("host elsewhere", Reason.HOST_INVALID, get("host", "other.test")),
                Arguments.of("two hosts", Reason.HOST_INVALID, get("host", "edge.test", "host", "edge.test")),
                Arguments.of(
                        "no authority", Reason.HOST_INVALID, fields(":method", "GET", ":scheme", "http", ":path", "/")),
                // Section 8.5
                Arguments.of("CONNECT", malformed, fields(":method", "CONNECT", ":authority", "edge.test:80")),
                // Section 8.1.1
                Arguments.of("content-length without content", Reason.FRAMING_AMBIGUOUS, get("content-length", "3")),
                Arguments.of("content-length: 0x0", Reason.FRAMING_AMBIGUOUS, get("content-length", "0x0")),
                Arguments.of(
                        "content-length twice",
                        Reason.FRAMING_AMBIGUOUS,
                        get("content-length", "0", "content-length", "0")),
                Arguments.of("content-length as a list", Reason.FRAMING_AMBIGUOUS, get("content-length", "0, 0")),
                Arguments.of("content-length below 0", Reason.FRAMING_AMBIGUOUS, get("content-length", "-1")));
    }

    private static String[] fields(String... namesAndValues) {
        return namesAndValues;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void aMalformedRequestIsAnswered(String what, Reason reason, String[] fields) throws Exception {
        RawHttp2 client = client();
        client.headers(1, true, fields);
        refused(client, 1, reason);
        stillServes(client, 3);
    }

    private Answer refused(RawHttp2 client, int stream, Reason reason) throws Exception {
        Answer answer = client.answer(stream);
        assertThat(answer.value("x-headgate-reason")).isEqualTo(reason.code());
        assertThat(answer.status()).isEqualTo(reason.status());
        ExchangeRecord record = wire.record();
        assertThat(record.reason()).isEqualTo(reason);
        assertThat(record.protocol()).isEqualTo("HTTP/2");
        assertThat(answer.value("x-request-id")).isEqualTo(record.requestId());
        return answer;
    }

    @Test
    void moreContentThanItsLengthIsRefused() throws Exception {
        RawHttp2 client = client();
        client.post(1, "/long", "long", "content-length", "3");
        RawSocket server = wire.upstream().accept();
        server.readHead();
        client.data(1, "1234", false);
        refused(client, 1, Reason.FRAMING_AMBIGUOUS);
        client.expectReset(1, Http2Error.NO_ERROR);
        server.awaitGone();
        stillServes(client, 3);
    }

    @Test
    void lessContentThanItsLengthIsRefused() throws Exception {
        RawHttp2 client = client();
        client.post(1, "/short", "short", "content-length", "3");
        RawSocket server = wire.upstream().accept();
        server.readHead();
        client.data(1, "12", true);
        refused(client, 1, Reason.FRAMING_AMBIGUOUS);
        server.awaitGone();
        stillServes(client, 3);
    }

    @Test
    void lessContentThanItsLengthBeforeTrailersIsRefused() throws Exception {
        RawHttp2 client = client();
        client.post(1, "/short", "short", "content-length", "3");
        RawSocket server = wire.upstream().accept();
        server.readHead();
        client.headers(1, true, "a", "b");
        refused(client, 1, Reason.FRAMING_AMBIGUOUS);
        server.awaitGone();
    }

    // Section 8.1: trailers.

    static Stream<Arguments> badTrailers() {
        return Stream.of(
                Arguments.of("pseudo", Reason.HEAD_MALFORMED, fields(":path", "/")),
                Arguments.of("upper case", Reason.HEAD_MALFORMED, fields("A", "b")),
                Arguments.of("connection", Reason.HEAD_MALFORMED, fields("connection", "a")),
                Arguments.of("host", Reason.TRAILER_FORBIDDEN, fields("host", "a")),
                Arguments.of("authorization", Reason.TRAILER_FORBIDDEN, fields("authorization", "a")),
                Arguments.of("content-length", Reason.TRAILER_FORBIDDEN, fields("content-length", "3")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTrailers")
    void badTrailersAreRefused(String what, Reason reason, String[] fields) throws Exception {
        RawHttp2 client = client();
        RawSocket server = openToSend(client, 1);
        client.data(1, "abc", false).headers(1, true, fields);
        refused(client, 1, reason);
        server.awaitGone();
        stillServes(client, 3);
    }

    @Test
    void trailersThatDoNotEndTheStreamAreAStreamError() throws Exception {
        RawHttp2 client = client();
        RawSocket server = openToSend(client, 1);
        client.headers(1, false, "a", "b").expectReset(1, Http2Error.PROTOCOL_ERROR);
        server.awaitGone();
        abortedByTheClient();
        stillServes(client, 3);
    }

    // Section 10.5.1 and 6.5.2: large field sections.

    @Test
    void aHeadAboveTheLimitIsAnsweredWithItsRequestId() throws Exception {
        RawHttp2 client = client();
        client.send(HEADERS, END_STREAM, 1, block(get("x-request-id", "large")));
        byte[] large = block("a", "x".repeat(16000));
        client.send(CONTINUATION, 0, 1, large)
                .send(CONTINUATION, 0, 1, large)
                .send(CONTINUATION, END_HEADERS, 1, large);
        Answer answer = refused(client, 1, Reason.HEAD_TOO_LARGE);
        assertThat(answer.value("x-request-id")).isEqualTo("large");
        stillServes(client, 3);
    }

    @Test
    void moreFieldsThanTheLimitAreRefused() throws Exception {
        RawHttp2 client = client();
        String[] many = new String[202];
        Arrays.fill(many, "a");
        client.headers(1, true, get(many));
        refused(client, 1, Reason.HEAD_TOO_LARGE);
        stillServes(client, 3);
    }

    @Test
    void aBlockAboveTwiceTheLimitEndsTheConnection() throws Exception {
        RawHttp2 client = client();
        byte[] piece = block("a", "x".repeat(16000));
        client.send(HEADERS, END_STREAM, 1, piece);
        for (int i = 0; i < 4; i++) {
            client.send(CONTINUATION, 0, 1, piece);
        }
        Frame frame = client.next();
        assertThat(frame.type()).isEqualTo(GOAWAY);
        assertThat(frame.error()).isIn(Http2Error.PROTOCOL_ERROR, Http2Error.ENHANCE_YOUR_CALM);
        assertThat(client.readOrNull()).isNull();
    }

    // What is well-formed passes.

    @Test
    void allThatIsAllowedArrives() throws Exception {
        RawHttp2 client = client();
        client.headers(
                1,
                true,
                request(
                        "GET",
                        "/a?b",
                        "host",
                        "EDGE.test",
                        "te",
                        "trailers",
                        "cookie",
                        "a=1",
                        "x",
                        "",
                        "cookie",
                        "b=2",
                        "cookie",
                        "c=3",
                        "b",
                        "\u00e9\t!",
                        "x-request-id",
                        "one"));
        RawSocket server = wire.upstream().accept();
        server.expect(RawSocket.head(
                "GET /a?b HTTP/1.1",
                "host: " + wire.upstream().host(),
                "x: ",
                "b: \u00e9\t!",
                "x-request-id: one",
                "cookie: a=1; b=2; c=3",
                Wire.ORGANIZATION));
        answered(client, server, 1);
    }

    @Test
    void contentLengthOfNothingIsLikeNone() throws Exception {
        RawHttp2 client = client();
        client.post(1, "/", "one", "content-length", "0").data(1, "", true);
        RawSocket server = wire.upstream().accept();
        assertThat(server.readHead()).contains("content-length: 0\r\n").doesNotContain("chunked");
        answered(client, server, 1);
    }
}
