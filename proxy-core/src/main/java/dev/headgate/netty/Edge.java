package dev.headgate.netty;

import dev.headgate.session.KeyedHash;
import dev.headgate.session.SessionStore;
import java.time.InstantSource;

/**
 * What all connections share, for as long as the process lives. Thread-safe: the snapshot is swapped by one volatile
 * write, the rest does not change.
 */
public final class Edge {
    private final SessionStore sessions;
    private final KeyedHash hash;
    private final InstantSource clock;
    private final ExchangeListener exchanges;
    private final ConnectionListener connections;
    private volatile Snapshot snapshot;
    private volatile boolean draining;

    public Edge(
            Snapshot snapshot,
            SessionStore sessions,
            KeyedHash hash,
            InstantSource clock,
            ExchangeListener exchanges,
            ConnectionListener connections) {
        this.snapshot = snapshot;
        this.sessions = sessions;
        this.hash = hash;
        this.clock = clock;
        this.exchanges = exchanges;
        this.connections = connections;
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /** Requests that start from now on see this one. */
    public void swap(Snapshot next) {
        snapshot = next;
    }

    /** From now on new requests are refused and connections close after the exchange they are in. */
    public void drain() {
        draining = true;
    }

    public boolean isDraining() {
        return draining;
    }

    SessionStore sessions() {
        return sessions;
    }

    KeyedHash hash() {
        return hash;
    }

    InstantSource clock() {
        return clock;
    }

    ExchangeListener exchanges() {
        return exchanges;
    }

    ConnectionListener connections() {
        return connections;
    }
}
