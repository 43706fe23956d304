package dev.headgate.netty;

import dev.headgate.gate.RequestIds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a client wants before TLS begins, and hands the connection to an {@link SslHandler} with the certificate for
 * it. A client without TLS is told so in plain HTTP. Confined to one connection's event loop.
 */
final class ClientHelloHandler extends SslClientHelloHandler<SslContext> {
    private static final int LONGEST = 16 * 1024;
    private static final int HANDSHAKE_RECORD = 22;
    private static final int NO_APPLICATION_PROTOCOL = 120;
    private static final int UNRECOGNIZED_NAME = 112;
    private static final int DECODE_ERROR = 50;
    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final String TOO_LATE = "it was not complete within timeouts.head";
    private static final String UNREADABLE = "the client's first message (ClientHello) cannot be read";
    private static final String SENTENCE =
            "This port speaks HTTPS, and the request came without TLS: use https:// instead of http://.\n";
    private static final ByteBuf PLAIN_ANSWER = Unpooled.unreleasableBuffer(Unpooled.directBuffer()
            .writeBytes(("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                            + SENTENCE.length() + "\r\nConnection: close\r\n\r\n" + SENTENCE)
                    .getBytes(StandardCharsets.US_ASCII))
            .asReadOnly());

    private final DownstreamTls tls;
    private final ClientConnection connection;
    private final Duration limit;
    private final long startNanos = System.nanoTime();
    private @Nullable Future<?> deadline;
    private boolean seen;
    private boolean over;
    private int alert = -1;
    private TlsOutcome refusal = TlsOutcome.FAILED;
    private String refusalInWords = "";

    ClientHelloHandler(DownstreamTls tls, ClientConnection connection, Duration limit) {
        super(LONGEST);
        this.tls = tls;
        this.connection = connection;
        this.limit = limit;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor()
                .schedule(
                        () -> {
                            end(TlsOutcome.TIMEOUT, () -> TOO_LATE);
                            ctx.channel().close();
                        },
                        limit.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (over) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (!seen && in.isReadable()) {
            seen = true;
            int first = in.getUnsignedByte(in.readerIndex());
            if (first != HANDSHAKE_RECORD) {
                boolean http = first >= 'A' && first <= 'Z' || first >= 'a' && first <= 'z';
                in.skipBytes(in.readableBytes());
                end(
                        http ? TlsOutcome.PLAINTEXT : TlsOutcome.FAILED,
                        () -> http ? "the client began without TLS" : "the client began with neither TLS nor HTTP");
                closeAfter(ctx, http ? PLAIN_ANSWER.duplicate() : Unpooled.EMPTY_BUFFER);
                return;
            }
        }
        super.decode(ctx, in, out);
    }

    @Override
    protected Future<SslContext> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf body) {
        SslContext context = null;
        try {
            ClientHello hello = body == null ? null : ClientHello.of(body);
            if (hello == null) {
                unreadable();
            } else if (!tls.speaks(hello.protocols())) {
                alert = NO_APPLICATION_PROTOCOL;
                refusalInWords = "the client offers no protocol (ALPN) that is spoken here";
            } else {
                context = tls.context(hello.serverName());
                if (context == null) {
                    alert = UNRECOGNIZED_NAME;
                    refusal = TlsOutcome.UNKNOWN_NAME;
                    refusalInWords = unknown(hello.serverName());
                }
            }
        } catch (IndexOutOfBoundsException e) {
            unreadable();
        }
        return ctx.executor().newSucceededFuture(context);
    }

    private void unreadable() {
        alert = DECODE_ERROR;
        refusalInWords = UNREADABLE;
    }

    private static String unknown(@Nullable String serverName) {
        return serverName == null
                ? "the client names no server, and unknownServerName is refuse"
                : "no certificate is for the name that the client asks for, " + RequestIds.escaped(serverName);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext ctx, Future<SslContext> found) {
        SslContext context = found.getNow();
        if (context == null) {
            end(refusal, () -> refusalInWords);
            // A fatal alert of TLS 1.2 form, which is also that of 1.3 before the keys are agreed on (RFC 8446 section
            // 6).
            closeAfter(ctx, Unpooled.wrappedBuffer(new byte[] {21, 3, 3, 0, 2, 2, (byte) alert}));
            return;
        }
        SslHandler handler = context.newHandler(ctx.alloc());
        // The deadline here is for the whole of it.
        handler.setHandshakeTimeoutMillis(0);
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                end(TlsOutcome.OK, () -> "");
            } else {
                end(failure(), () -> HandshakeFailure.inWords(done.cause()));
            }
        });
        ctx.pipeline().replace(this, ctx.name(), handler);
    }

    /** Whoever has closed the connection after the limit, the cause is the limit. */
    private TlsOutcome failure() {
        return System.nanoTime() - startNanos >= limit.toNanos() ? TlsOutcome.TIMEOUT : TlsOutcome.FAILED;
    }

    /**
     * Once.
     *
     * @param why in words; asked only where it failed before the limit, and a line about it is due
     */
    private void end(TlsOutcome outcome, Supplier<String> why) {
        if (!over) {
            over = true;
            if (deadline != null) {
                deadline.cancel(false);
            }
            Edge edge = connection.edge();
            edge.connections().tlsEnded(outcome);
            if (outcome != TlsOutcome.OK) {
                edge.handshakeWarnings()
                        .failed(connection.address(), outcome == TlsOutcome.TIMEOUT ? () -> TOO_LATE : why);
            }
        }
    }

    /** What the client still sends is read for a while, so that no reset overtakes the answer (RFC 9112 section 9.6). */
    private static void closeAfter(ChannelHandlerContext ctx, ByteBuf answer) {
        ctx.writeAndFlush(answer).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess() && written.channel() instanceof DuplexChannel duplex) {
                Future<?> linger =
                        ctx.executor().schedule(() -> duplex.close(), LINGER.toNanos(), TimeUnit.NANOSECONDS);
                duplex.closeFuture().addListener(closed -> linger.cancel(false));
                duplex.shutdownOutput();
            } else {
                written.channel().close();
            }
        });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (seen || failure() == TlsOutcome.TIMEOUT) {
            end(failure(), () -> HandshakeFailure.CLOSED);
        } else if (deadline != null) {
            deadline.cancel(false);
        }
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end(TlsOutcome.FAILED, () -> cause instanceof DecoderException ? UNREADABLE : HandshakeFailure.inWords(cause));
        ctx.close();
    }
}
