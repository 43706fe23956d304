package dev.headgate.netty;

import dev.headgate.gate.IpAddress;
import dev.headgate.netty.ConnectionListener.Refused;
import dev.headgate.netty.Deadlines.Deadline;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the header of the PROXY protocol, version 1 or 2, that a connection must begin with, and the client's address
 * from it; then lets the connection begin. A header that tells none (LOCAL, UNKNOWN) leaves the socket's.
 */
final class ProxyProtocolHandler extends SimpleChannelInboundHandler<HAProxyMessage> {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyProtocolHandler.class);

    /** In bytes, of what a version 2 header tells beside addresses. */
    private static final int LARGEST_EXTENSIONS = 4096;

    private final ClientConnection connection;
    private final Runnable begin;
    private boolean refused;

    private final Deadline deadline = new Deadline() {
        @Override
        void expired() {
            refuse("incomplete after timeouts.head");
        }
    };

    private ProxyProtocolHandler(ClientConnection connection, Runnable begin) {
        this.connection = connection;
        this.begin = begin;
    }

    /** @param begin adds what comes behind the header to the pipeline's end */
    static void await(ClientConnection connection, Runnable begin) {
        connection
                .channel()
                .pipeline()
                .addLast(new HAProxyMessageDecoder(LARGEST_EXTENSIONS, true))
                .addLast(new ProxyProtocolHandler(connection, begin));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        long nanos = connection.edge().snapshot().timeouts().head().toNanos();
        connection.loop().deadlines().add(deadline, nanos);
        deadline.set(nanos);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) {
        InetAddress from = address(header.sourceAddress());
        InetAddress to = address(header.destinationAddress());
        if (from != null && to != null) {
            connection.ends(
                    IpAddress.of(from.getAddress()),
                    new InetSocketAddress(from, header.sourcePort()),
                    new InetSocketAddress(to, header.destinationPort()));
        }
        ChannelPipeline pipeline = ctx.pipeline();
        if (connection.enterForClient()) {
            begin.run();
        }
        pipeline.remove(this);
    }

    /** Null for that of a UNIX socket, and where none is told. */
    private static @Nullable InetAddress address(@Nullable String told) {
        return told == null ? null : NetUtil.createInetAddressFromIpAddressString(told);
    }

    /** Once: the decoder complains again of what is left when the connection closes. */
    private void refuse(String why) {
        if (refused) {
            return;
        }
        refused = true;
        deadline.clear();
        connection.refuse(Refused.PROXY_PROTOCOL, "PROXY protocol of " + connection.address() + ": " + why);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        connection.loop().deadlines().remove(deadline);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException) {
            refuse("malformed or missing");
            return;
        }
        if (!(cause instanceof IOException)) {
            LOG.warn("downstream connection closed: {}", cause.toString());
        }
        ctx.close();
    }
}
