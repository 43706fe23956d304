package dev.headgate.netty;

import static dev.headgate.netty.RawHttp2.DATA;
import static dev.headgate.netty.RawHttp2.GOAWAY;
import static dev.headgate.netty.RawHttp2.HEADERS;
import static dev.headgate.netty.RawHttp2.INITIAL_WINDOW_SIZE;
import static dev.headgate.netty.RawHttp2.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.OwnThread;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.RawHttp2.Frame;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes ready in one turn of the event loop, on its way to a client of HTTP/2. */
@EachTransport
class Http2FlushTest {
    private static final int MIB = 1024 * 1024;
    private static final int STREAMS = 8;

    @RegisterExtension
    private final Wire wire;

    /** How often something was handed to the client's socket. */
    private final AtomicInteger sends = new AtomicInteger();

    private final CountDownLatch turn = new CountDownLatch(1);
    private final List<RawSocket> clients = new ArrayList<>();

    Http2FlushTest(Transport transport) {
        this.wire = new Wire(transport).http2();
    }

    @AfterEach
    void close() throws IOException {
        turn.countDown();
        for (RawSocket client : clients) {
            client.close();
        }
    }

    /** Stands next to the socket. */
    private final class Counter extends ChannelOutboundHandlerAdapter {
        private boolean written;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            written = true;
            ctx.write(message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            if (written) {
                written = false;
                sends.incrementAndGet();
            }
            ctx.flush();
        }
    }

    private RawHttp2 client(int... settings) throws IOException {
        RunningEdge edge = wire.edge();
        Channel listener = edge.transport
                .listener(edge.loop())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Counter(), edge.initializer.withPriorKnowledge(() -> true));
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        RawSocket socket = RawSocket.connect(((InetSocketAddress) listener.localAddress()).getPort());
        clients.add(socket);
        return RawHttp2.start(socket, settings);
    }

    private RawSocket get(RawHttp2 client, int stream) throws IOException {
        client.get(stream, "/a", "one");
        RawSocket server = wire.upstream().accept();
        server.readHead();
        return server;
    }

    /** What comes to the edge until {@link #turn} goes on is there for it at once. */
    private void holdTurn() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        wire.edge().loop().execute(() -> {
            held.countDown();
            try {
                turn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private void records(int n) throws InterruptedException {
        for (int i = 0; i < n; i++) {
            assertThat(wire.record().aborted()).isNull();
        }
    }

    @Test
    void answersOfOneTurnGoOutTogether() throws Exception {
        RawHttp2 client = client();
        List<RawSocket> servers = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            servers.add(get(client, 2 * i + 1));
        }
        client.ping();
        holdTurn();
        sends.set(0);
        for (RawSocket server : servers) {
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
        turn.countDown();
        for (int ended = 0; ended < STREAMS; ) {
            ended += client.next().ends() ? 1 : 0;
        }
        assertThat(sends).hasValue(1);
        records(STREAMS);
    }

    /** Nor does what came before it get lost. */
    @Test
    void aResetOvertakesNothing() throws Exception {
        RawHttp2 client = client();
        RawSocket breaking = get(client, 1);
        RawSocket whole = get(client, 3);
        holdTurn();
        whole.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        breaking.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
        breaking.close();
        turn.countDown();
        List<Integer> broken = new ArrayList<>();
        StringBuilder ok = new StringBuilder();
        for (int ended = 0; ended < 2; ) {
            Frame frame = client.next();
            if (frame.stream() == 3) {
                ok.append(frame.type() == DATA ? frame.text() : "");
                ended += frame.ends() ? 1 : 0;
            } else {
                broken.add(frame.type());
                if (frame.type() == DATA) {
                    assertThat(frame.text()).isEqualTo("abc");
                } else if (frame.type() == RST_STREAM) {
                    assertThat(frame.error()).isEqualTo(Http2Error.INTERNAL_ERROR);
                    ended++;
                }
            }
        }
        assertThat(ok).hasToString("ok");
        assertThat(broken).containsExactly(HEADERS, DATA, RST_STREAM);
        assertThat(List.of(wire.record(), wire.record()))
                .extracting(ExchangeRecord::aborted)
                .containsExactlyInAnyOrder(null, Side.UPSTREAM);
    }

    @Test
    void aCloseOvertakesNoAnswer() throws Exception {
        RawHttp2 client = client();
        RawSocket one = get(client, 1);
        RawSocket two = get(client, 3);
        wire.edge().initializer.drain().get(10, TimeUnit.SECONDS);
        assertThat(client.next().type()).isEqualTo(GOAWAY);
        holdTurn();
        one.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        two.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        turn.countDown();
        int ended = 0;
        for (Frame frame = client.readOrNull(); frame != null; frame = client.readOrNull()) {
            ended += frame.ends() ? 1 : 0;
        }
        assertThat(ended).isEqualTo(2);
        records(2);
    }

    /** Much more than the edge may hold. */
    @Test
    void answersThatAreNotTakenAtFirstArriveWhole() throws Exception {
        int size = 16 * MIB;
        RawHttp2 client = client(INITIAL_WINDOW_SIZE, size).windowUpdate(0, 2 * size);
        RawSocket[] servers = {get(client, 1), get(client, 3)};
        CountDownLatch begun = new CountDownLatch(2);
        CompletableFuture<?>[] sending = Arrays.stream(servers)
                .map(server -> OwnThread.run(() -> {
                    server.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    for (int i = 0; i < size; i += MIB) {
                        byte[] piece = new byte[MIB];
                        Arrays.fill(piece, (byte) (i / MIB));
                        server.send(piece);
                        begun.countDown();
                    }
                }))
                .toArray(CompletableFuture[]::new);
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        int[] taken = new int[2];
        int wrong = 0;
        for (int ended = 0; ended < 2; ) {
            Frame frame = client.next();
            for (byte octet : frame.type() == DATA ? frame.payload() : new byte[0]) {
                wrong += octet == taken[frame.stream() / 2]++ / MIB ? 0 : 1;
            }
            ended += frame.ends() ? 1 : 0;
        }
        assertThat(taken).containsExactly(size, size);
        assertThat(wrong).isZero();
        CompletableFuture.allOf(sending).get(10, TimeUnit.SECONDS);
        records(2);
    }
}
