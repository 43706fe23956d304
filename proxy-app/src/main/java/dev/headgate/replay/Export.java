package dev.headgate.replay;

import dev.headgate.session.KeyedHash;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes recorded exchanges as something else, one by one in constant memory, and never a credential: placeholders stand
 * in their place, one for each token through all that one export writes. Not thread-safe.
 */
public final class Export implements Closeable {
    /** What can be written. */
    public enum Format {
        /** HAR 1.2. */
        HAR,
        /** Commands of curl for a POSIX shell. */
        CURL,
        /** Headgate's capture, version 1. */
        CAPTURE
    }

    private final Masking masking;
    private final ExchangeWriter writer;

    /**
     * @param out written in large parts; stays open
     * @param version of Headgate, for those formats that name their writer
     */
    public Export(Format format, OutputStream out, String version) throws IOException {
        this(format, out, version, KeyedHash.random());
    }

    /**
     * With the placeholders of a key, the same ones each time.
     *
     * @param hash secret, or a token can be guessed and the guess be proved
     */
    public Export(Format format, OutputStream out, String version, KeyedHash hash) throws IOException {
        this.masking = new Masking(hash);
        this.writer = switch (format) {
            case HAR -> new HarWriter(out, version);
            case CURL -> new CurlWriter(out);
            case CAPTURE -> new CaptureWriter(out);
        };
    }

    /** Writes one exchange, which must have a request. */
    public void write(RecordedExchange exchange) throws IOException {
        writer.write(masking.masked(exchange));
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
