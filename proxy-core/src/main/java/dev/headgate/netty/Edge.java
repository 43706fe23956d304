package dev.headgate.netty;

import dev.headgate.http.Framing;
import dev.headgate.http.RequestHead;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.SessionStore;
import dev.headgate.session.TokenFingerprint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

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
    private final ConnectionCounts connectionCounts;
    private final HandshakeWarnings handshakeWarnings = new HandshakeWarnings();
    private final RateLimiter<Long> clientRates = new RateLimiter<>();
    private final RateLimiter<TokenFingerprint> sessionRates = new RateLimiter<>();
    private final @Nullable CaptureListener captures;
    private volatile Snapshot snapshot;
    private volatile long drainGraceNanos;
    private volatile boolean draining;

    public Edge(
            Snapshot snapshot,
            SessionStore sessions,
            KeyedHash hash,
            InstantSource clock,
            ExchangeListener exchanges,
            ConnectionListener connections) {
        this(snapshot, sessions, hash, clock, exchanges, connections, null);
    }

    /**
     * @param captures told of whole exchanges; null for nobody
     */
    public Edge(
            Snapshot snapshot,
            SessionStore sessions,
            KeyedHash hash,
            InstantSource clock,
            ExchangeListener exchanges,
            ConnectionListener connections,
            @Nullable CaptureListener captures) {
        this.captures = captures;
        this.snapshot = snapshot;
        this.sessions = sessions;
        this.hash = hash;
        this.clock = clock;
        this.exchanges = exchanges;
        this.connections = connections;
        this.connectionCounts = new ConnectionCounts(connections);
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /** Requests that start from now on see this one. Upstreams that are not in it are never used again. */
    public void swap(Snapshot next) {
        Snapshot before = snapshot;
        snapshot = next;
        for (Upstream upstream : before.upstreams()) {
            if (!next.upstreams().contains(upstream)) {
                upstream.retire();
            }
        }
    }

    /** From now on new requests are refused and connections close after the exchange they are in. */
    public void drain() {
        drain(Duration.ZERO);
    }

    /**
     * From now on answers end their connections, and a connection that is between requests, or new, closes when none has
     * come for a while. Requests are refused only without such a grace.
     *
     * @param grace zero or more
     */
    public void drain(Duration grace) {
        drainGraceNanos = grace.toNanos();
        draining = true;
    }

    /** Nothing is forwarded any more: the upstreams' names are not looked up and their health is not checked from now on. */
    public void close() {
        snapshot.upstreams().forEach(Upstream::retire);
    }

    public boolean isDraining() {
        return draining;
    }

    /** How long a drain waits for a request that may be on its way. */
    long drainGraceNanos() {
        return drainGraceNanos;
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

    /**
     * What takes down an exchange that begins; null where nobody captures.
     *
     * @param head null where it could not be read
     * @param sinceStart nanoseconds since the first byte was read
     */
    @Nullable
    CapturedExchange capture(@Nullable RequestHead head, Framing framing, long sinceStart) {
        CaptureListener to = captures;
        if (to == null) {
            return null;
        }
        Instant start = clock.instant().minusNanos(sinceStart);
        return new CapturedExchange(to, head, framing, ChronoUnit.MICROS.between(Instant.EPOCH, start));
    }

    ConnectionCounts connectionCounts() {
        return connectionCounts;
    }

    HandshakeWarnings handshakeWarnings() {
        return handshakeWarnings;
    }

    /** By {@link dev.headgate.gate.IpAddress#network()}. */
    RateLimiter<Long> clientRates() {
        return clientRates;
    }

    RateLimiter<TokenFingerprint> sessionRates() {
        return sessionRates;
    }
}
