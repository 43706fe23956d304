package dev.headgate.netty;

/**
 * Told of exchanges as they go. Called on the exchange's event loop, so it must neither block nor throw.
 */
public interface ExchangeListener {
    /** A request's first byte has been read. */
    default void started() {}

    /** A message has gone through a WebSocket of a route that taps frames. */
    default void frame(FrameRecord frame) {}

    /**
     * A WebSocket opens: its 101 is about to be sent. {@link #finished} follows, with the same request id, start and
     * client.
     *
     * @param opening what is known by now; its durations and sizes are those of the handshake
     */
    default void upgraded(ExchangeRecord opening) {}

    /** An exchange is over: once for each {@link #started()}, malformed and aborted requests included. */
    void finished(ExchangeRecord exchange);
}
