package dev.headgate.netty;

import dev.headgate.netty.Deadlines.Deadline;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's connection that speaks HTTP/2 (RFC 9113): an {@link Http2Stream} for each request. Confined to its event loop. */
final class Http2Connection extends ChannelInboundHandlerAdapter implements ClientConnection.Protocol {
    /** Frames that ask for an answer or for nothing, for each {@link #WINDOW_NANOS}. */
    private static final int IDLE_FRAMES = 1000;

    /**
     * Streams that the client may give up, for each {@link #WINDOW_NANOS}; more where they are not most of its streams,
     * as with a cache or a load balancer that sends the requests of many users.
     */
    private static final int GIVEN_UP = 200;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ClientConnection connection;
    private final Http2FrameCodec codec;
    private final Http2Flush flush = new Http2Flush();
    private @Nullable ChannelHandlerContext context;
    private final Set<Tunnel> tunnels = new HashSet<>();
    private int streams;
    private long windowStart = System.nanoTime();
    private int idleFrames;
    private int begun;
    private int givenUp;
    private boolean settled;
    private boolean draining;

    private final Deadline deadline = new Deadline() {
        @Override
        void expired() {
            connection.channel().close();
        }
    };

    private Http2Connection(ClientConnection connection, Http2FrameCodec codec) {
        this.connection = connection;
        this.codec = codec;
    }

    /** Adds what speaks HTTP/2 to the end of the connection's pipeline. */
    static void start(ClientConnection connection) {
        Http2FrameCodec codec = Http2Codec.of(connection.edge().snapshot().limits());
        Http2Connection http2 = new Http2Connection(connection, codec);
        connection.speaks(http2);
        ChannelPipeline pipeline = connection.channel().pipeline();
        pipeline.addLast("http2-field-blocks", new FieldBlockDeadline(http2));
        pipeline.addLast("http2-flush", http2.flush);
        pipeline.addLast("http2-codec", codec);
        pipeline.addLast("http2-streams", new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                http2.opened(stream);
            }
        }));
        pipeline.addLast("http2", http2);
    }

    /** What the stream has written goes out with what others write in this turn of the event loop. */
    void flush(Channel stream) {
        flush.flush(stream);
    }

    private void opened(Channel stream) {
        streams++;
        begun++;
        deadline.clear();
        Http2Stream downstream = new Http2Stream(stream, connection, this);
        stream.pipeline().addLast(StreamDecoder.NAME, downstream.decoder());
        stream.closeFuture().addListener(closed -> closed());
    }

    /** One of the streams has become a tunnel. */
    void opened(Tunnel tunnel) {
        tunnels.add(tunnel);
    }

    void closed(Tunnel tunnel) {
        tunnels.remove(tunnel);
    }

    private void closed() {
        streams--;
        if (streams == 0) {
            deadline.set(idleNanos());
            if (connection.edge().isDraining()) {
                drain();
            }
        }
    }

    private long idleNanos() {
        return connection.edge().snapshot().timeouts().idle().toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Http2Exception {
        context = ctx;
        connection.loop().deadlines().add(deadline, idleNanos());
        deadline.set(connection.edge().snapshot().timeouts().head().toNanos());
        Http2Codec.widen(codec);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        boolean settings = message instanceof Http2SettingsFrame;
        boolean answered = settings || message instanceof Http2PingFrame;
        ReferenceCountUtil.release(message);
        if (settings && !settled) {
            settled = true;
            if (streams == 0) {
                deadline.set(idleNanos());
            }
        }
        if (answered) {
            idleFrame();
        }
    }

    /** One more SETTINGS, PING or empty DATA: none is wrong, many are an attack (RFC 9113 section 10.5). */
    void idleFrame() {
        startWindow();
        if (++idleFrames == IDLE_FRAMES) {
            calmDown();
        }
    }

    /** The client has reset a stream, or made the edge do so, before it was answered (RFC 9113 section 10.5). */
    void givenUp() {
        startWindow();
        if (++givenUp >= GIVEN_UP && givenUp > begun / 2) {
            calmDown();
        }
    }

    private void startWindow() {
        long now = System.nanoTime();
        if (now - windowStart > WINDOW_NANOS) {
            windowStart = now;
            idleFrames = 0;
            begun = streams;
            givenUp = 0;
        }
    }

    /** The client takes longer than it may to send what it has begun, or sends what nobody asked for. */
    void calmDown() {
        if (connection.channel().isActive()) {
            goAway(Http2Error.ENHANCE_YOUR_CALM, 0);
            connection.channel().close();
        }
    }

    ClientConnection connection() {
        return connection;
    }

    /** @param more streams that are still taken */
    private void goAway(Http2Error error, int more) {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(error).setExtraStreamIds(more));
        }
    }

    /**
     * A first GOAWAY asks for no more streams, but takes those that are on their way (RFC 9113 section 6.8). The last one
     * tells the last stream that was taken; a client sends what came behind it anew elsewhere.
     */
    @Override
    public void drain() {
        if (!draining) {
            draining = true;
            goAway(Http2Error.NO_ERROR, connection.edge().drainGraceNanos() > 0 ? Integer.MAX_VALUE : 0);
        }
        List.copyOf(tunnels).forEach(Tunnel::drain);
        if (streams > 0) {
            connection.busy();
        } else if (connection.isIdleForGrace()) {
            goAway(Http2Error.NO_ERROR, 0);
            connection.channel().close();
        }
    }

    @Override
    public void reset() {
        connection.breakOff();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection.loop().deadlines().remove(deadline);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception) {
            // The codec says GOAWAY with the right code, and closes, when this returns.
            return;
        }
        if (!(cause instanceof IOException)) {
            ClientConnection.warn(cause);
            goAway(Http2Error.INTERNAL_ERROR, 0);
        }
        ctx.close();
    }
}
