package dev.headgate.netty;

import dev.headgate.http.BadHead;
import dev.headgate.http.ChunkParser;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.Trailers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Follows a body's framing, and hands on what is content. Not thread-safe. */
final class BodyReader {
    /** Takes content, which it must release. */
    interface Sink {
        void data(ByteBuf content);
    }

    private final HeadParser parser;
    private final int maxTrailers;
    private Framing.Kind kind = Framing.Kind.NONE;
    private long remaining;
    private @Nullable ChunkParser chunks;
    private boolean inData;

    BodyReader(HeadParser parser, int maxTrailers) {
        this.parser = parser;
        this.maxTrailers = maxTrailers;
    }

    void start(Framing framing) {
        kind = framing.kind();
        remaining = framing.length();
        inData = false;
        chunks = kind == Framing.Kind.CHUNKED ? new ChunkParser(parser, maxTrailers) : null;
    }

    /**
     * Takes from {@code in} what belongs to the body, and nothing behind it.
     *
     * @return whether the body is complete
     */
    boolean read(ByteBuf in, Sink sink) throws BadHead {
        switch (kind) {
            case NONE:
                return true;
            case LENGTH:
                int n = (int) Math.min(remaining, in.readableBytes());
                remaining -= n;
                if (n > 0) {
                    sink.data(in.readRetainedSlice(n));
                }
                return remaining == 0;
            case UNTIL_CLOSE:
                if (in.isReadable()) {
                    sink.data(in.readRetainedSlice(in.readableBytes()));
                }
                return false;
            case CHUNKED:
                return readChunks(in, sink);
        }
        throw new IllegalStateException("framing " + kind);
    }

    private boolean readChunks(ByteBuf in, Sink sink) throws BadHead {
        ChunkParser parser = chunks;
        if (parser == null) {
            throw new IllegalStateException("chunks before start");
        }
        while (in.isReadable()) {
            if (inData) {
                int n = (int) Math.min(parser.remaining(), in.readableBytes());
                inData = parser.skip(n) == ChunkParser.Next.DATA;
                sink.data(in.readRetainedSlice(n));
                continue;
            }
            ChunkParser.Next next = parser.feed(in.readByte());
            inData = next == ChunkParser.Next.DATA;
            if (next == ChunkParser.Next.END) {
                return true;
            }
        }
        return false;
    }

    /** Octets that are still to come, where the framing tells; else -1. */
    long remaining() {
        return switch (kind) {
            case NONE, LENGTH -> remaining;
            case CHUNKED, UNTIL_CLOSE -> -1;
        };
    }

    /** Whether the end of the connection is a proper end of this body. */
    boolean endsWithConnection() {
        return kind == Framing.Kind.UNTIL_CLOSE;
    }

    @Nullable
    Trailers trailers() {
        return chunks == null ? null : chunks.trailers();
    }
}
