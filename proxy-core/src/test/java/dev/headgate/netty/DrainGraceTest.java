package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A drain waits for requests that may be on their way, serves them, and closes their connections. */
@EachTransport
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class DrainGraceTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    private final Wire wire;

    DrainGraceTest(Transport transport) {
        wire = new Wire(transport).http2();
    }

    private int drain(Duration grace) throws Exception {
        return wire.edge().initializer.drain(grace).get(10, TimeUnit.SECONDS);
    }

    private void serveLast(RawSocket client, String id) throws Exception {
        client.send(Wire.get("/late", id));
        RawSocket upstream = wire.upstream().accept();
        upstream.expect(wire.gotten("/late", id));
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        RawAnswer answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.field("connection")).isEqualTo("close");
        client.expectEnd();
        assertThat(wire.record().reason()).isNull();
    }

    @Test
    void aRequestOnAKeptConnectionIsServed() throws Exception {
        RawSocket client = wire.client();
        wire.warmUp(client);
        assertThat(drain(LONG)).isOne();
        assertThat(drain(LONG)).isOne();
        serveLast(client, "kept");
    }

    @Test
    void theFirstRequestOfAConnectionIsServed() throws Exception {
        RawSocket client = wire.client();
        wire.edge().ledger.await("client connections", wire.edge().ledger.openDownstreams, 1);
        assertThat(drain(LONG)).isOne();
        serveLast(client, "first");
    }

    @Test
    void anAnswerThatPromisedToKeepTheConnectionKeepsIt() throws Exception {
        RawSocket client = wire.client().send(Wire.get("/a", "one"));
        RawSocket upstream = wire.upstream().accept();
        upstream.expect(wire.gotten("/a", "one"));
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
        assertThat(client.readHead()).doesNotContainIgnoringCase("connection:");
        assertThat(client.read(2)).isEqualTo("ab");
        assertThat(drain(LONG)).isOne();
        upstream.send("cd");
        assertThat(client.read(2)).isEqualTo("cd");
        wire.record();
        assertThat(drain(LONG)).isOne();
        serveLast(client, "two");
    }

    @Test
    void afterTheGraceIdleConnectionsClose() throws Exception {
        RawSocket kept = wire.client();
        wire.warmUp(kept);
        RawSocket fresh = wire.client();
        wire.edge().ledger.await("client connections", wire.edge().ledger.openDownstreams, 2);
        assertThat(drain(LONG)).isEqualTo(2);
        while (drain(Duration.ofMillis(1)) > 0) {
            Thread.onSpinWait();
        }
        kept.expectEnd();
        fresh.expectEnd();
    }

    /** RFC 9113 section 6.8: the first GOAWAY refuses nothing yet, the last one tells what was served. */
    @Test
    void aStreamThatIsOnItsWayIsServed() throws Exception {
        RawSocket client = wire.client().send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        client.send(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
        DataInputStream in = new DataInputStream(client.input());
        awaitFrame(in, 4);
        assertThat(drain(LONG)).isOne();
        assertThat(awaitFrame(in, 7).getInt()).isEqualTo(Integer.MAX_VALUE);

        // GET, http, /, :authority: a, as a whole in HEADERS of stream 1.
        client.send(new byte[] {0, 0, 6, 1, 5, 0, 0, 0, 1, (byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 1, 'a'});
        RawSocket upstream = wire.upstream().accept();
        assertThat(upstream.readHead()).startsWith("GET / HTTP/1.1\r\n");
        assertThat(drain(LONG)).isOne();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(awaitFrame(in, 1).get()).isEqualTo((byte) 0x88);
        wire.record();
        while (drain(Duration.ofMillis(1)) > 0) {
            Thread.onSpinWait();
        }
        assertThat(awaitFrame(in, 7).getInt()).isOne();
    }

    /** The payload of the next frame of this type. */
    private static ByteBuffer awaitFrame(DataInputStream in, int type) throws IOException {
        while (true) {
            int lengthAndType = in.readInt();
            in.readByte();
            in.readInt();
            byte[] payload = in.readNBytes(lengthAndType >>> 8);
            if ((lengthAndType & 0xFF) == type) {
                return ByteBuffer.wrap(payload);
            }
        }
    }
}
