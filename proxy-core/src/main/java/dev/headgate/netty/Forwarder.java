package dev.headgate.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forwards what the gate has let pass: one {@link Forwarding} for each exchange. */
final class ProxyHandler extends ChannelInboundHandlerAdapter {
    static final String NAME = "proxy";

    private static final Logger LOG = LoggerFactory.getLogger(ProxyHandler.class);

    private @Nullable Forwarding current;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Forwarding forwarding = current;
        if (message instanceof Exchange exchange) {
            if (forwarding != null) {
                forwarding.release();
            }
            forwarding = new Forwarding(exchange);
            current = forwarding;
            forwarding.start();
        } else if (message instanceof ByteBuf data) {
            if (forwarding == null) {
                data.release();
            } else {
                forwarding.requestData(data);
            }
        } else if (message instanceof BodyEnd end && forwarding != null) {
            forwarding.requestEnd(end);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (current != null) {
            current.flushRequest();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (current != null && ctx.channel().isWritable()) {
            current.downstreamWritable();
        }
    }

    /** A defect: the exchange at hand ends, and with it the connection or stream. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.error("exchange broken off", cause);
        if (current != null) {
            current.fail();
        }
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Forwarding forwarding = current;
        current = null;
        if (forwarding != null) {
            forwarding.release();
        }
    }
}
