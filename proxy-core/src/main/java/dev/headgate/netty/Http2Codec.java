package dev.headgate.netty;

import io.netty.handler.codec.http2.DecoratingHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.AsciiString;
import java.util.Set;

/**
 * Frames, compression and flow control: Netty's, with what it would check or change in fields left to {@link
 * dev.headgate.http.StreamFields}.
 */
final class Http2Codec extends Http2FrameCodecBuilder {
    private static final int STREAMS = 100;
    private static final int STREAM_WINDOW = 64 * 1024 - 1;
    /** As much as all streams together: those whose content waits for the upstream must not hold up the others. */
    private static final int CONNECTION_WINDOW = STREAMS * STREAM_WINDOW;

    private static final int SMALL_CONTINUATIONS = 16;
    private static final int FIELD_OVERHEAD = 32;

    /** Answers to SETTINGS and PING, and resets, that the client has not read yet. */
    private static final int QUEUED_CONTROL_FRAMES = 1000;

    /** Resets for a client's errors, those of streams that were none among them, for each {@link #SECONDS}. */
    private static final int RESETS = 1000;

    private static final int SECONDS = 10;

    /** What no intermediary's compression may keep (RFC 7541 section 7.1.3). */
    private static final Set<AsciiString> SENSITIVE = Set.of(
            AsciiString.cached("authorization"),
            AsciiString.cached("proxy-authorization"),
            AsciiString.cached("cookie"),
            AsciiString.cached("set-cookie"));

    private static final SensitivityDetector NEVER_INDEXED = (name, value) -> SENSITIVE.contains(AsciiString.of(name));

    private final int headLimit;

    private Http2Codec(int headLimit) {
        this.headLimit = headLimit;
    }

    static Http2FrameCodec of(Limits limits) {
        // No time-out of its own: who closes a connection has waited for its streams.
        return new Http2Codec(limits.head())
                .connection(newConnection())
                .headerSensitivityDetector(NEVER_INDEXED)
                .encoderEnforceMaxQueuedControlFrames(QUEUED_CONTROL_FRAMES)
                .encoderEnforceMaxRstFramesPerWindow(RESETS, SECONDS)
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(STREAMS)
                        .initialWindowSize(STREAM_WINDOW)
                        .connectProtocolEnabled(true)
                        .maxHeaderListSize((long) limits.head() + (long) limits.fields() * FIELD_OVERHEAD))
                .gracefulShutdownTimeoutMillis(0)
                .build();
    }

    /** Streams take turns, whatever priorities the client gives them: RFC 9113 section 5.3 has done away with these. */
    private static DefaultHttp2Connection newConnection() {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        return connection;
    }

    /** With a reader of our own; what the builder puts around Netty's is counted in {@link Http2Connection}. */
    @Override
    protected Http2FrameCodec build(
            Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initialSettings) {
        decoder.close();
        DefaultHttp2FrameReader reader =
                new DefaultHttp2FrameReader(new FieldBlockDecoder(headLimit), SMALL_CONTINUATIONS);
        Http2ConnectionEncoder strict = new DecoratingHttp2ConnectionEncoder(encoder) {
            @Override
            public void remoteSettings(Http2Settings settings) throws Http2Exception {
                try {
                    super.remoteSettings(settings);
                } catch (StreamException e) {
                    // Some of the other streams have not got their new window (RFC 9113 section 6.9.2).
                    throw Http2Exception.connectionError(e.error(), e, "SETTINGS: %s", e.getMessage());
                }
            }
        };
        return super.build(
                new DefaultHttp2ConnectionDecoder(encoder.connection(), strict, reader), strict, initialSettings);
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
