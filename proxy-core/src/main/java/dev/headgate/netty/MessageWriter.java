package dev.headgate.netty;

import dev.headgate.http.Head;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes one HTTP/1.1 message after the other to a connection. A head and what of its body is there already go out in
 * one buffer, so in one system call. Confined to the channel's event loop.
 */
final class MessageWriter {
    /** Content up to this size is copied behind what waits to be written, which is cheaper than a second buffer. */
    private static final int COPIED = 4096;

    /** Behind a head, for the body that most messages have. */
    private static final int SPARE = 2048;

    private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};
    private static final byte[] CRLF = {'\r', '\n'};

    private final Channel channel;
    private @Nullable ByteBuf pending;
    private boolean chunked;
    private boolean dirty;

    MessageWriter(Channel channel) {
        this.channel = channel;
    }

    /**
     * @param chunked whether the content is to be framed in chunks; else it goes out as it is
     */
    void head(HeadWriter head, boolean chunked) {
        this.chunked = chunked;
        ByteBuf buffer = room(head.length());
        buffer.writeBytes(head.bytes(), 0, head.length());
    }

    /** Takes the content over. */
    void data(ByteBuf content) {
        int n = content.readableBytes();
        if (n == 0) {
            content.release();
            return;
        }
        if (chunked) {
            ByteBuf buffer = room(18);
            ByteBufUtil.writeAscii(buffer, Integer.toHexString(n));
            buffer.writeBytes(CRLF);
        }
        if (n <= COPIED) {
            room(n).writeBytes(content);
            content.release();
        } else {
            push();
            channel.write(content, channel.voidPromise());
            dirty = true;
        }
        if (chunked) {
            room(2).writeBytes(CRLF);
        }
    }

    /** Ends the message; trailers are left out where it is not chunked. */
    void end(@Nullable Trailers trailers) {
        if (!chunked) {
            return;
        }
        chunked = false;
        room(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
        if (trailers == null) {
            room(CRLF.length).writeBytes(CRLF);
        } else {
            Head head = trailers;
            room(head.length()).writeBytes(head.bytes(), 0, head.length());
        }
    }

    void flush() {
        push();
        if (dirty) {
            dirty = false;
            channel.flush();
        }
    }

    /** Flushes, and closes the channel when all is written. */
    void flushAndClose() {
        push();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    void release() {
        ReferenceCountUtil.release(pending);
        pending = null;
    }

    private ByteBuf room(int n) {
        ByteBuf buffer = pending;
        if (buffer != null && buffer.writableBytes() < n) {
            push();
            buffer = null;
        }
        if (buffer == null) {
            buffer = channel.alloc().directBuffer(n + SPARE);
            pending = buffer;
            dirty = true;
        }
        return buffer;
    }

    private void push() {
        ByteBuf buffer = pending;
        if (buffer != null) {
            pending = null;
            channel.write(buffer, channel.voidPromise());
        }
    }
}
