package dev.headgate.replay;

import java.io.Closeable;
import java.io.IOException;

/** Writes masked exchanges in one format. Not thread-safe. */
interface ExchangeWriter extends Closeable {
    void write(RecordedExchange exchange) throws IOException;

    /** Ends the text and flushes it; the stream stays open. */
    @Override
    void close() throws IOException;
}
