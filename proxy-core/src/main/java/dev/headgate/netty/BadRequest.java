package dev.headgate.netty;

import dev.headgate.gate.Verdict.Deny;

/**
 * Bytes that are no request, or a request that stopped arriving. Nothing follows it on its connection.
 *
 * @param bytes the head as far as it was read, of which the first {@code length} count; empty when the fault is in a
 *     body
 * @param startNanos when the request's first byte was read, by {@link System#nanoTime()}
 */
record BadRequest(Deny deny, byte[] bytes, int length, long startNanos) {}
