package dev.headgate.netty;

/**
 * Told of exchanges as they go. Called on the exchange's event loop, so it must neither block nor throw.
 */
public interface ExchangeListener {
    /** A request's first byte has been read. */
    default void started() {}

    /** A message has gone through a WebSocket of a route that taps frames. */
    default void frame(FrameRecord frame) {}

    /** An exchange is over: once for each {@link #started()}, malformed and aborted requests included. */
    void finished(ExchangeRecord exchange);
}
