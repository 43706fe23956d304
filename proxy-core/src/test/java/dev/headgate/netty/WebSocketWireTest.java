package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.OwnThread;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets through the edge, octet for octet. */
@EachTransport
class WebSocketWireTest {
    private static final String TARGET = "/v1?deploymentId=a-b&x=%20y";
    private static final String ORIGIN = "Origin: https://page.example";
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    static final String ANSWER = RawSocket.head(
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", ACCEPT, "X-Theirs: 1");
    private static final String ANSWERED = RawSocket.head(
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            ACCEPT,
            "X-Theirs: 1",
            "x-request-id: ws",
            "Connection: Upgrade");
    private static final String GOING = Frames.close(1001, "shutting down");
    private static final String IDLE = Frames.close(1001, "idle");

    @RegisterExtension
    final Wire wire;

    private RawSocket client;
    private RawSocket server;

    WebSocketWireTest(Transport transport) {
        wire = new Wire(transport);
    }

    /** So that nobody waits for the edge to linger. */
    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    private static String request(String... more) {
        return RawSocket.head("GET " + TARGET + " HTTP/1.1", "Host: edge.test", "x-request-id: ws")
                        .replaceFirst("\r\n\r\n$", "\r\n")
                + RawSocket.head(more);
    }

    static String handshake() {
        return request(
                ORIGIN,
                "Connection: keep-alive, Upgrade",
                "Upgrade: websocket",
                "Content-Length: 0",
                KEY,
                "Sec-WebSocket-Version: 13",
                "sec-websocket-protocol: a, b");
    }

    private String forwarded(String... more) {
        return RawSocket.head(
                                "GET " + TARGET + " HTTP/1.1",
                                "Host: " + wire.upstream().host(),
                                "x-request-id: ws")
                        .replaceFirst("\r\n\r\n$", "\r\n")
                + RawSocket.head(more);
    }

    private void ask() throws IOException {
        client = wire.client();
        client.send(handshake());
        server = wire.upstream().accept();
        server.expect(forwarded(
                ORIGIN,
                "Upgrade: websocket",
                "Content-Length: 0",
                KEY,
                "Sec-WebSocket-Version: 13",
                "sec-websocket-protocol: a, b",
                Wire.ORGANIZATION,
                "Connection: Upgrade"));
    }

    private void open() throws IOException {
        ask();
        server.send(ANSWER);
        client.expect(ANSWERED);
    }

    /** Both sides part as RFC 6455 section 7 says. */
    private ExchangeRecord part() throws Exception {
        client.send(Frames.masked(Frames.CLOSE, Frames.close(1000, "")));
        server.expect(Frames.masked(Frames.CLOSE, Frames.close(1000, "")));
        server.send(Frames.plain(Frames.CLOSE, Frames.close(1000, "")));
        server.endOutput();
        client.expect(Frames.plain(Frames.CLOSE, Frames.close(1000, "")));
        client.expectEnd();
        client.close();
        server.expectEnd();
        return wire.record();
    }

    private void relay(RawSocket from, RawSocket to, String octets) throws IOException {
        from.send(octets);
        to.expect(octets);
    }

    private static void proper(ExchangeRecord record) {
        assertThat(record.status()).isEqualTo(101);
        assertThat(record.upstreamStatus()).isEqualTo(101);
        assertThat(record.verdict()).isEqualTo(VerdictKind.ALLOW);
        assertThat(record.aborted()).isNull();
    }

    @Test
    void framesGoBothWaysAsTheyCome() throws Exception {
        open();
        wire.edge().ledger.await("WebSockets", wire.edge().ledger.openWebSockets, 1);
        relay(client, server, Frames.masked(Frames.TEXT, "hello"));
        relay(server, client, Frames.plain(Frames.TEXT, "hello yourself"));
        relay(client, server, Frames.masked(Frames.PING, "p"));
        relay(server, client, Frames.plain(Frames.PONG, "p"));
        relay(client, server, Frames.masked(0x01, "in ") + Frames.masked(Frames.PING, "") + Frames.masked(0x80, "two"));
        ExchangeRecord record = part();
        proper(record);
        assertThat(record.detail()).isNull();
        assertThat(record.path()).isEqualTo(TARGET);
        assertThat(record.bytesIn()).isEqualTo(11 + 7 + 9 + 6 + 9 + 8);
        assertThat(record.bytesOut()).isEqualTo(16 + 3 + 4);
        Ledger ledger = wire.edge().ledger;
        ledger.await("WebSockets", ledger.openWebSockets, 0);
        ledger.await("frames of the client", ledger.downstreamFrames, 6);
        ledger.await("frames of the upstream", ledger.upstreamFrames, 3);
    }

    @Test
    void earlyFramesWaitForTheAnswer() throws Exception {
        client = wire.client();
        String early = Frames.masked(Frames.TEXT, "too eager")
                + Frames.masked(Frames.TEXT, "and again").substring(0, 5);
        client.send(handshake() + early);
        server = wire.upstream().accept();
        server.readHead();
        client.send(Frames.masked(Frames.TEXT, "and again").substring(5));
        server.send(ANSWER + Frames.plain(Frames.TEXT, "eager, too"));
        client.expect(ANSWERED, Frames.plain(Frames.TEXT, "eager, too"));
        server.expect(Frames.masked(Frames.TEXT, "too eager"), Frames.masked(Frames.TEXT, "and again"));
        proper(part());
    }

    @Test
    void aMebibyteEachWayAtOnce() throws Exception {
        open();
        String payload = random(1 << 20);
        String up = Frames.masked(0x82, payload);
        String down = Frames.plain(0x82, payload);
        CompletableFuture<Void> sending = OwnThread.run(() -> server.send(down));
        CompletableFuture<Void> receiving = OwnThread.run(() -> server.expect(up));
        CompletableFuture<Void> alsoSending = OwnThread.run(() -> client.send(up));
        client.expect(down);
        CompletableFuture.allOf(sending, receiving, alsoSending).get(10, TimeUnit.SECONDS);
        proper(part());
    }

    private static String random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void aRefusalIsAnOrdinaryAnswerAndTheConnectionsStay() throws Exception {
        ask();
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        RawAnswer answer = client.answer();
        assertThat(answer.head()).startsWith("HTTP/1.1 403 Forbidden\r\n").contains("x-request-id: ws\r\n");
        assertThat(answer.body()).isEqualTo("no");
        assertThat(wire.record().status()).isEqualTo(403);
        client.send(Wire.get("/next", "r2"));
        server.expect(wire.gotten("/next", "r2"));
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        client.expect("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-request-id: r2\r\n\r\n");
        assertThat(wire.record().status()).isEqualTo(200);
    }

    @Test
    void aHandshakeGoesOverAConnectionThatWasUsedBefore() throws Exception {
        client = wire.client();
        server = wire.warmUp(client);
        client.send(handshake());
        server.readHead();
        server.send(ANSWER);
        client.expect(ANSWERED);
        relay(client, server, Frames.masked(Frames.TEXT, "hello"));
        proper(part());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
                "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
                "HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
                "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
            })
    void a101ThatAnswersAnotherHandshakeIsRefused(String answer) throws Exception {
        ask();
        server.send(answer);
        assertThat(client.answer().head()).startsWith("HTTP/1.1 502 ");
        server.expectEnd();
        assertThat(wire.record().reason()).isEqualTo(Reason.UPSTREAM_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Upgrade: h2c",
                "Upgrade: websocket, h2c",
                "Upgrade: websocket\r\nUpgrade: websocket",
                "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            })
    void otherUpgradesAreForThisHopOnly(String fields) throws Exception {
        client = wire.client();
        client.send(request("Connection: Upgrade", fields, KEY));
        server = wire.upstream().accept();
        String rest = fields.replaceAll("Upgrade: [^\r]*(\r\n)?", "");
        server.expect(forwarded((rest.isEmpty() ? "" : rest + "\r\n") + KEY, Wire.ORGANIZATION));
        server.send(ANSWER);
        assertThat(client.answer().head()).startsWith("HTTP/1.1 502 ");
        assertThat(wire.record().reason()).isEqualTo(Reason.UPSTREAM_INVALID);
    }

    @Test
    void oneThatHasABodyIsNoHandshake() throws Exception {
        client = wire.client();
        client.send(request("Connection: Upgrade", "Upgrade: websocket", "Content-Length: 2", KEY) + "ab");
        server = wire.upstream().accept();
        server.expect(forwarded("Content-Length: 2", KEY, Wire.ORGANIZATION), "ab");
        server.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.answer().head()).startsWith("HTTP/1.1 400 ");
        assertThat(wire.record().status()).isEqualTo(400);
    }

    @Test
    void aGuardedRouteRefusesTheHandshake() throws Exception {
        client = wire.client();
        server = client;
        client.send(RawSocket.head(
                "GET /api/v2/guests/stream HTTP/1.1",
                "Host: edge.test",
                "Connection: Upgrade",
                "Upgrade: websocket",
                KEY,
                "Sec-WebSocket-Version: 13"));
        assertThat(client.answer().head()).startsWith("HTTP/1.1 401 ").contains("auth.missing");
        assertThat(wire.record().reason()).isEqualTo(Reason.AUTH_MISSING);
    }

    @Test
    void theClientBreaksOff() throws Exception {
        open();
        client.send(Frames.masked(Frames.TEXT, "last words"));
        client.endOutput();
        server.expect(Frames.masked(Frames.TEXT, "last words"));
        server.expectEnd();
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    @Test
    void theClientResets() throws Exception {
        open();
        client.reset();
        server.awaitGone();
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    @Test
    void theUpstreamBreaksOff() throws Exception {
        open();
        String words = Frames.plain(0x82, random(300_000));
        CompletableFuture<Void> sending = OwnThread.run(() -> {
            server.send(words);
            server.endOutput();
        });
        client.expect(words);
        client.expectEnd();
        sending.get(10, TimeUnit.SECONDS);
        assertThat(wire.record().aborted()).isEqualTo(Side.UPSTREAM);
    }

    @Test
    void theUpstreamResets() throws Exception {
        open();
        server.reset();
        client.awaitGone();
        assertThat(wire.record().aborted()).isEqualTo(Side.UPSTREAM);
    }

    @Test
    void aCloseFrameMakesTheEndProper() throws Exception {
        open();
        server.send(Frames.plain(Frames.CLOSE, Frames.close(4006, "expired")));
        server.endOutput();
        client.expect(Frames.plain(Frames.CLOSE, Frames.close(4006, "expired")));
        client.expectEnd();
        proper(wire.record());
    }

    @Test
    void theTimeOfTheAnswerIsThatOfTheHandshakeWhoeverCloses() throws Exception {
        open();
        long opened = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            relay(server, client, Frames.plain(0x81, "word"));
        }
        long open = System.nanoTime() - opened;
        ExchangeRecord record = part();
        assertThat(record.durationNanos() - record.upstreamDurationNanos()).isGreaterThanOrEqualTo(open);
    }

    @Test
    void nothingFollowsAClose() throws Exception {
        open();
        server.send(Frames.plain(Frames.CLOSE, "") + Frames.plain(Frames.TEXT, "more"));
        server.endOutput();
        client.expect(Frames.plain(Frames.CLOSE, ""));
        client.expectEnd();
        proper(wire.record());
    }

    @Test
    void oneThatNobodyClosesAfterBothHaveSaidSoIsClosed() throws Exception {
        wire.webSocketTimeout(300);
        open();
        relay(client, server, Frames.masked(Frames.CLOSE, ""));
        relay(server, client, Frames.plain(Frames.CLOSE, ""));
        client.expectEnd();
        server.expectEnd();
        proper(wire.record());
    }

    @Test
    void silenceEndsIt() throws Exception {
        wire.webSocketTimeout(300);
        open();
        client.expect(Frames.plain(Frames.CLOSE, IDLE));
        String toServer = server.read(6 + IDLE.length());
        assertThat(toServer).startsWith("\u0088" + (char) (0x80 | IDLE.length()));
        assertThat(Frames.unmasked(toServer)).isEqualTo(IDLE);
        client.send(Frames.masked(Frames.CLOSE, IDLE));
        server.send(Frames.plain(Frames.CLOSE, IDLE));
        client.expectEnd();
        server.expectEnd();
        ExchangeRecord record = wire.record();
        proper(record);
        assertThat(record.detail()).isEqualTo("WebSocket: closed after 300 ms without an octet");
    }

    @Test
    void wordsEitherWayPutTheEndOff() throws Exception {
        wire.webSocketTimeout(600);
        open();
        TimeUnit.MILLISECONDS.sleep(300);
        relay(client, server, Frames.masked(Frames.PING, ""));
        TimeUnit.MILLISECONDS.sleep(300);
        relay(server, client, Frames.plain(Frames.PING, ""));
        TimeUnit.MILLISECONDS.sleep(300);
        proper(part());
    }

    @Test
    void aDrainClosesBothWith1001() throws Exception {
        open();
        int open = wire.edge().initializer.drain().get(10, TimeUnit.SECONDS);
        assertThat(open).isOne();
        client.expect(Frames.plain(Frames.CLOSE, GOING));
        assertThat(Frames.unmasked(server.read(6 + GOING.length()))).isEqualTo(GOING);
        wire.edge().initializer.drain().get(10, TimeUnit.SECONDS);
        // What was on its way when the edge closed goes nowhere.
        server.send(Frames.plain(Frames.TEXT, "late") + Frames.plain(Frames.CLOSE, ""));
        client.send(Frames.masked(Frames.CLOSE, ""));
        client.expectEnd();
        server.expectEnd();
        ExchangeRecord record = wire.record();
        proper(record);
        assertThat(record.detail()).isEqualTo("WebSocket: closed because the edge shuts down");
    }

    @Test
    void aDrainWaitsForTheEndOfAFrame() throws Exception {
        open();
        String frame = Frames.plain(0x01, "a frame in two pieces");
        relay(server, client, frame.substring(0, 10));
        wire.edge().initializer.drain().get(10, TimeUnit.SECONDS);
        assertThat(Frames.unmasked(server.read(6 + GOING.length()))).isEqualTo(GOING);
        server.send(frame.substring(10) + Frames.plain(0x80, "rest"));
        client.expect(frame.substring(10), Frames.plain(Frames.CLOSE, GOING));
        server.send(Frames.plain(Frames.CLOSE, ""));
        client.send(Frames.masked(Frames.CLOSE, ""));
        client.expectEnd();
        server.expectEnd();
        proper(wire.record());
    }

    @Test
    void aDrainDoesNotWaitForEver() throws Exception {
        wire.webSocketTimeout(300);
        open();
        wire.edge().initializer.drain().get(10, TimeUnit.SECONDS);
        client.expect(Frames.plain(Frames.CLOSE, GOING));
        client.expectEnd();
        server.read(6 + GOING.length());
        server.expectEnd();
        proper(wire.record());
    }

    @ParameterizedTest
    @CsvSource({
        "DOWNSTREAM, '\u0081\u0005hello', not masked",
        "DOWNSTREAM, '\u0083\u0080abcd', opcode 3 is reserved",
        "DOWNSTREAM, '\u008B\u0080abcd', opcode 11 is reserved",
        "DOWNSTREAM, '\u00C1\u0080abcd', a reserved bit is set",
        "DOWNSTREAM, '\u0089\u00FE', more than 125 octets",
        "DOWNSTREAM, '\u0009\u0080abcd', a control frame is fragmented",
        "DOWNSTREAM, '\u0080\u0080abcd', a continuation of nothing",
        "DOWNSTREAM, '\u0001\u0080abcd\u0081\u0080abcd', a new message before the last one has ended",
        "DOWNSTREAM, '\u0088\u0081abcd', half of a status code",
        "DOWNSTREAM, '\u0081\u00FE\u0000\u007Dabcd', not in the shortest form",
        "UPSTREAM, '\u0081\u0085abcdhello', masked",
        "UPSTREAM, '\u0082\u007F\u0080\u0000\u0000\u0000\u0000\u0000\u0000\u0000', not in the shortest form"
    })
    void whatIsNoFrameEndsIt(Side from, String octets, String found) throws Exception {
        open();
        boolean client = from == Side.DOWNSTREAM;
        RawSocket bad = client ? this.client : server;
        RawSocket other = client ? server : this.client;
        bad.send(octets);
        String told = bad.readToEnd();
        String payload = client ? told.substring(2) : Frames.unmasked(told);
        assertThat(payload).isEqualTo(Frames.close(1002, "protocol error"));
        String toldOther = other.readToEnd();
        int good = octets.startsWith("\u0001") ? 6 : 0;
        String otherPayload = client ? Frames.unmasked(toldOther.substring(good)) : toldOther.substring(2);
        assertThat(otherPayload).isEqualTo(Frames.close(1001, "peer failed"));
        ExchangeRecord record = wire.record();
        assertThat(record.aborted()).isEqualTo(from);
        assertThat(record.detail())
                .startsWith("WebSocket: from the " + (client ? "client" : "upstream"))
                .contains(found);
    }

    @Test
    void aHeaderThatIsPartlyOnItsWayEndsItWithoutACloseToThePeer() throws Exception {
        open();
        relay(client, server, "\u0081");
        client.send("\u0005hello");
        assertThat(client.readToEnd()).isEqualTo(Frames.plain(Frames.CLOSE, Frames.close(1002, "protocol error")));
        server.expectEnd();
        assertThat(wire.record().aborted()).isEqualTo(Side.DOWNSTREAM);
    }

    @Test
    void agreedExtensionsMayUseReservedBits() throws Exception {
        ask();
        server.send(ANSWER.replace("X-Theirs: 1", "Sec-WebSocket-Extensions: permessage-deflate"));
        client.expect(ANSWERED.replace("X-Theirs: 1", "Sec-WebSocket-Extensions: permessage-deflate"));
        relay(client, server, Frames.masked(0xC1, "deflated"));
        proper(part());
    }

    @Test
    void theLimitOfBodiesIsNotThatOfWebSockets() throws Exception {
        wire.limits(32 * 1024, 100, 1024, 10);
        open();
        relay(client, server, Frames.masked(Frames.TEXT, "longer than ten octets"));
        proper(part());
    }
}
