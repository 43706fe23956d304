package dev.headgate.netty;

import dev.headgate.netty.Deadlines.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Waits until a connection tells what it speaks, and sets that up in its own place: with TLS the client and the edge
 * have agreed on it (ALPN, RFC 7301), without it is HTTP/2 for a client that knows so (RFC 9113 section 3.3), which its
 * first bytes say.
 */
final class ProtocolHandler extends ChannelInboundHandlerAdapter {
    static final String NAME = "protocol";

    private static final String HTTP_2 = "h2";
    private static final ByteBuf PREFACE = Unpooled.unreleasableBuffer(Http2CodecUtil.connectionPrefaceBuf());

    private final ClientConnection connection;
    private @Nullable ByteBuf first;

    private final Deadline deadline = new Deadline() {
        @Override
        void expired() {
            connection.channel().close();
        }
    };

    ProtocolHandler(ClientConnection connection) {
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Timeouts timeouts = connection.edge().snapshot().timeouts();
        long head = timeouts.head().toNanos();
        long idle = timeouts.idle().toNanos();
        connection.loop().deadlines().add(deadline, Math.min(head, idle));
        deadline.set(connection.isTls() ? head : idle);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess() && tls != null) {
            speak(HTTP_2.equals(tls.applicationProtocol()));
            ctx.fireUserEventTriggered(event);
            ctx.pipeline().remove(this);
            return;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        ByteBuf before = first;
        ByteBuf all = before == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, in);
        first = all;
        int n = Math.min(all.readableBytes(), PREFACE.readableBytes());
        boolean alike = ByteBufUtil.equals(all, all.readerIndex(), PREFACE, PREFACE.readerIndex(), n);
        if (!alike || n == PREFACE.readableBytes()) {
            first = null;
            speak(alike);
            ctx.fireChannelRead(all);
            ctx.pipeline().remove(this);
        } else if (before == null) {
            deadline.set(connection.edge().snapshot().timeouts().head().toNanos());
        }
    }

    private void speak(boolean http2) {
        if (http2) {
            Http2Connection.start(connection);
        } else {
            Http1Connection.start(connection);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        connection.loop().deadlines().remove(deadline);
        ByteBuf rest = first;
        first = null;
        if (rest != null) {
            rest.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // One that speaks no TLS to a TLS port comes as DecoderException.
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            ClientConnection.warn(cause);
        }
        ctx.close();
    }
}
