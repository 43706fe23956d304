package dev.headgate.netty;

import dev.headgate.profile.Learns;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of a create request and its answer, kept to learn a session from. The answer is held back, so that no
 * client has a token before the gate knows it. Confined to its exchange's event loop.
 */
final class Learning {
    private final Learns learns;
    private final int limit;
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();
    private boolean requestTooLong;
    private @Nullable CompositeByteBuf answer;

    /**
     * @param limit the most bytes of either body that are kept
     */
    Learning(Learns learns, int limit) {
        this.learns = learns;
        this.limit = limit;
    }

    Learns learns() {
        return learns;
    }

    /** Looks at content of the request, which stays the caller's. */
    void request(ByteBuf content) {
        requestTooLong |= request.size() + content.readableBytes() > limit;
        if (!requestTooLong) {
            try {
                content.getBytes(content.readerIndex(), request, content.readableBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Empty where it was longer than the limit. */
    byte[] request() {
        return requestTooLong ? new byte[0] : request.toByteArray();
    }

    /** Takes content of the answer over; says whether it is still within the limit. */
    boolean hold(ByteBuf content) {
        CompositeByteBuf all = answer;
        if (all == null) {
            all = content.alloc().compositeBuffer(1024);
            answer = all;
        }
        all.addFlattenedComponents(true, content);
        return all.readableBytes() <= limit;
    }

    byte[] answer() {
        ByteBuf all = answer;
        return all == null ? new byte[0] : ByteBufUtil.getBytes(all);
    }

    /** Hands back what was held. */
    @Nullable
    ByteBuf release() {
        ByteBuf all = answer;
        answer = null;
        return all;
    }
}
