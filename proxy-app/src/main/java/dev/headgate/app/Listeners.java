package dev.headgate.app;

import dev.headgate.app.InheritedSockets.Inherited;
import dev.headgate.app.Server.CannotStart;
import dev.headgate.app.ServerTls.Secured;
import dev.headgate.config.Address;
import dev.headgate.config.Config.Listener;
import dev.headgate.config.Config.Tls;
import dev.headgate.netty.DownstreamInitializer;
import dev.headgate.netty.DownstreamTls;
import dev.headgate.netty.Transport;
import dev.headgate.observe.Metrics.CertificateEnd;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening sockets. For one thread at a time; connections come in on the event loops. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private static final int BACKLOG = 4096;

    /** For an event loop to close a socket. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** What new connections get. */
    private record Settings(@Nullable Secured tls, boolean http2, boolean proxyProtocol) {
        @Nullable
        DownstreamTls downstreamTls() {
            return tls == null ? null : tls.tls();
        }
    }

    /** One socket. */
    private static final class Open {
        final Address address;
        final Channel channel;
        final @Nullable Inherited inherited;
        volatile Settings settings;

        Open(Address address, Channel channel, @Nullable Inherited inherited, Settings settings) {
            this.address = address;
            this.channel = channel;
            this.inherited = inherited;
            this.settings = settings;
        }

        String url() {
            InetSocketAddress bound = (InetSocketAddress) channel.localAddress();
            String host = inherited == null ? address.host() : NetUtil.toAddressString(bound.getAddress());
            return (settings.tls() == null ? "http://" : "https://") + new Address(host, bound.getPort());
        }
    }

    /** A change that is ready to be made. Until then the new sockets are open, and the old ones as they were. */
    final class Change {
        private final List<Open> after;
        private final List<Settings> settings;
        private final List<Open> added;
        private final List<Open> removed;

        private Change(List<Open> after, List<Settings> settings, List<Open> added, List<Open> removed) {
            this.after = after;
            this.settings = settings;
            this.added = added;
            this.removed = removed;
        }

        /** Connections from now on get the new certificates; those that are open stay open, also of closed sockets. */
        void make() {
            for (int i = 0; i < after.size(); i++) {
                after.get(i).settings = settings.get(i);
            }
            removed.forEach(Listeners.this::close);
            open = List.copyOf(after);
        }

        private void undo() {
            added.forEach(Listeners.this::close);
        }
    }

    private final Transport transport;
    private final EventLoopGroup loops;
    private final DownstreamInitializer connections;
    private final InheritedSockets inherited;
    private final ServerTls tls;
    private List<Open> open = List.of();

    Listeners(
            Transport transport,
            EventLoopGroup loops,
            DownstreamInitializer connections,
            InheritedSockets inherited,
            ServerTls tls) {
        this.tls = tls;
        this.transport = transport;
        this.loops = loops;
        this.connections = connections;
        this.inherited = inherited;
    }

    /** Reads the certificates and binds what is new: all of it, or nothing. */
    Change prepare(List<Listener> next) throws CannotStart {
        List<Settings> settings = new ArrayList<>();
        for (Listener listener : next) {
            Tls config = listener.tls();
            settings.add(new Settings(
                    config == null ? null : tls.of(listener, config),
                    listener.speaksHttp2(),
                    listener.proxyProtocol()));
        }
        List<Open> left = new ArrayList<>(open);
        Change change = new Change(new ArrayList<>(), settings, new ArrayList<>(), left);
        try {
            for (int i = 0; i < next.size(); i++) {
                Address address = next.get(i).address();
                Open same = take(left, address);
                if (same == null) {
                    same = bind(address, settings.get(i));
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

    private Open bind(Address address, Settings first) throws CannotStart {
        String name = address.inherited();
        if (name != null) {
            return accept(address, name, first);
        }
        AtomicReference<@Nullable Open> self = new AtomicReference<>();
        ChannelFuture bound = configure(transport.listener(loops), self, first)
                .bind(address.host(), address.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw Server.cannotListen(address, bound.cause());
        }
        Open socket = new Open(address, bound.channel(), null, first);
        self.set(socket);
        return socket;
    }

    /** Accepts from a socket that listens already. */
    private Open accept(Address address, String name, Settings first) throws CannotStart {
        if (inherited.isEmpty()) {
            throw Server.cannotListen(
                    address,
                    new IllegalStateException("systemd passed no sockets to this process (expected: start by its socket"
                            + " unit, or systemd-socket-activate)"));
        }
        if (transport != Transport.EPOLL) {
            throw Server.cannotListen(
                    address,
                    new UnsupportedOperationException("server.transport: "
                            + transport.name().toLowerCase(Locale.ROOT)
                            + " (expected: epoll, or auto in a process that was started by its socket unit)"));
        }
        Inherited passed = null;
        try {
            passed = inherited.take(name);
            AtomicReference<@Nullable Open> self = new AtomicReference<>();
            ChannelFuture registered = configure(transport.listener(loops, passed.duplicate()), self, first)
                    // Its pipeline is ready one turn of the event loop after it is registered.
                    .option(ChannelOption.AUTO_READ, false)
                    .register()
                    .awaitUninterruptibly();
            if (!registered.isSuccess()) {
                throw new IOException(registered.cause());
            }
            Channel channel = registered.channel();
            Open socket = new Open(address, channel, passed, first);
            self.set(socket);
            channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
            return socket;
        } catch (IOException e) {
            if (passed != null) {
                inherited.giveBack(passed);
            }
            throw Server.cannotListen(address, e);
        }
    }

    private ServerBootstrap configure(ServerBootstrap listener, AtomicReference<@Nullable Open> self, Settings first) {
        return listener.option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(connections
                        .withTls(() -> current(self, first).downstreamTls())
                        .withPriorKnowledge(() -> current(self, first).http2())
                        .withProxyProtocol(() -> current(self, first).proxyProtocol()));
    }

    private void close(Open socket) {
        // An inherited one goes on listening: connections wait in its backlog for the next process.
        ChannelFuture closed = socket.channel.close();
        if (!closed.awaitUninterruptibly(PATIENCE.toMillis())) {
            LOG.warn("{}: not closed: its event loop does not answer", socket.url());
        }
        if (socket.inherited != null) {
            inherited.giveBack(socket.inherited);
        }
    }

    /** A connection may come before the socket is known here. */
    private static Settings current(AtomicReference<@Nullable Open> self, Settings first) {
        Open socket = self.get();
        return socket == null ? first : socket.settings;
    }

    /** The base URL of each, in the order of the configuration, with the port really bound. */
    List<String> urls() {
        return open.stream().map(Open::url).toList();
    }

    /** When the certificates of all of them end. */
    List<CertificateEnd> certificates() {
        List<CertificateEnd> ends = new ArrayList<>();
        for (Open socket : open) {
            Secured secured = socket.settings.tls();
            if (secured != null) {
                ends.addAll(secured.ends());
            }
        }
        return ends;
    }

    /** Takes no more connections. Blocks until that is so, and no longer than a second for each that does not close. */
    void close() {
        open.forEach(socket -> socket.channel.close());
        open.forEach(this::close);
    }
}
