package dev.headgate.netty;

import dev.headgate.http.Framing;
import dev.headgate.http.RequestHead;

/**
 * A request whose head has been read. Its body follows as buffers, and then a {@link BodyEnd}.
 *
 * @param startNanos when its first byte was read, by {@link System#nanoTime()}
 * @param headNanos likewise the last one of its head
 */
record Request(RequestHead head, Framing framing, long startNanos, long headNanos) {}
