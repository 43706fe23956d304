package dev.headgate.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Lets what the streams of a connection answer within one turn of the event loop go out together: in one TLS record as
 * far as it fits, and by one system call. Stands below the codec, which has made bytes of it by then, so nothing changes
 * its order. Confined to its event loop.
 *
 * <p>Nothing waits longer than the turn: tasks run when the sockets that were ready have been served. Only what {@link
 * #flush(Channel)} flushes waits at all. A reset or a GOAWAY goes out at once, with all that was written before: until
 * then the codec keeps the stream, and logs each frame for it that it ignores. Netty's FlushConsolidationHandler would
 * hold these back too.
 */
final class Http2Flush extends ChannelOutboundHandlerAdapter {
    private boolean together;
    private boolean written;
    private boolean due;

    /** Flushes a stream; what it has written goes out at the end of the turn at the latest. */
    void flush(Channel stream) {
        together = true;
        try {
            stream.flush();
        } finally {
            together = false;
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        written = true;
        ctx.write(message, promise);
    }

    /** Where the client has more than enough to take, waiting gains nothing and costs memory. */
    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (!together || !ctx.channel().isWritable()) {
            send(ctx);
        } else if (written && !due) {
            due = true;
            ctx.executor().execute(() -> {
                due = false;
                send(ctx);
            });
        }
    }

    /** The codec flushes twice after each read, mostly with nothing written; with TLS that is a call of its engine. */
    private void send(ChannelHandlerContext ctx) {
        if (written) {
            written = false;
            ctx.flush();
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        send(ctx);
        ctx.close(promise);
    }
}
