package dev.headgate.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import org.jspecify.annotations.Nullable;

/** Content that waits: gathered without a copy, and handed on as one buffer. Confined to an event loop. */
final class HeldContent {
    private static final byte[] NONE = {};
    private static final int PARTS = 1024;

    private @Nullable CompositeByteBuf gathered;

    /** Takes the content over. */
    void add(ByteBuf content) {
        CompositeByteBuf all = gathered;
        if (all == null) {
            all = content.alloc().compositeBuffer(PARTS);
            gathered = all;
        }
        all.addFlattenedComponents(true, content);
    }

    int size() {
        CompositeByteBuf all = gathered;
        return all == null ? 0 : all.readableBytes();
    }

    /** A copy. */
    byte[] bytes() {
        CompositeByteBuf all = gathered;
        return all == null ? NONE : ByteBufUtil.getBytes(all);
    }

    /** Hands on what is held; null where that is nothing. */
    @Nullable
    ByteBuf take() {
        CompositeByteBuf all = gathered;
        gathered = null;
        return all;
    }

    void release() {
        ByteBuf all = take();
        if (all != null) {
            all.release();
        }
    }
}
