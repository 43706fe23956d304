package dev.headgate.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection, from its first packet on and whatever it turns out to speak. Confined to its event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
    static final String NAME = "client";

    /** What the connection speaks, once that is known. */
    interface Protocol {
        /** Closes where no request is under way nor to be waited for, else after the last one. Called repeatedly. */
        void drain();

        /** Breaks everything off. */
        void reset();
    }

    private final Channel channel;
    private final Edge edge;
    private final LoopState loop;
    private final boolean tls;
    private final String address;
    private @Nullable Protocol protocol;
    private boolean idle;
    private long idleSince;

    ClientConnection(Channel channel, Edge edge, LoopState loop, boolean tls) {
        this.channel = channel;
        this.edge = edge;
        this.loop = loop;
        this.tls = tls;
        this.address = channel.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
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

    /** The client's, without its port. */
    String address() {
        return address;
    }

    boolean isTls() {
        return tls;
    }

    String scheme() {
        return tls ? "https" : "http";
    }

    void speaks(Protocol spoken) {
        protocol = spoken;
    }

    /** Closes when the last request is answered; after the drain's grace where none is under way. Called repeatedly. */
    void drain() {
        if (protocol == null) {
            if (isIdleForGrace()) {
                channel.close();
            }
        } else {
            protocol.drain();
        }
    }

    /**
     * A drain has found no request under way: whether that has been so for its grace. A client that has sent one
     * meanwhile, on a connection that it had been told to keep or has just opened, would get no answer.
     */
    boolean isIdleForGrace() {
        long now = System.nanoTime();
        if (!idle) {
            idle = true;
            idleSince = now;
        }
        return now - idleSince >= edge.drainGraceNanos();
    }

    /** A drain has found a request under way. */
    void busy() {
        idle = false;
    }

    /** Breaks off what is under way. */
    void reset() {
        if (protocol != null) {
            protocol.reset();
            return;
        }
        if (channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel.close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.connections().add(this);
        edge.connections().downstreamOpened();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.connections().remove(this);
        edge.connections().downstreamClosed();
        ctx.fireChannelInactive();
    }
}
