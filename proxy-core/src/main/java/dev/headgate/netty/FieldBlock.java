package dev.headgate.netty;

import dev.headgate.http.StreamFields;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/**
 * What a HEADERS frame brings, kept as it came. To Netty it looks empty, so that nothing of it is checked in another
 * reading, joined or normalised (Netty writes {@code content-length: 02} anew).
 */
final class FieldBlock extends DefaultHttp2Headers {
    /** In slots. Nothing will be in it. */
    private static final int SMALLEST_TABLE = 2;

    private final StreamFields fields;

    FieldBlock(int limit) {
        super(false, SMALLEST_TABLE);
        this.fields = new StreamFields(limit);
    }

    StreamFields fields() {
        return fields;
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        AsciiString n = AsciiString.of(name);
        AsciiString v = AsciiString.of(value);
        fields.add(
                n.array(),
                n.arrayOffset(),
                n.arrayOffset() + n.length(),
                v.array(),
                v.arrayOffset(),
                v.arrayOffset() + v.length());
        return this;
    }
}
