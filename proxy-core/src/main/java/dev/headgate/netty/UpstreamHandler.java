package dev.headgate.netty;

import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.BadHead;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.ResponseHead;
import dev.headgate.http.Trailers;
import dev.headgate.http.WebSocketHandshake;
import dev.headgate.netty.Deadlines.Deadline;
import dev.headgate.netty.UpstreamPool.Client;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to an upstream: writes a request, reads its answer, and is ready for the next. Confined to its event
 * loop, which is that of the client's connection.
 */
final class UpstreamHandler extends ChannelInboundHandlerAdapter {
    static final String NAME = "upstream";

    /** How long a tunnel's end is read from, so that no reset overtakes what was sent (RFC 9112 section 9.6). */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamHandler.class);

    /** Who gets the answer. */
    interface Answers {
        void interim(ResponseHead head);

        void head(ResponseHead head, Framing framing);

        /** The upstream speaks WebSocket from here on: what comes is data, until its side ends. */
        void upgraded(ResponseHead head);

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
        /** A WebSocket, until either side ends. */
        TUNNEL,
        /** Nothing more is wanted; what was written has still to arrive. */
        LINGER,
        CLOSED
    }

    private final Channel channel;
    private final Upstream upstream;
    private final UpstreamAddress address;
    private final @Nullable Client client;
    private final LoopState loop;
    private final Timeouts timeouts;
    private final ConnectionListener connections;
    private final MessageWriter writer;
    private final HeadReader reader;
    private final HeadParser parser;
    private final BodyReader body;
    private State state = State.IDLE;
    private String method = "";
    private @Nullable String accept;
    private boolean persistent;
    private boolean requestEnded;
    private boolean answered;
    private boolean opened;
    private boolean taken = true;
    private boolean hasServed;
    private boolean endedProperly;
    private long readNanos;
    private @Nullable Answers answers;

    private final Deadline deadline = new Deadline() {
        @Override
        void expired() {
            late();
        }
    };

    /**
     * @param address one more request to it has been counted, for which the connection is
     * @param client the only one that it may be used for; null for any
     */
    UpstreamHandler(
            Channel channel,
            Upstream upstream,
            UpstreamAddress address,
            @Nullable Client client,
            LoopState loop,
            Snapshot snapshot,
            ConnectionListener connections) {
        this.channel = channel;
        this.upstream = upstream;
        this.address = address;
        this.client = client;
        this.loop = loop;
        this.timeouts = snapshot.timeouts();
        this.connections = connections;
        this.writer = new MessageWriter(channel);
        this.reader = new HeadReader(snapshot.limits().head(), loop.headScratch());
        this.parser = loop.parser(snapshot.limits());
        this.body = new BodyReader(parser, snapshot.limits().head());
    }

    Upstream upstream() {
        return upstream;
    }

    UpstreamAddress address() {
        return address;
    }

    boolean isOf(Client other) {
        return other.equals(client);
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

    /** When it was last read from, or ended, by {@link System#nanoTime()}. */
    long readNanos() {
        return readNanos;
    }

    /** It leaves the pool for a request. */
    void taken() {
        taken = true;
        address.requestStarted();
    }

    /** That request is over, or will not be. */
    void released() {
        if (taken) {
            taken = false;
            address.requestEnded();
        }
    }

    /**
     * Starts a request.
     *
     * @param accept of the 101 that may answer it (RFC 6455 section 4.2.2); null where none may
     * @param to where the answer goes
     */
    void send(String method, HeadWriter head, boolean chunked, @Nullable String accept, Answers to) {
        this.method = method;
        this.accept = accept;
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
        if (!channel.isWritable() && state != State.TUNNEL) {
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

    /** No one waits for more of the tunnel: sends what is written, and closes. */
    void finish() {
        answers = null;
        state = State.LINGER;
        deadline.set(timeouts.idle().toNanos());
        channel.config().setAutoRead(true);
        if (!(channel instanceof DuplexChannel duplex)) {
            writer.flushAndClose();
            return;
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        writer.flush();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            deadline.set(LINGER.toNanos());
            if (tls == null) {
                duplex.shutdownOutput();
            } else {
                tls.closeOutbound().addListener((ChannelFutureListener) told -> duplex.shutdownOutput());
            }
        });
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
            if (state != State.TUNNEL) {
                deadline.set(timeouts.idle().toNanos());
            }
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        readNanos = System.nanoTime();
        if (state == State.TUNNEL) {
            data(in);
            return;
        }
        try {
            if (state == State.IDLE) {
                // Bytes that no request asked for would be taken for the next one's answer.
                close();
            }
            while (in.isReadable() && step(in)) {
                // Each step takes from the buffer, or ends the loop.
            }
        } catch (BadHead e) {
            if (state == State.HEAD) {
                address.failed();
            }
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
            case TUNNEL:
                data(in.readRetainedSlice(in.readableBytes()));
                return false;
            case IDLE:
            case LINGER:
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
        address.succeeded();
        if (head.isInterim()) {
            if (head.status() == 101) {
                upgrade(head);
                to.upgraded(head);
            } else {
                to.interim(head);
            }
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

    /** An upstream that speaks anything else from here on would be sent octets that no one has checked. */
    private void upgrade(ResponseHead head) throws BadHead {
        if (accept == null) {
            throw new BadHead(BadHead.Fault.MALFORMED, "101 to a request without Upgrade");
        }
        if (!WebSocketHandshake.isAcceptedBy(head, accept)) {
            throw new BadHead(
                    BadHead.Fault.MALFORMED, "101 that does not answer the WebSocket handshake (RFC 6455 section 4.1)");
        }
        state = State.TUNNEL;
        deadline.clear();
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
        hasServed = true;
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
        State was = state;
        readNanos = System.nanoTime();
        state = State.CLOSED;
        loop.deadlines().remove(deadline);
        writer.release();
        if (opened) {
            connections.upstreamClosed(upstream.name());
            loop.pool().closed(this);
        }
        if (was == State.TUNNEL) {
            Answers to = answers;
            answers = null;
            if (to != null) {
                to.end(null);
            }
        } else if (was == State.BODY && body.endsWithConnection() && (endedProperly || upstream.tls() == null)) {
            end(null);
        } else if (was == State.HEAD) {
            boolean clean = reader.length() == 0 && !answered;
            if (!clean || !hasServed) {
                address.failed();
            }
            String what = clean ? "answer: the connection ended before it" : "answer: the connection ended in its head";
            lose(new Deny(Reason.UPSTREAM_INVALID, what), clean);
        } else if (was == State.BODY) {
            lose(new Deny(Reason.UPSTREAM_INVALID, "answer: the connection ended in its body"), false);
        }
    }

    /** TLS has a proper end of its own; without one, a body that ends with the connection may be cut (RFC 9112 section 9.8). */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent end) {
            endedProperly = end.isSuccess();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (opened && state == State.HEAD && !hasServed && !answered && cause.getCause() instanceof SSLException) {
            // With TLS 1.3 an upstream refuses the client's certificate after the handshake has ended here.
            address.failed();
            lose(
                    new Deny(
                            Reason.UPSTREAM_UNREACHABLE,
                            "upstream " + upstream.name() + ": it broke off TLS, perhaps for want of a certificate"),
                    false);
            return;
        }
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            LOG.warn("connection to {} closed: {}", upstream, cause.toString());
        }
        if (state == State.BODY) {
            // Also where the end of the connection is the body's: a reset is no proper end (RFC 9112 section 8).
            lose(new Deny(Reason.UPSTREAM_INVALID, "answer: the connection broke in its body"), false);
        } else if (state == State.TUNNEL) {
            lose(new Deny(Reason.UPSTREAM_INVALID, "WebSocket: the connection broke"), false);
        } else {
            ctx.close();
        }
    }

    private void late() {
        switch (state) {
            case HEAD -> {
                address.failed();
                lose(
                        new Deny(
                                Reason.UPSTREAM_TIMEOUT,
                                "answer: none after "
                                        + timeouts.upstreamResponse().toMillis() + " ms"),
                        false);
            }
            case BODY ->
                lose(
                        new Deny(
                                Reason.UPSTREAM_TIMEOUT,
                                "answer: nothing more for " + timeouts.idle().toMillis() + " ms"),
                        false);
            case IDLE, TUNNEL, LINGER, CLOSED -> close();
        }
    }
}
