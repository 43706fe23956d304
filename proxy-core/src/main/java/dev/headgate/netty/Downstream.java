package dev.headgate.netty;

import dev.headgate.http.HeadWriter;
import dev.headgate.http.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Where requests come from and answers go: an HTTP/1.1 connection, or one stream of an HTTP/2 connection. What lies
 * behind it, from the gate on, does not ask which. Confined to its event loop.
 */
abstract class Downstream {
    private final Channel channel;
    private final ClientConnection connection;
    private boolean closing;

    /**
     * @param channel of which requests are read
     * @param connection that it is, or is part of
     */
    Downstream(Channel channel, ClientConnection connection) {
        this.channel = channel;
        this.connection = connection;
    }

    final Channel channel() {
        return channel;
    }

    final ClientConnection connection() {
        return connection;
    }

    final Edge edge() {
        return connection.edge();
    }

    final LoopState loop() {
        return connection.loop();
    }

    /** Runs on the event loop; a defect ends the exchange, as one in a handler does. Any thread. */
    final void run(Runnable task) {
        channel.eventLoop().execute(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                defect(e);
            }
        });
    }

    /** Ends the exchange at hand as a defect in a handler does. On the event loop. */
    final void defect(Throwable cause) {
        channel.pipeline().fireExceptionCaught(cause);
    }

    /** As logged, for a request of the newest minor version. */
    abstract String protocol();

    /** Whether no further request is taken here. */
    final boolean isClosing() {
        return closing;
    }

    /** After the exchange at hand no further one comes, whatever of its request is still to come. */
    final void closeAfterwards() {
        closing = true;
    }

    /** Octets of the request's body that are still to come; -1 where nothing tells. */
    abstract long bodyRemaining();

    abstract void pauseReading();

    abstract void resumeReading();

    /** The client has more than enough to read: it must take some of it in time. */
    abstract void expectTaking();

    /** It has. */
    abstract void taken();

    /** Writes the head of an interim answer, at once. */
    abstract void interim(HeadWriter head);

    /**
     * Starts the final answer.
     *
     * @param head in the form of HTTP/1.1
     * @param chunked whether an HTTP/1.1 connection frames the content in chunks; else it goes out as it is
     */
    abstract void head(HeadWriter head, boolean chunked);

    /**
     * Answers with a 101, at once: from here on what comes is content, until the client's side ends, and what goes is
     * too. A drain is passed on to the tunnel.
     *
     * @param head in the form of HTTP/1.1
     */
    abstract void upgrade(HeadWriter head, Tunnel tunnel);

    /** Takes the content over. */
    abstract void data(ByteBuf content);

    /** Ends the answer. */
    abstract void end(@Nullable Trailers trailers);

    /** What was written goes out. */
    abstract void flush();

    /** The exchange at hand is over, with everything about it written. */
    abstract void exchangeFinished();

    /** Breaks off so that the client cannot take what it got for a whole answer. */
    abstract void reset();

    /** The channel is closed: lets go of what waits to be written. */
    abstract void release();
}
