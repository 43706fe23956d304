package dev.headgate.netty;

import dev.headgate.netty.Upstream.NoSocket;
import dev.headgate.netty.UpstreamOptions.ProxyHeader;
import dev.headgate.netty.UpstreamPool.Client;
import dev.headgate.netty.UpstreamPool.Taker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens one connection for one request, within one time-out, TLS handshake included. Where an address fails, another
 * one is tried: nothing of the request has been sent yet, so that is safe whatever its method. Confined to its event
 * loop; it holds the right to open a connection.
 */
final class UpstreamConnecting {
    private static final int MOST_ADDRESSES = 3;

    private final UpstreamConnections connections;
    private final Upstream upstream;
    private final Snapshot snapshot;
    private final Taker taker;
    private final long end;
    private final List<UpstreamAddress> tried = new ArrayList<>(1);

    UpstreamConnecting(UpstreamConnections connections, Snapshot snapshot, Taker taker) {
        this.connections = connections;
        this.upstream = connections.upstream();
        this.snapshot = snapshot;
        this.taker = taker;
        this.end = System.nanoTime() + snapshot.timeouts().upstreamConnect().toNanos();
    }

    void to(UpstreamAddress address) {
        tried.add(address);
        address.requestStarted();
        new Attempt(address, time()).start();
    }

    /** The first address leaves half of the time for another one, where there is one. */
    private long time() {
        long left = end - System.nanoTime();
        return tried.size() == 1 && upstream.addresses().length > 1 ? left / 2 : left;
    }

    private void failed(Throwable cause) {
        boolean again = tried.size() < MOST_ADDRESSES && !(cause instanceof NoSocket);
        UpstreamAddress next =
                again && end - System.nanoTime() > 0 && taker.isWaiting() ? upstream.choose(tried) : null;
        if (next != null) {
            to(next);
        } else {
            upstream.release();
            taker.unreachable(cause, tried.get(tried.size() - 1));
            connections.forgetIfRetired();
        }
    }

    private final class Attempt extends ChannelInitializer<Channel> {
        private final UpstreamAddress address;
        private final long start = System.nanoTime();
        private final long time;
        private final Client client;
        private @Nullable Future<?> timeout;
        private @Nullable Channel channel;
        private @Nullable UpstreamHandler handler;
        private boolean done;

        Attempt(UpstreamAddress address, long time) {
            this.address = address;
            this.time = time;
            this.client = taker.client();
        }

        void start() {
            timeout = connections.loop().loop().schedule(this::late, Math.max(0, time), TimeUnit.NANOSECONDS);
            ChannelFuture connect;
            try {
                connect = upstream.connect(connections.loop().loop(), connections.transport(), address, this);
            } catch (NoSocket e) {
                end(e);
                return;
            }
            channel = connect.channel();
            connect.addListener((ChannelFuture connected) -> {
                SslHandler tls =
                        connected.isSuccess() ? connected.channel().pipeline().get(SslHandler.class) : null;
                if (tls == null) {
                    end(connected.cause());
                } else {
                    tls.handshakeFuture().addListener((Future<Channel> handshake) -> end(handshake.cause()));
                }
            });
        }

        @Override
        protected void initChannel(Channel made) {
            SslHandler tls = upstream.begin(made, client);
            if (tls != null) {
                // The one of this attempt covers the handshake too.
                tls.setHandshakeTimeoutMillis(0);
            }
            handler = new UpstreamHandler(
                    made,
                    upstream,
                    address,
                    upstream.options().proxyHeader() == ProxyHeader.NONE ? null : client,
                    connections.loop(),
                    snapshot,
                    connections.edge().connections());
            made.pipeline().addLast(UpstreamHandler.NAME, handler);
        }

        private void late() {
            String none = "none within " + TimeUnit.NANOSECONDS.toMillis(time) + " ms";
            boolean connected = channel != null && channel.isActive();
            end(connected ? new SslHandshakeTimeoutException(none) : new ConnectTimeoutException(none));
        }

        private void end(@Nullable Throwable failure) {
            if (done) {
                return;
            }
            done = true;
            if (timeout != null) {
                timeout.cancel(false);
            }
            UpstreamHandler connection = handler;
            boolean ok = failure == null && connection != null && connection.isOpen();
            connections.edge().connections().upstreamConnected(upstream.name(), System.nanoTime() - start, ok);
            if (ok && connection != null) {
                connection.opened();
                taker.connected(connection, false);
                return;
            }
            if (channel != null) {
                channel.close();
            }
            address.requestEnded();
            if (!(failure instanceof NoSocket)) {
                address.failed();
            }
            failed(failure == null ? new IllegalStateException("closed while connecting") : failure);
        }
    }
}
