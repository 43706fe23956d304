package dev.headgate.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sets up a client's connection: bytes to requests, the gate, the way upstream. */
@Sharable
public final class DownstreamInitializer extends ChannelInitializer<Channel> {
    private final Edge edge;
    private final Transport transport;
    private final Supplier<@Nullable DownstreamTls> tls;
    private final BooleanSupplier http2;
    private final BooleanSupplier proxyProtocol;
    private final Map<EventLoop, LoopState> loops;

    private DownstreamInitializer(
            Edge edge,
            Transport transport,
            Supplier<@Nullable DownstreamTls> tls,
            BooleanSupplier http2,
            BooleanSupplier proxyProtocol,
            Map<EventLoop, LoopState> loops) {
        this.edge = edge;
        this.transport = transport;
        this.tls = tls;
        this.http2 = http2;
        this.proxyProtocol = proxyProtocol;
        this.loops = loops;
    }

    /**
     * For plain HTTP.
     *
     * @param transport the one that the channels are of
     */
    public static DownstreamInitializer of(Edge edge, Transport transport) {
        return new DownstreamInitializer(
                edge, transport, () -> null, () -> false, () -> false, new ConcurrentHashMap<>());
    }

    /**
     * The same, sharing upstream connections, for a listener that may have TLS.
     *
     * @param settings asked for each connection, on its event loop; null for plain HTTP
     */
    public DownstreamInitializer withTls(Supplier<@Nullable DownstreamTls> settings) {
        return new DownstreamInitializer(edge, transport, settings, http2, proxyProtocol, loops);
    }

    /**
     * The same, for a listener whose clients may speak HTTP/2 without TLS from the first byte on (RFC 9113 section 3.3).
     *
     * @param allowed asked for each connection without TLS, on its event loop
     */
    public DownstreamInitializer withPriorKnowledge(BooleanSupplier allowed) {
        return new DownstreamInitializer(edge, transport, tls, allowed, proxyProtocol, loops);
    }

    /**
     * The same, for a listener whose connections may begin with a header of the PROXY protocol, version 1 or 2.
     *
     * @param begins asked for each connection, on its event loop; whether it must
     */
    public DownstreamInitializer withProxyProtocol(BooleanSupplier begins) {
        return new DownstreamInitializer(edge, transport, tls, http2, begins, loops);
    }

    @Override
    protected void initChannel(Channel channel) {
        LoopState loop = loops.computeIfAbsent(channel.eventLoop(), l -> new LoopState(l, edge, transport));
        DownstreamTls settings = tls.get();
        ClientConnection connection = new ClientConnection(channel, edge, loop, settings != null);
        boolean proxied = proxyProtocol.getAsBoolean();
        if (!connection.enter() || !proxied && !connection.enterForClient()) {
            return;
        }
        channel.pipeline().addLast(ClientConnection.NAME, connection);
        if (proxied) {
            ProxyProtocolHandler.await(connection, () -> begin(connection, settings));
        } else {
            begin(connection, settings);
        }
    }

    private void begin(ClientConnection connection, @Nullable DownstreamTls settings) {
        Channel channel = connection.channel();
        if (settings != null) {
            Duration limit = edge.snapshot().timeouts().head();
            channel.pipeline().addLast("tls", settings.newHandler(connection, limit));
        }
        if (settings == null && !http2.getAsBoolean()) {
            Http1Connection.start(connection);
        } else {
            channel.pipeline().addLast(ProtocolHandler.NAME, new ProtocolHandler(connection));
        }
    }

    /**
     * Lets each connection end: at once between requests, else after the exchange it is in. Any thread.
     *
     * @return how many connections are still open, the next time each event loop comes to it
     */
    public CompletableFuture<Integer> drain() {
        return drain(Duration.ZERO);
    }

    /**
     * Lets each connection end: after the exchange it is in, or, between requests, when none has come for a while. To be
     * called again and again until none is open. Any thread.
     *
     * @param grace how long a request is waited for that may be on its way; one that comes is answered
     * @return how many connections are still open, the next time each event loop comes to it
     */
    public CompletableFuture<Integer> drain(Duration grace) {
        edge.drain(grace);
        return onEachLoop(loop -> {
            List.copyOf(loop.connections()).forEach(ClientConnection::drain);
            loop.pool().closeIdle();
            return loop.connections().size();
        });
    }

    /** Breaks off what is still open; says how many that were. Any thread. */
    public CompletableFuture<Integer> abort() {
        return onEachLoop(loop -> {
            List<ClientConnection> open = List.copyOf(loop.connections());
            open.forEach(ClientConnection::reset);
            return open.size();
        });
    }

    private CompletableFuture<Integer> onEachLoop(Function<LoopState, Integer> action) {
        CompletableFuture<Integer> sum = CompletableFuture.completedFuture(0);
        for (LoopState loop : loops.values()) {
            sum = sum.thenCombine(CompletableFuture.supplyAsync(() -> action.apply(loop), loop.loop()), Integer::sum);
        }
        return sum;
    }
}
