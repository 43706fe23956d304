package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.OwnThread;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies far larger than what the edge may hold, against a reader that makes them wait. */
@EachTransport
class BackpressureTest {
    private static final int MIB = 1024 * 1024;
    private static final long SIZE = 256L * MIB;

    /** More than two connections' socket buffers together, and much less than the body. */
    private static final long TAKEN_AT_MOST = 64L * MIB;

    /** The allocator takes memory in chunks of megabytes; the edge itself holds some 100 KiB. */
    private static final long HELD_AT_MOST = 16L * MIB;

    /** Of a WebSocket; more than what may be taken. */
    private static final long FRAME = 96L * MIB;

    private static final long STALL_MILLIS = 300;
    private static final byte[] PATTERN = new byte[64 * 1024];

    static {
        for (int i = 0; i < PATTERN.length; i++) {
            PATTERN[i] = (byte) (i * 31 + (i >> 8));
        }
    }

    @RegisterExtension
    final Wire wire;

    BackpressureTest(Transport transport) {
        wire = new Wire(transport);
    }

    @Test
    void anUploadWaitsForTheUpstream() throws Exception {
        RawSocket client = wire.client();
        String framing = "Content-Length: " + SIZE;
        client.send(Wire.post("/", "r1", framing));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.posted("/", "r1", framing));
        transfer(SIZE, client, server);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        client.expect("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-request-id: r1\r\n\r\nok");
        assertThat(wire.record().bytesIn()).isEqualTo(SIZE);
    }

    @Test
    void aDownloadWaitsForTheClient() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
        client.expect("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\nx-request-id: r1\r\n\r\n");
        transfer(SIZE, server, client);
        assertThat(wire.record().bytesOut()).isEqualTo(SIZE);
    }

    @Test
    void aWebSocketsClientWaitsForTheUpstream() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = webSocket(client);
        String header = Frames.header(0x82, 0x80, (int) FRAME) + "mask";
        client.send(header);
        server.expect(header);
        transfer(FRAME, client, server);
        client.close();
        server.expectEnd();
        assertThat(wire.record().bytesIn()).isEqualTo(FRAME + header.length());
    }

    @Test
    void aWebSocketsUpstreamWaitsForTheClient() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = webSocket(client);
        String header = Frames.header(0x82, 0, (int) FRAME);
        server.send(header);
        client.expect(header);
        transfer(FRAME, server, client);
        server.close();
        client.expectEnd();
        assertThat(wire.record().bytesOut()).isEqualTo(FRAME + header.length());
    }

    private RawSocket webSocket(RawSocket client) throws Exception {
        client.send(WebSocketWireTest.handshake());
        RawSocket server = wire.upstream().accept();
        server.readHead();
        server.send(WebSocketWireTest.ANSWER);
        client.readHead();
        return server;
    }

    @Test
    void interimAnswersWaitForTheClient() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        byte[] interim = ("HTTP/1.1 103 Early Hints\r\nLink: " + "a".repeat(16_000) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        AtomicLong sent = new AtomicLong();
        CompletableFuture<Void> sending = OwnThread.run(() -> {
            for (int i = 0; i < SIZE / interim.length; i++) {
                server.output().write(interim);
                sent.addAndGet(interim.length);
            }
        });
        long taken;
        do {
            taken = sent.get();
        } while (!pauses(sending) || sent.get() != taken);
        assertThat(taken).as("bytes taken while no one reads").isLessThan(TAKEN_AT_MOST);
        byte[] block = new byte[PATTERN.length];
        while (!sending.isDone()) {
            client.input().readNBytes(block, 0, block.length);
        }
        server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        String end = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-request-id: r1\r\n\r\nok";
        StringBuilder last = new StringBuilder();
        while (!last.toString().endsWith(end)) {
            last.append((char) client.input().read());
            if (last.length() > end.length()) {
                last.deleteCharAt(0);
            }
        }
        assertThat(wire.record().status()).isEqualTo(200);
    }

    /** Sends until nothing more is taken, looks at the memory, and then reads all of it. */
    private static void transfer(long size, RawSocket from, RawSocket to) throws Exception {
        long before = directMemory();
        AtomicLong sent = new AtomicLong();
        CompletableFuture<Void> sending = OwnThread.run(() -> send(size, from.output(), sent));
        long taken;
        do {
            taken = sent.get();
        } while (!pauses(sending) || sent.get() != taken);
        assertThat(taken).as("bytes taken while no one reads").isLessThan(TAKEN_AT_MOST);
        assertThat(directMemory() - before)
                .as("growth of direct memory while no one reads")
                .isLessThan(HELD_AT_MOST);
        receive(size, to.input());
        sending.get(30, TimeUnit.SECONDS);
        assertThat(directMemory() - before)
                .as("growth of direct memory over the transfer")
                .isLessThan(HELD_AT_MOST);
    }

    private static boolean pauses(CompletableFuture<Void> sending) throws Exception {
        try {
            sending.get(STALL_MILLIS, TimeUnit.MILLISECONDS);
            throw new AssertionError("all was taken while no one read");
        } catch (TimeoutException e) {
            return true;
        }
    }

    private static void send(long size, OutputStream out, AtomicLong sent) {
        try {
            for (long n = 0; n < size; n += PATTERN.length) {
                out.write(PATTERN);
                sent.addAndGet(PATTERN.length);
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void receive(long size, InputStream in) throws Exception {
        byte[] block = new byte[PATTERN.length];
        for (long n = 0; n < size; n += block.length) {
            assertThat(in.readNBytes(block, 0, block.length)).isEqualTo(block.length);
            assertThat(Arrays.mismatch(block, PATTERN))
                    .as("first byte that differs after %s", n)
                    .isNegative();
        }
    }

    private static long directMemory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
