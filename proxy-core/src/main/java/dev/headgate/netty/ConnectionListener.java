package dev.headgate.netty;

import dev.headgate.netty.ExchangeRecord.Side;

/** Told of connections. Called on event loops, so it must neither block nor throw. */
public interface ConnectionListener {
    ConnectionListener NONE = new ConnectionListener() {};

    /** Why a client's connection is closed before it could ask for anything. */
    enum Refused {
        /** As many as may be are open. */
        CONNECTIONS,
        /** As many of this client as may be are open. */
        CONNECTIONS_PER_CLIENT,
        /** It did not begin with a header of the PROXY protocol. */
        PROXY_PROTOCOL
    }

    default void downstreamOpened() {}

    default void downstreamClosed() {}

    /** A client's TLS handshake is over; told once, and not for a client that left without a byte. */
    default void tlsEnded(TlsOutcome outcome) {}

    /** A client's connection is closed before it could ask for anything; it was never {@link #downstreamOpened()}. */
    default void downstreamRefused(Refused why) {}

    /**
     * @param nanos from the first packet to the connection's, and with TLS its handshake's, end
     * @param ok whether there is a connection now
     */
    default void upstreamConnected(String upstream, long nanos, boolean ok) {}

    default void upstreamClosed(String upstream) {}

    /** @param change +1 when a connection turns idle, -1 when it is taken or closes */
    default void upstreamIdle(String upstream, int change) {}

    /** @param change +1 when a request begins to wait for a connection, -1 when it does not wait any more */
    default void upstreamWaiting(String upstream, int change) {}

    /** One of its addresses is left out for a while. */
    default void upstreamEjected(String upstream) {}

    default void webSocketOpened() {}

    default void webSocketClosed() {}

    /**
     * @param from whose frames these are
     * @param count 1 or more
     */
    default void webSocketFrames(Side from, long count) {}
}
