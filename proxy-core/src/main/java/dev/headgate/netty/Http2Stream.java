package dev.headgate.netty;

import dev.headgate.http.HeadWriter;
import dev.headgate.http.Trailers;
import dev.headgate.netty.Deadlines.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamFrame;
import org.jspecify.annotations.Nullable;

/** One stream of an HTTP/2 connection: one exchange. Confined to the connection's event loop. */
final class Http2Stream extends Downstream {
    private final Http2Connection streams;
    private final StreamDecoder decoder;
    private @Nullable Http2Headers pendingHead;
    private @Nullable ByteBuf pendingData;
    private @Nullable ChannelFuture lastWritten;

    /** Apart from that of the request, whose content may come all the while. */
    private final Deadline taking = new Deadline() {
        @Override
        void expired() {
            reset();
        }
    };

    private boolean takingAdded;

    Http2Stream(Channel channel, ClientConnection connection, Http2Connection streams) {
        super(channel, connection);
        this.streams = streams;
        this.decoder = new StreamDecoder(this, streams, new Gatekeeper(this));
    }

    StreamDecoder decoder() {
        return decoder;
    }

    @Override
    String protocol() {
        return "HTTP/2";
    }

    @Override
    long bodyRemaining() {
        return decoder.bodyRemaining();
    }

    @Override
    void pauseReading() {
        decoder.pause();
        channel().config().setAutoRead(false);
    }

    @Override
    void resumeReading() {
        decoder.expectMore();
        channel().config().setAutoRead(true);
    }

    @Override
    void expectTaking() {
        long nanos = edge().snapshot().timeouts().idle().toNanos();
        if (!takingAdded) {
            takingAdded = true;
            loop().deadlines().add(taking, nanos);
        }
        taking.set(nanos);
    }

    @Override
    void taken() {
        taking.clear();
    }

    @Override
    void interim(HeadWriter head) {
        channel().writeAndFlush(new DefaultHttp2HeadersFrame(StreamAnswer.head(head)));
    }

    @Override
    void head(HeadWriter head, boolean chunked) {
        pendingHead = StreamAnswer.head(head);
    }

    /** A 101 has no place in HTTP/2: a stream becomes a tunnel by a 200 (RFC 8441 section 5). */
    @Override
    void upgrade(HeadWriter head, Tunnel to) {
        Http2Headers answer = StreamAnswer.head(head);
        answer.status(HttpResponseStatus.OK.codeAsText());
        answer.remove(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
        channel().writeAndFlush(new DefaultHttp2HeadersFrame(answer));
        streams.opened(to);
        channel().closeFuture().addListener(closed -> streams.closed(to));
        decoder.tunnel();
    }

    @Override
    void data(ByteBuf content) {
        if (!content.isReadable()) {
            content.release();
            return;
        }
        push();
        pendingData = content;
    }

    /** The frame written last carries END_STREAM, so that no empty one has to. */
    @Override
    void end(@Nullable Trailers trailers) {
        lastWritten = channel().write(lastFrame(trailers));
    }

    private Http2StreamFrame lastFrame(@Nullable Trailers trailers) {
        Http2Headers head = pendingHead;
        ByteBuf data = pendingData;
        if (trailers != null) {
            push();
            return new DefaultHttp2HeadersFrame(StreamAnswer.trailers(trailers), true);
        }
        if (data != null) {
            pendingData = null;
            push();
            return new DefaultHttp2DataFrame(data, true);
        }
        pendingHead = null;
        return head == null ? new DefaultHttp2DataFrame(true) : new DefaultHttp2HeadersFrame(head, true);
    }

    @Override
    void flush() {
        push();
        streams.flush(channel());
    }

    private void push() {
        Http2Headers head = pendingHead;
        if (head != null) {
            pendingHead = null;
            channel().write(new DefaultHttp2HeadersFrame(head));
        }
        ByteBuf data = pendingData;
        if (data != null) {
            pendingData = null;
            channel().write(new DefaultHttp2DataFrame(data));
        }
    }

    /** The channel closes by itself when both sides have ended the stream. */
    @Override
    void exchangeFinished() {
        if (!channel().isActive()) {
            return;
        }
        boolean whole = decoder.finish();
        channel().config().setAutoRead(true);
        ChannelFuture answer = lastWritten;
        if (answer != null && !answer.isDone()) {
            // From here on only the client can hold the stream open, by not taking its answer.
            expectTaking();
        }
        if (answer != null && !whole) {
            // The answer is complete without the rest of the request (RFC 9113 section 8.1).
            answer.addListener(written -> reset(Http2Error.NO_ERROR));
        }
    }

    @Override
    void reset() {
        reset(Http2Error.INTERNAL_ERROR);
    }

    private void reset(Http2Error error) {
        release();
        if (channel().isActive()) {
            channel().writeAndFlush(new DefaultHttp2ResetFrame(error));
        }
        channel().close();
    }

    @Override
    void release() {
        loop().deadlines().remove(taking);
        takingAdded = false;
        pendingHead = null;
        ByteBuf data = pendingData;
        pendingData = null;
        if (data != null) {
            data.release();
        }
    }
}
