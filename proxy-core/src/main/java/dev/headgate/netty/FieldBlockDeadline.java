package dev.headgate.netty;

import dev.headgate.netty.Deadlines.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * Ends a connection whose client has begun a field block and does not complete it in time: the codec keeps its pieces,
 * and only a complete one makes a stream. Looks at the headers of frames as they pass, and at nothing else (RFC 9113
 * section 4.1).
 */
final class FieldBlockDeadline extends ChannelInboundHandlerAdapter {
    private static final int PREFACE = 24;
    private static final int HEADER = Http2CodecUtil.FRAME_HEADER_LENGTH;
    private static final int END_HEADERS = 0x4;

    private final Http2Connection connection;
    private final long nanos;
    private final Deadline deadline;
    /** What is left of the preface, or of the payload of the frame at hand. */
    private int payload = PREFACE;

    private int header;
    private int length;
    private int type = -1;
    private int flags;
    private boolean open;

    FieldBlockDeadline(Http2Connection connection) {
        this.connection = connection;
        this.nanos = connection.connection().edge().snapshot().timeouts().head().toNanos();
        this.deadline = new Deadline() {
            @Override
            void expired() {
                connection.calmDown();
            }
        };
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        connection.connection().loop().deadlines().add(deadline, nanos);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        boolean before = open;
        boolean ended = look((ByteBuf) message);
        if (!open) {
            deadline.clear();
        } else if (!before || ended) {
            deadline.set(nanos);
        }
        ctx.fireChannelRead(message);
    }

    /** Says whether a block has ended. */
    private boolean look(ByteBuf in) {
        boolean ended = false;
        int at = in.readerIndex();
        int end = in.writerIndex();
        while (at < end) {
            if (payload > 0) {
                int taken = Math.min(payload, end - at);
                payload -= taken;
                at += taken;
            } else {
                header(in.getUnsignedByte(at++));
            }
            if (payload == 0 && header == 0) {
                ended |= frameEnded();
            }
        }
        return ended;
    }

    private void header(int octet) {
        switch (header++) {
            case 0, 1, 2 -> length = length << 8 | octet;
            case 3 -> type = octet;
            case 4 -> flags = octet;
            default -> {
                // The stream.
            }
        }
        if (header == HEADER) {
            header = 0;
            payload = length;
            length = 0;
            open |= type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.PUSH_PROMISE;
        }
    }

    private boolean frameEnded() {
        boolean ends = type == Http2FrameTypes.HEADERS
                || type == Http2FrameTypes.PUSH_PROMISE
                || type == Http2FrameTypes.CONTINUATION;
        if (ends && (flags & END_HEADERS) != 0) {
            open = false;
            return true;
        }
        return false;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection.connection().loop().deadlines().remove(deadline);
        ctx.fireChannelInactive();
    }
}
