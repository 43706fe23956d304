package dev.headgate.netty;

import java.time.Duration;

/**
 * How long a side may take. Looked at about every twentieth of the shortest of them, so late by a tenth of that
 * and never early; one below 100 ms is late by 10 ms at most.
 *
 * @param head from a request's first byte to the end of its head
 * @param idle without a byte, on a connection that should have some, or between requests; both sides
 * @param upstreamConnect for a connection, its TLS handshake and a second address where the first one fails included;
 *     likewise until one of the upstream's connections is free, or its name resolves for the first time
 * @param upstreamResponse from the request's last byte sent to the answer's first byte
 * @param websocket without a byte either way, in a WebSocket
 */
public record Timeouts(
        Duration head, Duration idle, Duration upstreamConnect, Duration upstreamResponse, Duration websocket) {
    /** Clients' libraries ping every 15 to 30 s. */
    private static final Duration WEBSOCKET = Duration.ofSeconds(75);

    /** With 75 s for a WebSocket. */
    public Timeouts(Duration head, Duration idle, Duration upstreamConnect, Duration upstreamResponse) {
        this(head, idle, upstreamConnect, upstreamResponse, WEBSOCKET);
    }
}
