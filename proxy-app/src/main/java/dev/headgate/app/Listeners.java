package dev.headgate.app;

import dev.headgate.app.Server.CannotStart;
import dev.headgate.config.Address;
import dev.headgate.config.Config.Listener;
import dev.headgate.netty.DownstreamInitializer;
import dev.headgate.netty.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The listening sockets. For one thread at a time; connections come in on the event loops. */
final class Listeners {
    private static final int BACKLOG = 4096;

    /** One socket. */
    private static final class Open {
        final Address address;
        final Channel channel;
        volatile @Nullable SslContext tls;

        Open(Address address, Channel channel, @Nullable SslContext tls) {
            this.address = address;
            this.channel = channel;
            this.tls = tls;
        }

        String url() {
            int port = ((InetSocketAddress) channel.localAddress()).getPort();
            return (tls == null ? "http://" : "https://") + new Address(address.host(), port);
        }
    }

    /** A change that is ready to be made. Until then the new sockets are open, and the old ones as they were. */
    final class Change {
        private final List<Open> after;
        private final List<@Nullable SslContext> contexts;
        private final List<Open> added;
        private final List<Open> removed;

        private Change(List<Open> after, List<@Nullable SslContext> contexts, List<Open> added, List<Open> removed) {
            this.after = after;
            this.contexts = contexts;
            this.added = added;
            this.removed = removed;
        }

        /** Connections from now on get the new certificates; those that are open stay open, also of closed sockets. */
        void make() {
            for (int i = 0; i < after.size(); i++) {
                after.get(i).tls = contexts.get(i);
            }
            removed.forEach(socket -> socket.channel.close().awaitUninterruptibly());
            open = List.copyOf(after);
        }

        private void undo() {
            added.forEach(socket -> socket.channel.close().awaitUninterruptibly());
        }
    }

    private final Transport transport;
    private final EventLoopGroup loops;
    private final DownstreamInitializer connections;
    private List<Open> open = List.of();

    Listeners(Transport transport, EventLoopGroup loops, DownstreamInitializer connections) {
        this.transport = transport;
        this.loops = loops;
        this.connections = connections;
    }

    /** Reads the certificates and binds what is new: all of it, or nothing. */
    Change prepare(List<Listener> next) throws CannotStart {
        List<@Nullable SslContext> contexts = new ArrayList<>();
        for (Listener listener : next) {
            contexts.add(listener.tls() == null ? null : TlsContexts.server(listener.tls()));
        }
        List<Open> left = new ArrayList<>(open);
        Change change = new Change(new ArrayList<>(), contexts, new ArrayList<>(), left);
        try {
            for (int i = 0; i < next.size(); i++) {
                Address address = next.get(i).address();
                Open same = take(left, address);
                if (same == null) {
                    same = bind(address, contexts.get(i));
                    change.added.add(same);
                }
                change.after.add(same);
            }
            return change;
        } catch (CannotStart | RuntimeException e) {
            change.undo();
            throw e;
        }
    }

    private static @Nullable Open take(List<Open> sockets, Address address) {
        for (Iterator<Open> each = sockets.iterator(); each.hasNext(); ) {
            Open socket = each.next();
            if (socket.address.equals(address)) {
                each.remove();
                return socket;
            }
        }
        return null;
    }

    private Open bind(Address address, @Nullable SslContext tls) throws CannotStart {
        AtomicReference<@Nullable Open> self = new AtomicReference<>();
        ChannelFuture bound = transport
                .listener(loops)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(connections.withTls(() -> {
                    Open socket = self.get();
                    return socket == null ? tls : socket.tls;
                }))
                .bind(address.host(), address.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw Server.cannotListen(address, bound.cause());
        }
        Open socket = new Open(address, bound.channel(), tls);
        self.set(socket);
        return socket;
    }

    /** The base URL of each, in the order of the configuration, with the port really bound. */
    List<String> urls() {
        return open.stream().map(Open::url).toList();
    }

    /** Takes no more connections. Blocks until that is so. */
    void close() {
        open.forEach(socket -> socket.channel.close().awaitUninterruptibly());
    }
}
