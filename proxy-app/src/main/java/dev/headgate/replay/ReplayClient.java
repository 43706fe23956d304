package dev.headgate.replay;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.security.KeyException;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests as they are, byte by byte, and reads the answers, over HTTP/1.1 connections to one target that are used
 * again. Confined to {@link #loop()} but for {@link #close}.
 */
final class ReplayClient implements AutoCloseable {
    /*
     * Invariants: open = idle + those with a call + those being connected, and no more than the maximum; something waits
     * only while open is the maximum.
     */

    /** What becomes of a call. One of its methods is called, once, on the loop. */
    interface Call {
        byte[] bytes();

        String method();

        /** Whether the connection may be used again. */
        boolean reusable();

        void answered(RecordedResponse answer, long micros);

        /** @param why for people, without any value of the exchange */
        void failed(String why);
    }

    private static final int CONNECT_MILLIS = 5_000;

    /** Servers keep an idle connection for longer; a POST that meets one that is just being closed would be lost. */
    private static final long LONGEST_IDLE_NANOS = TimeUnit.SECONDS.toNanos(4);

    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");
    private static final int LONGEST_LINE = 64 << 10;
    private static final int LARGEST_HEAD = 256 << 10;
    private static final int DEEPEST_CAUSE = 10;

    private final ReplayTarget target;
    private final int maximum;
    private final long answerMillis;
    private final @Nullable SslContext tls;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("headgate-replay", true), NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final ArrayDeque<ReplayConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private int open;
    private boolean connected;
    private volatile @Nullable String unreachable;

    /**
     * @param maximum connections at a time, 1 or more
     * @param answerMillis the longest that an answer may take, to its end
     */
    ReplayClient(ReplayTarget target, int maximum, long answerMillis) {
        this.target = target;
        this.maximum = maximum;
        this.answerMillis = answerMillis;
        this.tls = target.tls() ? tls() : null;
    }

    private static SslContext tls() {
        try {
            return SslContextBuilder.forClient().build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS: " + e.getMessage(), e);
        }
    }

    EventLoop loop() {
        return loop;
    }

    /** Why no connection has ever come about; null where one has, or none was tried. From any thread. */
    @Nullable
    String unreachable() {
        return unreachable;
    }

    void send(Call call) {
        ReplayConnection connection = idleOne();
        if (connection != null) {
            connection.send(call, true);
        } else if (open < maximum) {
            connect(call);
        } else {
            waiting.add(call);
        }
    }

    private @Nullable ReplayConnection idleOne() {
        while (true) {
            ReplayConnection last = idle.pollLast();
            if (last == null || last.isActive() && last.idleNanos() < LONGEST_IDLE_NANOS) {
                return last;
            }
            open--;
            last.close();
        }
    }

    private void connect(Call call) {
        open++;
        ReplayConnection connection = new ReplayConnection(this, answerMillis);
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        initialize(channel, connection);
                    }
                })
                .connect(target.address());
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                failed(call, reason(done.cause()));
            } else if (tls == null) {
                connected(connection, call);
            } else {
                connecting
                        .channel()
                        .pipeline()
                        .get(SslHandler.class)
                        .handshakeFuture()
                        .addListener(shaken -> {
                            if (shaken.isSuccess()) {
                                connected(connection, call);
                            } else {
                                failed(call, tlsReason(shaken.cause()));
                            }
                        });
            }
        });
    }

    private void connected(ReplayConnection connection, Call call) {
        connected = true;
        unreachable = null;
        connection.send(call, false);
    }

    private void failed(Call call, String reason) {
        String why = target + ": " + reason;
        if (!connected) {
            unreachable = why;
        }
        open--;
        call.failed(why);
        next();
    }

    private void initialize(Channel channel, ReplayConnection connection) {
        if (tls != null) {
            channel.pipeline().addLast("tls", tls.newHandler(channel.alloc(), target.host(), target.port()));
        }
        channel.pipeline().addLast("decoder", new AnswerDecoder(connection)).addLast("connection", connection);
    }

    /** In what a failure says there may be addresses, which are known anyway. */
    static String reason(@Nullable Throwable cause) {
        String message = cause == null ? null : cause.getMessage();
        if (message == null) {
            return cause == null ? "unknown failure" : cause.getClass().getSimpleName();
        }
        if (message.contains("refused")) {
            return "connection refused (expected: a server that listens there)";
        }
        return message.contains("timed out") ? "no connection within " + CONNECT_MILLIS / 1000 + " s" : message;
    }

    /** Messages of the JDK about certificates tell names and dates, which are the server's and no secret. */
    static String tlsReason(Throwable failure) {
        if (failure instanceof NotSslRecordException) {
            return "no TLS there (expected: a server that speaks it, or --target with http)";
        }
        Throwable innermost = failure;
        for (int depth = 0; innermost.getCause() != null && depth < DEEPEST_CAUSE; depth++) {
            innermost = innermost.getCause();
        }
        if (innermost instanceof GeneralSecurityException && !(innermost instanceof KeyException)) {
            return "its certificate is not trusted: " + innermost.getMessage()
                    + " (expected: one for this name, of an authority that this Java trusts; javax.net.ssl.trustStore"
                    + " names others)";
        }
        return innermost instanceof ClosedChannelException
                ? "the connection ended in the TLS handshake"
                : "the TLS handshake failed: " + innermost.getMessage();
    }

    /** A connection has no call any more. */
    void free(ReplayConnection connection, boolean reusable) {
        if (!reusable || !connection.isActive()) {
            open--;
            connection.close();
            next();
            return;
        }
        Call call = waiting.poll();
        if (call != null) {
            connection.send(call, true);
        } else {
            idle.add(connection);
        }
    }

    private void next() {
        Call call = open < maximum ? waiting.poll() : null;
        if (call != null) {
            connect(call);
        }
    }

    /** A connection that was used before turned out dead before anything of the answer came. */
    void lost(ReplayConnection connection, Call call) {
        open--;
        connection.close();
        if (IDEMPOTENT.contains(call.method())) {
            connect(call);
        } else {
            call.failed("the connection was closed before the answer");
            next();
        }
    }

    /** Knows from the request whether its answer has a body. */
    private static final class AnswerDecoder extends HttpResponseDecoder {
        private final ReplayConnection connection;

        AnswerDecoder(ReplayConnection connection) {
            super(new HttpDecoderConfig().setMaxInitialLineLength(LONGEST_LINE).setMaxHeaderSize(LARGEST_HEAD));
            this.connection = connection;
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            return connection.isHead() || super.isContentAlwaysEmpty(message);
        }
    }

    static ByteBuf buffer(byte[] bytes) {
        return Unpooled.wrappedBuffer(bytes);
    }

    /** Ends everything; idle connections first, so that none ends in a loop that has gone. */
    @Override
    public void close() {
        loop.submit(() -> idle.forEach(ReplayConnection::close)).awaitUninterruptibly(5, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
