package dev.headgate.netty;

import java.time.Duration;

/**
 * How long a side may take. Looked at about every tenth of the shortest of them, so late by that much and
 * never early.
 *
 * @param head from a request's first byte to the end of its head
 * @param idle without a byte, on a connection that should have some, or between requests; both sides
 * @param upstreamConnect for a connection, its TLS handshake and a second address where the first one fails included;
 *     likewise until one of the upstream's connections is free, or its name resolves for the first time
 * @param upstreamResponse from the request's last byte sent to the answer's first byte
 */
public record Timeouts(Duration head, Duration idle, Duration upstreamConnect, Duration upstreamResponse) {}
