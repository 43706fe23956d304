package dev.headgate.netty;

import dev.headgate.gate.Gate;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.BadHead;
import dev.headgate.http.BadHead.Fault;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.RequestHead;
import dev.headgate.http.StreamFields;
import dev.headgate.netty.Deadlines.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Turns the frames of a stream into one {@link Request}, buffers of content, and a {@link BodyEnd}; into a {@link
 * BadRequest} where they are none (RFC 9113 section 8.1.1).
 */
final class StreamDecoder extends ChannelInboundHandlerAdapter {
    static final String NAME = "stream-decoder";

    private enum State {
        HEAD,
        BODY,
        /** The request is complete. */
        WAIT,
        /** Whatever comes is content, until the client ends the stream. */
        TUNNEL,
        /** Whatever still comes is thrown away. */
        DISCARD
    }

    private final Http2Stream downstream;
    private final Limits limits;
    private final Timeouts timeouts;
    private final HeadParser parser;
    private final long startNanos = System.nanoTime();
    private State state = State.HEAD;
    private Framing framing = Framing.NONE;
    private long received;
    /** The request asks for a tunnel, and the client has not ended its side of the stream. */
    private boolean open;

    private @Nullable ChannelHandlerContext context;

    private final Deadline deadline = new Deadline() {
        @Override
        void expired() {
            late();
        }
    };

    StreamDecoder(Http2Stream downstream) {
        this.downstream = downstream;
        Snapshot snapshot = downstream.edge().snapshot();
        this.limits = snapshot.limits();
        this.timeouts = snapshot.timeouts();
        this.parser = new HeadParser(limits.fields());
    }

    Deadline deadline() {
        return deadline;
    }

    /** Octets of the request's body that are still to come; -1 where nothing tells. */
    long bodyRemaining() {
        if (state != State.BODY) {
            return 0;
        }
        return framing.kind() == Framing.Kind.LENGTH ? framing.length() - received : -1;
    }

    /** After a pause: more of the request is due. */
    void expectMore() {
        if (state == State.BODY) {
            deadline.set(timeouts.idle().toNanos());
        }
    }

    /** The exchange is over: says whether the stream was, and throws away what still comes. */
    boolean finish() {
        boolean whole = state == State.WAIT && !open;
        state = State.DISCARD;
        return whole;
    }

    /** The request has become a tunnel. */
    void tunnel() {
        if (state != State.DISCARD) {
            state = State.TUNNEL;
            deadline.clear();
            downstream.channel().config().setAutoRead(true);
            if (!open && context != null) {
                context.fireChannelRead(BodyEnd.PLAIN);
            }
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        downstream.loop().deadlines().add(deadline, timeouts.idle().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (state == State.DISCARD) {
                ReferenceCountUtil.release(message);
            } else if (message instanceof Http2HeadersFrame headers && headers.headers() instanceof FieldBlock block) {
                fields(ctx, block.fields(), headers.isEndStream());
            } else if (message instanceof Http2DataFrame data) {
                data(ctx, data.content(), data.isEndStream());
            } else {
                ReferenceCountUtil.release(message);
            }
        } catch (BadHead e) {
            fail(ctx, Gate.refusal(e), NOTHING);
        }
    }

    private static final byte[] NOTHING = {};

    private void fields(ChannelHandlerContext ctx, StreamFields fields, boolean ends) throws BadHead {
        if (state == State.HEAD) {
            head(ctx, fields, ends);
            return;
        }
        if (!ends) {
            throw new BadHead(
                    Fault.MALFORMED, "trailer: a second head that does not end the stream (RFC 9113 section 8.1)");
        }
        end(ctx, BodyEnd.with(fields.trailers(parser)));
    }

    private void head(ChannelHandlerContext ctx, StreamFields fields, boolean ends) {
        RequestHead head;
        try {
            head = fields.request(parser, ends);
            open = fields.isExtendedConnect();
            framing = ends || open ? Framing.NONE : Framing.of(head);
        } catch (BadHead e) {
            fail(ctx, Gate.refusal(e), fields.lines());
            return;
        }
        state = State.BODY;
        expectMore();
        ctx.fireChannelRead(new Request(head, framing, startNanos));
        if ((ends || open) && state == State.BODY) {
            state = State.WAIT;
            deadline.clear();
            ctx.fireChannelRead(BodyEnd.PLAIN);
        }
    }

    private void data(ChannelHandlerContext ctx, ByteBuf content, boolean ends) throws BadHead {
        if (state == State.TUNNEL) {
            ctx.fireChannelRead(content);
            if (ends) {
                open = false;
                end(ctx, BodyEnd.PLAIN);
            }
            return;
        }
        received += content.readableBytes();
        boolean fits = framing.kind() == Framing.Kind.CHUNKED || received <= framing.length();
        if (!fits) {
            content.release();
            throw new BadHead(Fault.FRAMING, "framing: more content than Content-Length says (RFC 9113 section 8.1.1)");
        }
        expectMore();
        open &= !ends;
        if (content.isReadable()) {
            ctx.fireChannelRead(content);
        } else {
            content.release();
        }
        if (ends && state == State.BODY) {
            end(ctx, BodyEnd.PLAIN);
        }
    }

    private void end(ChannelHandlerContext ctx, BodyEnd end) throws BadHead {
        if (framing.kind() == Framing.Kind.LENGTH && received != framing.length()) {
            throw new BadHead(Fault.FRAMING, "framing: less content than Content-Length says (RFC 9113 section 8.1.1)");
        }
        state = State.WAIT;
        deadline.clear();
        ctx.fireChannelRead(end);
    }

    private void fail(ChannelHandlerContext ctx, Deny deny, byte[] lines) {
        BadRequest bad = new BadRequest(deny, lines, lines.length, startNanos);
        state = State.DISCARD;
        deadline.clear();
        ctx.fireChannelRead(bad);
        ctx.fireChannelReadComplete();
    }

    private void late() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        if (state == State.BODY && ctx.channel().isWritable()) {
            fail(
                    ctx,
                    new Deny(
                            Reason.BODY_TIMEOUT,
                            "body: nothing came for " + timeouts.idle().toMillis() + " ms"),
                    NOTHING);
        } else {
            downstream.reset();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            // Also while nothing is read from the stream, when its end would wait behind its data.
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean theirs = cause instanceof Http2FrameStreamException;
        ctx.fireExceptionCaught(theirs ? new IOException(cause.toString(), cause) : cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        downstream.loop().deadlines().remove(deadline);
        state = State.DISCARD;
        ctx.fireChannelInactive();
    }
}
