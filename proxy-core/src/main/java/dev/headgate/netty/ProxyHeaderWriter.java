package dev.headgate.netty;

import dev.headgate.netty.UpstreamOptions.ProxyHeader;
import dev.headgate.netty.UpstreamPool.Client;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Starts a connection with the header of the PROXY protocol, before TLS, and leaves. Without a client, or where its
 * two addresses are not of one family, the header says that the connection is the sender's own.
 */
final class ProxyHeaderWriter extends ChannelDuplexHandler {
    private static final String ENCODER = "proxyHeaderEncoder";
    private static final byte[] UNKNOWN_V1 = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
    /** Version 2, LOCAL, unspecified, nothing more. */
    private static final byte[] LOCAL_V2 = {
        '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n', 0x20, 0, 0, 0
    };

    private final ProxyHeader version;
    private final @Nullable Client client;
    private boolean begun;

    private ProxyHeaderWriter(ProxyHeader version, @Nullable Client client) {
        this.version = version;
        this.client = client;
    }

    /**
     * @param client null for a connection of the edge's own
     */
    static void addTo(ChannelPipeline pipeline, ProxyHeader version, @Nullable Client client) {
        pipeline.addLast(ENCODER, HAProxyMessageEncoder.INSTANCE);
        pipeline.addLast(new ProxyHeaderWriter(version, client));
    }

    /** Whoever waits for the connection hears of it before the pipeline does, and writes at once. */
    @Override
    public void write(ChannelHandlerContext ctx, Object what, ChannelPromise promise) {
        begin(ctx);
        ctx.write(what, promise);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
        ctx.flush();
        ctx.fireChannelActive();
        ctx.pipeline().remove(ENCODER);
        ctx.pipeline().remove(this);
    }

    private void begin(ChannelHandlerContext ctx) {
        if (begun) {
            return;
        }
        begun = true;
        HAProxyMessage message = message();
        ctx.write(
                message != null ? message : Unpooled.wrappedBuffer(version == ProxyHeader.V1 ? UNKNOWN_V1 : LOCAL_V2));
    }

    private @Nullable HAProxyMessage message() {
        if (client == null
                || !(client.remote() instanceof InetSocketAddress remote)
                || !(client.local() instanceof InetSocketAddress local)) {
            return null;
        }
        boolean v4 = remote.getAddress() instanceof Inet4Address && local.getAddress() instanceof Inet4Address;
        boolean v6 = remote.getAddress() instanceof Inet6Address && local.getAddress() instanceof Inet6Address;
        if (!v4 && !v6) {
            return null;
        }
        return new HAProxyMessage(
                version == ProxyHeader.V1 ? HAProxyProtocolVersion.V1 : HAProxyProtocolVersion.V2,
                HAProxyCommand.PROXY,
                v4 ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6,
                text(remote),
                text(local),
                remote.getPort(),
                local.getPort());
    }

    /** Without the zone of a link-local address. */
    private static String text(InetSocketAddress address) {
        String text = address.getAddress().getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
