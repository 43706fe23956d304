package dev.headgate.sandbox;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;

/** A body of any size made of one small block: the byte at offset {@code i} is {@code i % 251}. */
final class BytePattern implements ChunkedInput<ByteBuf> {
    /** A prime, so that a piece that is lost or moved by a power of two shows. */
    private static final int PERIOD = 251;

    private static final byte[] BLOCK = new byte[PERIOD * 128];

    static {
        for (int i = 0; i < BLOCK.length; i++) {
            BLOCK[i] = (byte) (i % PERIOD);
        }
    }

    private final long size;
    private long sent;

    BytePattern(long size) {
        this.size = size;
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) {
        int length = (int) Math.min(BLOCK.length, size - sent);
        sent += length;
        return allocator.buffer(length).writeBytes(BLOCK, 0, length);
    }

    @Deprecated
    @SuppressWarnings("InlineMeSuggester")
    @Override
    public ByteBuf readChunk(ChannelHandlerContext ctx) {
        return readChunk(ctx.alloc());
    }

    @Override
    public boolean isEndOfInput() {
        return sent == size;
    }

    @Override
    public long length() {
        return size;
    }

    @Override
    public long progress() {
        return sent;
    }

    @Override
    public void close() {}
}
