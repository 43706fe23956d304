package dev.headgate.netty;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import java.util.Set;

/**
 * Frames, compression and flow control: Netty's, with what it would check or change in fields left to {@link
 * dev.headgate.http.StreamFields}.
 */
final class Http2Codec extends Http2FrameCodecBuilder {
    private static final int STREAMS = 100;
    private static final int STREAM_WINDOW = 64 * 1024 - 1;
    /** One stream that nobody reads must not hold up the others. */
    private static final int CONNECTION_WINDOW = 1024 * 1024;

    private static final int SMALL_CONTINUATIONS = 16;
    private static final int FIELD_OVERHEAD = 32;

    /** What no intermediary's compression may keep (RFC 7541 section 7.1.3). */
    private static final Set<AsciiString> SENSITIVE = Set.of(
            AsciiString.cached("authorization"),
            AsciiString.cached("proxy-authorization"),
            AsciiString.cached("cookie"),
            AsciiString.cached("set-cookie"));

    private static final SensitivityDetector NEVER_INDEXED = (name, value) -> SENSITIVE.contains(AsciiString.of(name));

    private Http2Codec() {}

    static Http2FrameCodec of(Limits limits) {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
        Http2ConnectionEncoder encoder =
                new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter(NEVER_INDEXED));
        DefaultHttp2FrameReader reader =
                new DefaultHttp2FrameReader(new FieldBlockDecoder(limits.head()), SMALL_CONTINUATIONS);
        DefaultHttp2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(connection, encoder, reader);
        // No time-out of its own: who closes a connection has waited for its streams.
        return new Http2Codec()
                .codec(decoder, encoder)
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(STREAMS)
                        .initialWindowSize(STREAM_WINDOW)
                        .connectProtocolEnabled(true)
                        .maxHeaderListSize((long) limits.head() + (long) limits.fields() * FIELD_OVERHEAD))
                .gracefulShutdownTimeoutMillis(0)
                .build();
    }

    /** To be called when the codec is in its pipeline. */
    static void widen(Http2FrameCodec codec) throws Http2Exception {
        var connection = codec.connection();
        connection
                .local()
                .flowController()
                .incrementWindowSize(connection.connectionStream(), CONNECTION_WINDOW - STREAM_WINDOW);
    }
}
