package dev.headgate.netty;

import dev.headgate.gate.Gate;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.BadHead;
import dev.headgate.http.BadHead.Fault;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.RequestHead;
import dev.headgate.http.StreamFields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Turns the frames of a stream into one {@link Request}, buffers of content, and a {@link BodyEnd}; into a {@link
 * BadRequest} where they are none (RFC 9113 section 8.1.1).
 */
final class StreamDecoder extends RequestDecoder {
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

    private static final byte[] NOTHING = {};

    private final Http2Stream downstream;
    private final Http2Connection connection;
    private final Timeouts timeouts;
    private final HeadParser parser;
    private final BodyDeadline bodyDeadline;
    private final long startNanos = System.nanoTime();
    private State state = State.HEAD;
    private Framing framing = Framing.NONE;
    private long received;
    private boolean ended;

    StreamDecoder(Http2Stream downstream, Http2Connection connection, Requests requests) {
        super(downstream, requests);
        this.downstream = downstream;
        this.connection = connection;
        Snapshot snapshot = downstream.edge().snapshot();
        Limits limits = snapshot.limits();
        this.timeouts = snapshot.timeouts();
        this.parser = downstream.loop().parser(limits);
        this.bodyDeadline = new BodyDeadline(deadline, limits, timeouts);
    }

    /** Octets of the request's body that are still to come; -1 where nothing tells. */
    long bodyRemaining() {
        if (state != State.BODY) {
            return 0;
        }
        return framing.kind() == Framing.Kind.LENGTH ? framing.length() - received : -1;
    }

    /** Nothing is read for a while. */
    void pause() {
        bodyDeadline.pause();
    }

    /** After a pause: more of the request is due. */
    void expectMore() {
        if (state == State.BODY) {
            bodyDeadline.resume();
        }
    }

    /** The exchange is over: says whether the client has ended the stream, and throws away what still comes. */
    boolean finish() {
        state = State.DISCARD;
        deadline.clear();
        return ended;
    }

    /** The request has become a tunnel. */
    void tunnel() {
        if (state != State.DISCARD) {
            state = State.TUNNEL;
            deadline.clear();
            downstream.channel().config().setAutoRead(true);
            if (ended) {
                requests.end(BodyEnd.PLAIN);
            }
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        downstream.loop().deadlines().add(deadline, timeouts.idle().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof Http2HeadersFrame headers && headers.headers() instanceof FieldBlock block) {
                ended |= headers.isEndStream();
                fields(block.fields(), headers.isEndStream());
            } else if (message instanceof Http2DataFrame data) {
                ended |= data.isEndStream();
                data(data.content(), data.isEndStream());
            } else {
                ReferenceCountUtil.release(message);
            }
        } catch (BadHead e) {
            fail(Gate.refusal(e), NOTHING);
        }
    }

    private void fields(StreamFields fields, boolean ends) throws BadHead {
        if (state == State.HEAD) {
            head(fields, ends);
            return;
        }
        if (state == State.BODY) {
            // The codec has reset a stream whose second head does not end it.
            end(BodyEnd.with(fields.trailers(parser)));
        } else if (state == State.TUNNEL) {
            // RFC 9113 section 8.5: after a CONNECT, only DATA and the end of the stream.
            downstream.reset();
        }
    }

    private void head(StreamFields fields, boolean ends) {
        RequestHead head;
        boolean tunnel;
        try {
            head = fields.request(parser, ends);
            tunnel = fields.isExtendedConnect();
            framing = ends || tunnel ? Framing.NONE : Framing.of(head);
        } catch (BadHead e) {
            fail(Gate.refusal(e), fields.lines());
            return;
        }
        state = State.BODY;
        bodyDeadline.start(head.expectsContinue());
        requests.begin(new Request(head, framing, startNanos, System.nanoTime()));
        if ((ends || tunnel) && state == State.BODY) {
            state = State.WAIT;
            deadline.clear();
            requests.end(BodyEnd.PLAIN);
        }
    }

    private void data(ByteBuf content, boolean ends) throws BadHead {
        if (!content.isReadable() && !ends) {
            connection.idleFrame();
        }
        if (state == State.DISCARD) {
            content.release();
            return;
        }
        if (state == State.TUNNEL) {
            requests.data(content);
            if (ends) {
                end(BodyEnd.PLAIN);
            }
            return;
        }
        if (state == State.WAIT) {
            // Only a stream that asked for a tunnel may still bring something, and not before its answer.
            boolean early = content.isReadable();
            content.release();
            if (early) {
                throw new BadHead(
                        Fault.FRAMING, "framing: content before the answer to CONNECT (RFC 9113 section 8.5)");
            }
            return;
        }
        received += content.readableBytes();
        boolean fits = framing.kind() == Framing.Kind.CHUNKED || received <= framing.length();
        if (!fits) {
            content.release();
            throw new BadHead(Fault.FRAMING, "framing: more content than Content-Length says (RFC 9113 section 8.1.1)");
        }
        bodyDeadline.received(content.readableBytes());
        if (content.isReadable()) {
            requests.data(content);
        } else {
            content.release();
        }
        if (ends && state == State.BODY) {
            end(BodyEnd.PLAIN);
        }
    }

    private void end(BodyEnd end) throws BadHead {
        if (framing.kind() == Framing.Kind.LENGTH && received != framing.length()) {
            throw new BadHead(Fault.FRAMING, "framing: less content than Content-Length says (RFC 9113 section 8.1.1)");
        }
        state = State.WAIT;
        deadline.clear();
        requests.end(end);
    }

    private void fail(Deny deny, byte[] lines) {
        BadRequest bad = new BadRequest(deny, lines, lines.length, startNanos);
        state = State.DISCARD;
        deadline.clear();
        requests.bad(bad);
        requests.readComplete();
    }

    @Override
    void late() {
        if (state == State.BODY && downstream.channel().isWritable()) {
            fail(bodyDeadline.late(), NOTHING);
        } else {
            downstream.reset();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            connection.givenUp();
            // Also while nothing is read from the stream, when its end would wait behind its data. Later, when the
            // codec has closed it: nobody answers a reset with one (RFC 9113 section 5.4.2).
            ctx.executor().execute(ctx::close);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception) {
            // The client's: the channel closes with the right code when this returns.
            connection.givenUp();
        } else {
            requests.failed(cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        downstream.loop().deadlines().remove(deadline);
        state = State.DISCARD;
        requests.closed();
        ctx.fireChannelInactive();
    }
}
