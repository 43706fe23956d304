package dev.headgate.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Forwards what the gate has let pass of a connection or stream: one {@link Forwarding} for each exchange. Confined to the
 * event loop.
 */
final class Forwarder {
    private @Nullable Forwarding current;

    void begin(Exchange exchange) {
        release();
        Forwarding forwarding = new Forwarding(exchange);
        current = forwarding;
        forwarding.start();
    }

    /** Takes the content over. */
    void data(ByteBuf data) {
        if (current == null) {
            data.release();
        } else {
            current.requestData(data);
        }
    }

    void end(BodyEnd end) {
        if (current != null) {
            current.requestEnd(end);
        }
    }

    void flushRequest() {
        if (current != null) {
            current.flushRequest();
        }
    }

    /** The client takes more of the answer again. */
    void writable() {
        if (current != null) {
            current.downstreamWritable();
        }
    }

    /** Lets go of what is held of the exchange at hand. */
    void release() {
        if (current != null) {
            current.release();
        }
    }
}
