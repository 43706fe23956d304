package dev.headgate.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.time.Duration;

/** One client's connection. Confined to its event loop. */
final class Downstream {
    /** How long a closing connection is read from, so that no reset overtakes the last answer (RFC 9112 section 9.6). */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final Channel channel;
    private final Edge edge;
    private final LoopState loop;
    private final MessageWriter writer;
    private final HeadDecoder decoder;
    private final String client;
    private final boolean tls;
    private boolean closing;
    private boolean lingering;

    Downstream(Channel channel, Edge edge, LoopState loop, boolean tls) {
        this.channel = channel;
        this.edge = edge;
        this.loop = loop;
        this.tls = tls;
        this.writer = new MessageWriter(channel);
        this.decoder = new HeadDecoder(this);
        this.client = channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "-";
    }

    Channel channel() {
        return channel;
    }

    Edge edge() {
        return edge;
    }

    LoopState loop() {
        return loop;
    }

    MessageWriter writer() {
        return writer;
    }

    HeadDecoder decoder() {
        return decoder;
    }

    String client() {
        return client;
    }

    String scheme() {
        return tls ? "https" : "http";
    }

    /** Whether no further request is taken on this connection. */
    boolean isClosing() {
        return closing;
    }

    /** After the exchange at hand the connection closes. */
    void closeAfterwards() {
        closing = true;
    }

    void pauseReading() {
        decoder.deadline().clear();
        channel.config().setAutoRead(false);
    }

    void resumeReading() {
        decoder.expectMore();
        channel.config().setAutoRead(true);
    }

    /** The edge is draining: between requests the connection closes now, else after the exchange at hand. */
    void drain() {
        closing = true;
        if (decoder.isIdle()) {
            writer.flushAndClose();
        }
    }

    /** The exchange at hand is over, with everything about it written. */
    void exchangeFinished() {
        if (!channel.isActive()) {
            return;
        }
        if (closing) {
            close();
        } else {
            decoder.next();
        }
    }

    private void close() {
        boolean more = decoder.discard();
        decoder.deadline().set(edge.snapshot().timeouts().idle().toNanos());
        if (!more || tls || !(channel instanceof DuplexChannel duplex)) {
            writer.flushAndClose();
            return;
        }
        writer.flush();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            lingering = true;
            decoder.deadline().set(LINGER.toNanos());
            duplex.shutdownOutput();
        });
        channel.config().setAutoRead(true);
    }

    /** The time that a closing connection had is over. */
    void lingered() {
        if (lingering) {
            channel.close();
        } else {
            reset();
        }
    }

    /** Breaks the connection off so that the client cannot take what it got for a whole answer. */
    void reset() {
        closing = true;
        decoder.discard();
        writer.release();
        if (channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel.close();
    }
}
