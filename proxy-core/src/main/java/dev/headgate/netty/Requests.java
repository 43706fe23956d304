package dev.headgate.netty;

/**
 * Takes what a decoder makes of a client's bytes or frames: for each request its head, its content, and its end. Called by
 * the decoder alone, on its event loop.
 */
interface Requests extends BodyReader.Sink {
    void begin(Request request);

    /** The request is complete. */
    void end(BodyEnd end);

    /** What came is no request, or stopped being one; nothing follows. */
    void bad(BadRequest bad);

    /** What has been read for now is all handed over. */
    void readComplete();

    /** The client takes more of the answer again. */
    void writable();

    /** The connection or stream has failed, or there is a defect: the exchange at hand ends with it. */
    void failed(Throwable cause);

    /** The connection or stream is closed. */
    void closed();
}
