package dev.headgate.netty;

import java.net.SocketAddress;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to upstreams. The one used last is taken first: it is the one least likely to have been
 * closed meanwhile. Confined to its event loop.
 */
final class UpstreamPool {
    /** Who asks for a connection. One of the first three is called, once. */
    interface Taker {
        /**
         * @param reused whether it has carried a request before, and so may turn out to be dead
         */
        void connected(UpstreamHandler connection, boolean reused);

        /**
         * @param last the address that was tried last; null for none
         */
        void unreachable(Throwable cause, @Nullable UpstreamAddress last);

        /**
         * The bounds on connections and waiting requests are reached.
         *
         * @param detail in words
         */
        void overloaded(String detail);

        /** Whether a connection is still of use. */
        boolean isWaiting();

        /** The two ends of the client's connection, for the header of the PROXY protocol. */
        Client client();
    }

    /**
     * The two ends of a client's connection. Upstream connections that start with the header of the PROXY protocol are
     * for one client's connection only.
     */
    record Client(@Nullable SocketAddress remote, @Nullable SocketAddress local) {}

    private final LoopState loop;
    private final Edge edge;
    private final Transport transport;
    private final Map<Upstream, UpstreamConnections> upstreams = new IdentityHashMap<>();

    UpstreamPool(LoopState loop, Edge edge, Transport transport) {
        this.loop = loop;
        this.edge = edge;
        this.transport = transport;
    }

    /** Takes an idle connection, or opens one, or waits for one. */
    void take(Upstream upstream, Snapshot snapshot, Taker taker) {
        connections(upstream).take(snapshot, taker, false);
    }

    /** Opens a connection, whatever is idle, or waits until that is possible. */
    void open(Upstream upstream, Snapshot snapshot, Taker taker) {
        connections(upstream).take(snapshot, taker, true);
    }

    private UpstreamConnections connections(Upstream upstream) {
        UpstreamConnections known = upstreams.get(upstream);
        if (known != null) {
            return known;
        }
        UpstreamConnections made = new UpstreamConnections(upstream, loop, edge, transport);
        upstreams.put(upstream, made);
        upstream.join(made);
        upstream.watch(loop.loop(), transport, edge.connections());
        return made;
    }

    /** Gives back a connection on which every message is complete. */
    void giveBack(UpstreamHandler connection) {
        connections(connection.upstream()).giveBack(connection);
    }

    /** A connection that was opened has closed. */
    void closed(UpstreamHandler connection) {
        connections(connection.upstream()).closed(connection);
    }

    void forget(UpstreamConnections connections) {
        upstreams.remove(connections.upstream());
    }

    /** Closes what is idle. */
    void closeIdle() {
        List.copyOf(upstreams.values()).forEach(UpstreamConnections::closeIdle);
    }
}
