package dev.headgate.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to upstreams. The one used last is taken first: it is the one least likely to have been
 * closed meanwhile. Confined to its event loop.
 */
final class UpstreamPool {
    /** Who asks for a connection. */
    interface Taker {
        /**
         * @param reused whether it has carried a request before, and so may turn out to be dead
         */
        void connected(UpstreamHandler connection, boolean reused);

        void unreachable(Throwable cause);
    }

    private final LoopState loop;
    private final Edge edge;
    private final Transport transport;
    private final DnsAddressResolverGroup resolver;
    private final Map<Upstream, Deque<UpstreamHandler>> idle = new IdentityHashMap<>();

    UpstreamPool(LoopState loop, Edge edge, Transport transport) {
        this.loop = loop;
        this.edge = edge;
        this.transport = transport;
        this.resolver = new DnsAddressResolverGroup(new DnsNameResolverBuilder()
                .datagramChannelType(transport.datagram())
                .queryTimeoutMillis(edge.snapshot().timeouts().upstreamConnect().toMillis())
                .nameServerProvider(DnsServerAddressStreamProviders.platformDefault()));
    }

    /** Takes an idle connection, or opens one. */
    void take(Upstream upstream, Snapshot snapshot, Taker taker) {
        Deque<UpstreamHandler> deque = idle.get(upstream);
        UpstreamHandler connection;
        while (deque != null && (connection = deque.pollLast()) != null) {
            edge.connections().upstreamIdle(upstream.name(), -1);
            if (connection.isOpen()) {
                taker.connected(connection, true);
                return;
            }
        }
        open(upstream, snapshot, taker);
    }

    /** Opens a connection, whatever is idle. */
    void open(Upstream upstream, Snapshot snapshot, Taker taker) {
        long start = System.nanoTime();
        int timeout = (int) snapshot.timeouts().upstreamConnect().toMillis();
        InetSocketAddress literal = upstream.literalAddress();
        Bootstrap bootstrap = transport.connector(loop.loop());
        ChannelFuture connect = (literal == null ? bootstrap.resolver(resolver) : bootstrap.disableResolver())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeout)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        SslContext tls = upstream.tls();
                        if (tls != null) {
                            SslHandler handler = tls.newHandler(channel.alloc(), upstream.host(), upstream.port());
                            handler.setHandshakeTimeoutMillis(timeout);
                            channel.pipeline().addLast("tls", handler);
                        }
                        channel.pipeline()
                                .addLast(
                                        UpstreamHandler.NAME,
                                        new UpstreamHandler(channel, upstream, loop, snapshot, edge.connections()));
                    }
                })
                .connect(
                        literal == null
                                ? InetSocketAddress.createUnresolved(upstream.host(), upstream.port())
                                : literal);
        connect.addListener((ChannelFuture done) -> {
            SslHandler tls = done.isSuccess() ? done.channel().pipeline().get(SslHandler.class) : null;
            if (tls == null) {
                connected(done.channel(), upstream, taker, start, done.cause());
            } else {
                tls.handshakeFuture()
                        .addListener((Future<Channel> handshake) ->
                                connected(done.channel(), upstream, taker, start, handshake.cause()));
            }
        });
    }

    private void connected(Channel channel, Upstream upstream, Taker taker, long start, @Nullable Throwable failure) {
        UpstreamHandler connection = channel.pipeline().get(UpstreamHandler.class);
        boolean ok = failure == null && connection != null && channel.isActive();
        edge.connections().upstreamConnected(upstream.name(), System.nanoTime() - start, ok);
        if (ok && connection != null) {
            connection.opened();
            taker.connected(connection, false);
        } else {
            channel.close();
            taker.unreachable(failure == null ? new IllegalStateException("closed while connecting") : failure);
        }
    }

    /** Gives back a connection on which every message is complete. */
    void giveBack(UpstreamHandler connection) {
        if (!connection.isOpen() || edge.isDraining()) {
            connection.close();
            return;
        }
        idle.computeIfAbsent(connection.upstream(), u -> new ArrayDeque<>()).addLast(connection);
        edge.connections().upstreamIdle(connection.upstream().name(), 1);
    }

    /** Forgets a connection that has closed while idle. */
    void closed(UpstreamHandler connection) {
        Deque<UpstreamHandler> deque = idle.get(connection.upstream());
        if (deque != null && deque.removeLastOccurrence(connection)) {
            edge.connections().upstreamIdle(connection.upstream().name(), -1);
            if (deque.isEmpty()) {
                idle.remove(connection.upstream());
            }
        }
    }

    /** Closes what is idle. */
    void closeIdle() {
        for (Deque<UpstreamHandler> deque : idle.values()) {
            for (UpstreamHandler connection : deque.toArray(new UpstreamHandler[0])) {
                connection.close();
            }
        }
    }
}
