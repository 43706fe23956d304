package dev.headgate.netty;

import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.BadHead;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.ResponseHead;
import dev.headgate.http.Trailers;
import dev.headgate.netty.Deadlines.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to an upstream: writes a request, reads its answer, and is ready for the next. Confined to its event
 * loop, which is that of the client's connection.
 */
final class UpstreamHandler extends ChannelInboundHandlerAdapter {
    static final String NAME = "upstream";

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamHandler.class);

    /** Who gets the answer. */
    interface Answers {
        void interim(ResponseHead head);

        void head(ResponseHead head, Framing framing);

        void data(ByteBuf content);

        void end(@Nullable Trailers trailers);

        /** What has been read for now is all handed over. */
        void flush();

        /** The connection ended, before any byte of the answer where {@code clean}. */
        void lost(Deny why, boolean clean);

        /** The upstream takes more of the request again. */
        void writable();
    }

    private enum State {
        IDLE,
        HEAD,
        BODY,
        CLOSED
    }

    private final Channel channel;
    private final Upstream upstream;
    private final LoopState loop;
    private final Timeouts timeouts;
    private final ConnectionListener connections;
    private final MessageWriter writer;
    private final HeadReader reader;
    private final HeadParser parser;
    private final BodyReader body;
    private State state = State.IDLE;
    private String method = "";
    private boolean persistent;
    private boolean requestEnded;
    private boolean answered;
    private boolean opened;
    private @Nullable Answers answers;

    private final Deadline deadline = new Deadline() {
        @Override
        void expired() {
            late();
        }
    };

    UpstreamHandler(
            Channel channel, Upstream upstream, LoopState loop, Snapshot snapshot, ConnectionListener connections) {
        this.channel = channel;
        this.upstream = upstream;
        this.loop = loop;
        this.timeouts = snapshot.timeouts();
        this.connections = connections;
        this.writer = new MessageWriter(channel);
        this.reader = new HeadReader(snapshot.limits().head());
        this.parser = new HeadParser(snapshot.limits().fields());
        this.body = new BodyReader(parser, snapshot.limits().head());
    }

    Upstream upstream() {
        return upstream;
    }

    Channel channel() {
        return channel;
    }

    boolean isOpen() {
        return state != State.CLOSED && channel.isActive();
    }

    void opened() {
        opened = true;
        long shortest =
                Math.min(timeouts.upstreamResponse().toNanos(), timeouts.idle().toNanos());
        loop.deadlines().add(deadline, shortest);
        deadline.set(timeouts.idle().toNanos());
    }

    /** Starts a request; the answer goes to {@code to}. */
    void send(String method, HeadWriter head, boolean chunked, Answers to) {
        this.method = method;
        this.answers = to;
        this.state = State.HEAD;
        this.requestEnded = false;
        this.answered = false;
        deadline.clear();
        reader.reset();
        writer.head(head, chunked);
    }

    void sendData(ByteBuf content) {
        writer.data(content);
        if (!channel.isWritable()) {
            deadline.set(timeouts.idle().toNanos());
        }
    }

    void sendEnd(@Nullable Trailers trailers) {
        writer.end(trailers);
        requestEnded = true;
        if (state == State.HEAD) {
            deadline.set(timeouts.upstreamResponse().toNanos());
        }
    }

    void flush() {
        writer.flush();
    }

    /** No one waits for the answer any more. */
    void abandon() {
        answers = null;
        close();
    }

    void close() {
        state = State.CLOSED;
        deadline.clear();
        channel.close();
    }

    void pauseReading() {
        deadline.clear();
        channel.config().setAutoRead(false);
    }

    void resumeReading() {
        if (!channel.config().isAutoRead()) {
            deadline.set(timeouts.idle().toNanos());
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (state == State.IDLE) {
                // Bytes that no request asked for would be taken for the next one's answer.
                close();
            }
            while (in.isReadable() && step(in)) {
                // Each step takes from the buffer, or ends the loop.
            }
        } catch (BadHead e) {
            lose(new Deny(Reason.UPSTREAM_INVALID, "answer: " + e.getMessage()), false);
        } finally {
            in.release();
        }
    }

    private boolean step(ByteBuf in) throws BadHead {
        switch (state) {
            case HEAD:
                int length = reader.read(in);
                return length > 0 && head(parser.response(reader.bytes(), length), in);
            case BODY:
                deadline.set(timeouts.idle().toNanos());
                if (body.read(in, this::data) && state == State.BODY) {
                    end(in);
                }
                return false;
            case IDLE:
            case CLOSED:
                return false;
        }
        return false;
    }

    private boolean head(ResponseHead head, ByteBuf in) throws BadHead {
        Answers to = answers;
        if (to == null) {
            return false;
        }
        reader.reset();
        answered = true;
        if (head.isInterim()) {
            if (head.status() == 101) {
                throw new BadHead(BadHead.Fault.MALFORMED, "101 to a request without Upgrade");
            }
            to.interim(head);
            return true;
        }
        Framing framing = Framing.of(head, method);
        persistent = head.isPersistent() && framing.kind() != Framing.Kind.UNTIL_CLOSE;
        state = State.BODY;
        deadline.set(timeouts.idle().toNanos());
        body.start(framing);
        to.head(head, framing);
        if (!framing.hasBody() && state == State.BODY) {
            end(in);
            return false;
        }
        return true;
    }

    private void data(ByteBuf content) {
        Answers to = answers;
        if (to == null) {
            content.release();
        } else {
            to.data(content);
        }
    }

    /** The answer is complete. The connection is given back before the client's next request may want it. */
    private void end(@Nullable ByteBuf in) {
        Answers to = answers;
        answers = null;
        boolean clean = in != null && !in.isReadable();
        if (persistent && requestEnded && clean) {
            state = State.IDLE;
            deadline.set(timeouts.idle().toNanos());
            if (!channel.config().isAutoRead()) {
                channel.config().setAutoRead(true);
            }
            loop.pool().giveBack(this);
        } else {
            close();
        }
        if (to != null) {
            to.end(body.trailers());
        }
    }

    private void lose(Deny why, boolean clean) {
        Answers to = answers;
        answers = null;
        close();
        if (to != null) {
            to.lost(why, clean);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Answers to = answers;
        if (to != null) {
            to.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Answers to = answers;
        if (to != null && channel.isWritable()) {
            if (!requestEnded) {
                deadline.clear();
            }
            to.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.deadlines().remove(deadline);
        loop.pool().closed(this);
        writer.release();
        if (opened) {
            connections.upstreamClosed(upstream.name());
        }
        State was = state;
        state = State.CLOSED;
        if (was == State.BODY && body.endsWithConnection()) {
            end(null);
        } else if (was == State.HEAD) {
            boolean clean = reader.length() == 0 && !answered;
            String what = clean ? "answer: the connection ended before it" : "answer: the connection ended in its head";
            lose(new Deny(Reason.UPSTREAM_INVALID, what), clean);
        } else if (was == State.BODY) {
            lose(new Deny(Reason.UPSTREAM_INVALID, "answer: the connection ended in its body"), false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            LOG.warn("connection to {} closed: {}", upstream, cause.toString());
        }
        if (state == State.BODY) {
            // Also where the end of the connection is the body's: a reset is no proper end (RFC 9112 section 8).
            lose(new Deny(Reason.UPSTREAM_INVALID, "answer: the connection broke in its body"), false);
        } else {
            ctx.close();
        }
    }

    private void late() {
        switch (state) {
            case HEAD ->
                lose(
                        new Deny(
                                Reason.UPSTREAM_TIMEOUT,
                                "answer: none after "
                                        + timeouts.upstreamResponse().toMillis() + " ms"),
                        false);
            case BODY ->
                lose(
                        new Deny(
                                Reason.UPSTREAM_TIMEOUT,
                                "answer: nothing more for " + timeouts.idle().toMillis() + " ms"),
                        false);
            case IDLE, CLOSED -> close();
        }
    }
}
