package dev.headgate.netty;

import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;

/** Decompresses HEADERS frames. Their size is bounded here as compressed, and by {@link FieldBlock} as decompressed. */
final class FieldBlockDecoder extends DefaultHttp2HeadersDecoder {
    private final int limit;

    /**
     * @param limit the most that a head may have, in bytes
     */
    FieldBlockDecoder(int limit) {
        super(false, Long.MAX_VALUE >> 8);
        this.limit = limit;
    }

    @Override
    protected Http2Headers newHeaders() {
        return new FieldBlock(limit);
    }

    /** What the settings advertise is for the client to know; the bound here stays. */
    @Override
    public void maxHeaderListSize(long max, long goAwayMax) {}

    /** The most that a compressed block may have before the connection ends for it, in bytes. */
    @Override
    public long maxHeaderListSizeGoAway() {
        return 2L * limit;
    }
}
