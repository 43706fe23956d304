package dev.headgate.netty;

import dev.headgate.gate.Gate;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.BadHead;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.Deadlines.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Turns a client's bytes into one {@link Request} at a time, buffers of content, and a {@link BodyEnd}; into a {@link
 * BadRequest} where they are none. The next request waits until the exchange at hand is finished.
 */
final class HeadDecoder extends RequestDecoder {
    static final String NAME = "head-decoder";

    private enum State {
        /** Between requests. */
        IDLE,
        HEAD,
        BODY,
        /** The request is complete, its exchange is not. */
        WAIT,
        /** Whatever comes is content, until the connection ends. */
        TUNNEL,
        /** Whatever still comes is thrown away. */
        DISCARD
    }

    private final Http1Connection downstream;
    private final HeadReader reader;
    private final HeadParser parser;
    private final BodyReader body;
    private final BodyDeadline bodyDeadline;
    private final Timeouts timeouts;
    private State state = State.IDLE;
    private @Nullable ByteBuf unread;
    private boolean decoding;
    private long startNanos;
    /** Of what is read at this moment; 0 until someone asks. */
    private long readNanos;

    HeadDecoder(Http1Connection downstream, Requests requests) {
        super(downstream, requests);
        this.downstream = downstream;
        Snapshot snapshot = downstream.edge().snapshot();
        Limits limits = snapshot.limits();
        this.timeouts = snapshot.timeouts();
        this.reader = new HeadReader(limits.head(), downstream.loop().headScratch());
        this.parser = downstream.loop().parser(limits);
        this.body = new BodyReader(parser, limits.head());
        this.bodyDeadline = new BodyDeadline(deadline, limits, timeouts);
    }

    Deadline deadline() {
        return deadline;
    }

    /** Whether the connection is between requests. */
    boolean isIdle() {
        return state == State.IDLE;
    }

    /** Octets of the request's body that are still to come; -1 where the framing does not tell. */
    long bodyRemaining() {
        return state == State.BODY ? body.remaining() : 0;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        downstream.loop().deadlines().add(deadline, shortest());
        deadline.set(timeouts.idle().toNanos());
    }

    private long shortest() {
        return Math.min(timeouts.head().toNanos(), timeouts.idle().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (state == State.DISCARD) {
            in.release();
            return;
        }
        if (state == State.TUNNEL && unread == null) {
            requests.data(in);
            return;
        }
        readNanos = 0;
        ByteBuf before = unread;
        unread = before == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, in);
        decode();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        requests.failed(cause);
    }

    /** The exchange is finished: the next request may come. */
    void next() {
        if (state == State.DISCARD) {
            return;
        }
        state = State.IDLE;
        deadline.set(timeouts.idle().toNanos());
        if (!downstream.channel().config().isAutoRead()) {
            downstream.channel().config().setAutoRead(true);
        }
        if (unread != null && !decoding) {
            readNanos = 0;
            decode();
            requests.readComplete();
        }
    }

    /** The request has become a tunnel: what came behind its head, and all that follows, is content. */
    void tunnel() {
        if (state == State.DISCARD) {
            return;
        }
        state = State.TUNNEL;
        deadline.clear();
        downstream.channel().config().setAutoRead(true);
        ByteBuf early = unread;
        unread = null;
        if (early != null) {
            requests.data(early);
            requests.readComplete();
        }
    }

    /** Throws away what has been read and what still comes; says whether anything may. */
    boolean discard() {
        boolean more = state != State.IDLE && state != State.WAIT || unread != null;
        state = State.DISCARD;
        deadline.clear();
        if (!decoding) {
            releaseUnread();
        }
        return more;
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

    private void decode() {
        if (decoding) {
            return;
        }
        decoding = true;
        try {
            while (unread != null && unread.isReadable() && step(unread)) {
                // Each step takes from the buffer, or ends the loop.
            }
        } catch (BadHead e) {
            if (state != State.DISCARD) {
                fail(Gate.refusal(e));
            }
        } finally {
            decoding = false;
        }
        ByteBuf rest = unread;
        if (rest != null && (state == State.DISCARD || !rest.isReadable())) {
            releaseUnread();
        } else if (rest != null && state == State.WAIT) {
            downstream.channel().config().setAutoRead(false);
        }
    }

    private long readNanos() {
        if (readNanos == 0) {
            readNanos = System.nanoTime();
        }
        return readNanos;
    }

    private boolean step(ByteBuf in) throws BadHead {
        switch (state) {
            case IDLE:
                state = State.HEAD;
                startNanos = readNanos();
                deadline.set(timeouts.head().toNanos());
                return true;
            case HEAD:
                return head(in);
            case BODY:
                bodyDeadline.received(in.readableBytes());
                if (body.read(in, requests) && state == State.BODY) {
                    end(BodyEnd.with(body.trailers()));
                }
                return state != State.BODY;
            case WAIT:
            case TUNNEL:
            case DISCARD:
                return false;
        }
        return false;
    }

    private boolean head(ByteBuf in) throws BadHead {
        int length = reader.read(in);
        if (length < 0) {
            if (reader.length() == 0) {
                state = State.IDLE;
                deadline.set(timeouts.idle().toNanos());
            }
            return false;
        }
        RequestHead head = parser.request(reader.bytes(), length);
        Framing framing = Framing.of(head);
        reader.reset();
        if (framing.hasBody()) {
            bodyDeadline.start(head.expectsContinue());
        } else {
            deadline.clear();
        }
        state = State.BODY;
        body.start(framing);
        requests.begin(new Request(head, framing, startNanos, readNanos()));
        if (!framing.hasBody() && state == State.BODY) {
            end(BodyEnd.PLAIN);
        }
        return true;
    }

    private void end(BodyEnd end) {
        state = State.WAIT;
        if (downstream.channel().isWritable()) {
            deadline.clear();
        }
        requests.end(end);
    }

    private void fail(Deny deny) {
        boolean inHead = state == State.HEAD;
        BadRequest bad = inHead
                ? new BadRequest(deny, reader.bytes(), reader.length(), startNanos)
                : new BadRequest(deny, new byte[0], 0, startNanos);
        state = State.DISCARD;
        deadline.clear();
        if (!decoding) {
            releaseUnread();
        }
        requests.bad(bad);
        requests.readComplete();
    }

    @Override
    void late() {
        switch (state) {
            case HEAD ->
                fail(new Deny(
                        Reason.HEAD_TIMEOUT,
                        "head: incomplete after " + timeouts.head().toMillis() + " ms"));
            case BODY -> bodyLate();
            case IDLE -> downstream.channel().close();
            case DISCARD -> downstream.lingered();
            case WAIT, TUNNEL -> downstream.reset();
        }
    }

    private void bodyLate() {
        if (downstream.channel().isWritable()) {
            fail(bodyDeadline.late());
        } else {
            // An early answer that the client does not take.
            downstream.reset();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        downstream.loop().deadlines().remove(deadline);
        try {
            if (state == State.HEAD) {
                fail(new Deny(Reason.HEAD_MALFORMED, "head: the connection ended in it"));
            }
        } finally {
            discard();
            requests.closed();
        }
        ctx.fireChannelInactive();
    }

    private void releaseUnread() {
        ByteBuf rest = unread;
        unread = null;
        if (rest != null) {
            rest.release();
        }
    }
}
