package dev.headgate.netty;

import dev.headgate.http.HeadWriter;
import dev.headgate.http.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client's connection that speaks HTTP/1.1: one exchange after the other. Confined to its event loop. */
final class Http1Connection extends Downstream implements ClientConnection.Protocol {
    /** How long a closing connection is read from, so that no reset overtakes the last answer (RFC 9112 section 9.6). */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final MessageWriter writer;
    private final HeadDecoder decoder;
    private boolean lingering;
    private @Nullable Tunnel tunnel;

    /**
     * @param requests makes what takes the requests
     */
    Http1Connection(Channel channel, ClientConnection connection, Function<Downstream, Requests> requests) {
        super(channel, connection);
        this.writer = new MessageWriter(channel);
        this.decoder = new HeadDecoder(this, requests.apply(this));
    }

    /** Adds what speaks HTTP/1.1 to the end of the connection's pipeline. */
    static void start(ClientConnection connection) {
        Http1Connection http1 = new Http1Connection(connection.channel(), connection, Gatekeeper::new);
        connection.speaks(http1);
        connection.channel().pipeline().addLast(HeadDecoder.NAME, http1.decoder);
    }

    HeadDecoder decoder() {
        return decoder;
    }

    @Override
    String protocol() {
        return "HTTP/1.1";
    }

    @Override
    long bodyRemaining() {
        return decoder.bodyRemaining();
    }

    @Override
    void pauseReading() {
        decoder.pause();
        channel().config().setAutoRead(false);
    }

    @Override
    void resumeReading() {
        decoder.expectMore();
        channel().config().setAutoRead(true);
    }

    @Override
    void expectTaking() {
        decoder.deadline().set(edge().snapshot().timeouts().idle().toNanos());
    }

    @Override
    void taken() {
        if (decoder.bodyRemaining() == 0) {
            decoder.deadline().clear();
        }
    }

    @Override
    void interim(HeadWriter head) {
        writer.head(head, false);
        writer.flush();
    }

    @Override
    void head(HeadWriter head, boolean chunked) {
        writer.head(head, chunked);
    }

    @Override
    void upgrade(HeadWriter head, Tunnel to) {
        tunnel = to;
        writer.head(head, false);
        writer.flush();
        decoder.tunnel();
    }

    @Override
    void data(ByteBuf content) {
        writer.data(content);
    }

    @Override
    void end(@Nullable Trailers trailers) {
        writer.end(trailers);
    }

    @Override
    void flush() {
        writer.flush();
    }

    @Override
    public void drain() {
        // Where the answer at hand has promised to keep the connection, the next one ends it.
        if (edge().drainGraceNanos() == 0) {
            closeAfterwards();
        }
        if (!decoder.isIdle()) {
            connection().busy();
            if (tunnel != null) {
                tunnel.drain();
            }
        } else if (connection().isIdleForGrace()) {
            closeAfterwards();
            writer.flushAndClose();
        }
    }

    @Override
    void exchangeFinished() {
        if (!channel().isActive()) {
            return;
        }
        if (isClosing()) {
            close();
        } else {
            decoder.next();
        }
    }

    private void close() {
        boolean more = decoder.discard();
        expectTaking();
        if (!more || !(channel() instanceof DuplexChannel duplex)) {
            writer.flushAndClose();
            return;
        }
        writer.flush();
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            lingering = true;
            decoder.deadline().set(LINGER.toNanos());
            SslHandler tls = channel().pipeline().get(SslHandler.class);
            if (tls == null) {
                duplex.shutdownOutput();
            } else {
                // The closure alert goes first (RFC 9112 section 9.8).
                tls.closeOutbound().addListener(closed -> duplex.shutdownOutput());
            }
        });
        channel().config().setAutoRead(true);
    }

    /** The time that a closing connection had is over. */
    void lingered() {
        if (lingering) {
            channel().close();
        } else {
            reset();
        }
    }

    @Override
    public void reset() {
        closeAfterwards();
        decoder.discard();
        writer.release();
        connection().breakOff();
    }

    @Override
    void release() {
        writer.release();
    }
}
