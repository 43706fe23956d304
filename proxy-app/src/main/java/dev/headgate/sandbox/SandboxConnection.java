package dev.headgate.sandbox;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: gathers one request at a time, in constant memory, and writes its answer before it reads the
 * next. Confined to its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails has lost its connection.
final class SandboxConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxConnection.class);
    private static final HexFormat HEX = HexFormat.of();
    private static final int LARGEST_MESSAGE = 4 << 20;

    static final String NAME = "sandbox";

    private final SandboxEndpoints endpoints;
    private final SeenLog seen;
    private final long delayMillis;

    /** What was read behind a request that is not yet answered: at most one turn of the event loop's reading. */
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();

    /** From the end of a request to the end of its answer, and from the end of the connection on. */
    private boolean answering;

    private boolean draining;

    /** Null between requests. */
    private @Nullable HttpRequest head;

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final MessageDigest digest = sha256();
    private long bodySize;

    SandboxConnection(SandboxEndpoints endpoints, SeenLog seen, long delayMillis) {
        this.endpoints = endpoints;
        this.seen = seen;
        this.delayMillis = delayMillis;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        waiting.add(message);
        drain(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!answering) {
            ctx.read();
        }
    }

    /** Answers may be written at once, which leads back here: a loop, lest a long pipeline become a deep stack. */
    private void drain(ChannelHandlerContext ctx) {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (!answering && !waiting.isEmpty()) {
                handle(ctx, waiting.remove());
            }
        } finally {
            draining = false;
        }
    }

    private void handle(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpRequest request) {
                begin(ctx, request);
            }
            if (message instanceof HttpContent content && head != null) {
                gather(ctx, head, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answered(ChannelHandlerContext ctx) {
        answering = false;
        drain(ctx);
        if (!answering) {
            ctx.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        answering = true;
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            refuseUnreadable(ctx);
            return;
        }
        head = request;
        body.reset();
        digest.reset();
        bodySize = 0;
        if (HttpUtil.is100ContinueExpected(request)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void gather(ChannelHandlerContext ctx, HttpRequest request, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            refuseUnreadable(ctx);
            return;
        }
        take(content.content());
        if (content instanceof LastHttpContent last) {
            head = null;
            SeenRequest whole = new SeenRequest(
                    request.method().name(),
                    request.uri(),
                    fields(request.headers()),
                    fields(last.trailingHeaders()),
                    body.toByteArray(),
                    bodySize,
                    HEX.formatHex(digest.digest()));
            body.reset();
            seen.add(whole);
            answer(ctx, request, whole);
        }
    }

    private void take(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return;
        }
        bodySize += bytes.readableBytes();
        byte[] array = ByteBufUtil.getBytes(bytes);
        digest.update(array);
        body.write(array, 0, Math.min(array.length, SeenRequest.KEPT_BODY - body.size()));
    }

    private static List<SeenRequest.Field> fields(HttpHeaders headers) {
        List<SeenRequest.Field> fields = new ArrayList<>(headers.size());
        headers.iteratorCharSequence()
                .forEachRemaining(entry -> fields.add(new SeenRequest.Field(
                        entry.getKey().toString(), entry.getValue().toString())));
        return fields;
    }

    /** What follows has no known beginning, so that the connection ends here (RFC 9112 section 6.3). */
    private void refuseUnreadable(ChannelHandlerContext ctx) {
        head = null;
        answering = true;
        String correlationId = UUID.randomUUID().toString();
        Reply reply = endpoints.unreadable(correlationId);
        write(ctx, reply, correlationId, null, false);
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest request, SeenRequest whole) {
        answering = true;
        SandboxEndpoints.Opened opened = isHandshake(request) ? endpoints.open(whole) : null;
        if (opened != null && waiting.isEmpty()) {
            open(ctx, request, opened);
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        String correlationId = UUID.randomUUID().toString();
        Reply reply = endpoints.reply(whole, correlationId);
        if (reply.delayed() && delayMillis > 0) {
            ctx.executor()
                    .schedule(
                            () -> write(ctx, reply, correlationId, request, keepAlive),
                            delayMillis,
                            TimeUnit.MILLISECONDS);
        } else {
            write(ctx, reply, correlationId, request, keepAlive);
        }
    }

    private static boolean isHandshake(HttpRequest request) {
        return HttpMethod.GET.equals(request.method())
                && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    private static void open(ChannelHandlerContext ctx, HttpRequest request, SandboxEndpoints.Opened opened) {
        Channel channel = ctx.channel();
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory("", null, false, LARGEST_MESSAGE).newHandshaker(request);
        if (handshaker == null) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(channel)
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        channel.pipeline().remove(ChunkedWriteHandler.class);
        channel.pipeline().addLast("join", new WebSocketFrameAggregator(LARGEST_MESSAGE));
        channel.pipeline().addLast("socket", new SandboxSocket(opened.api()));
        FullHttpRequest head = new DefaultFullHttpRequest(
                request.protocolVersion(),
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                request.headers(),
                EmptyHttpHeaders.INSTANCE);
        handshaker.handshake(channel, head).addListener((ChannelFutureListener) done -> {
            if (!done.isSuccess()) {
                channel.close();
                return;
            }
            channel.pipeline().remove(NAME);
            channel.config().setAutoRead(true);
            for (String message : opened.first()) {
                channel.writeAndFlush(new TextWebSocketFrame(message));
            }
        });
    }

    /** @param request null: unreadable */
    private void write(
            ChannelHandlerContext ctx,
            Reply reply,
            String correlationId,
            @Nullable HttpRequest request,
            boolean keepAlive) {
        HttpResponse head = reply.streamed() < 0 ? whole(ctx, reply) : streamedHead(reply, request);
        HttpHeaders fields = head.headers();
        fields.set("ININ-Correlation-Id", correlationId);
        for (Map.Entry<String, String> field : reply.fields().entrySet()) {
            fields.set(field.getKey(), field.getValue());
        }
        // Without a length and chunks, only the connection's end can end the body (RFC 9112 section 6.3).
        boolean delimited = HttpUtil.isContentLengthSet(head)
                || HttpUtil.isTransferEncodingChunked(head)
                || head.status().code() == 204;
        boolean reusable = keepAlive && delimited;
        HttpUtil.setKeepAlive(fields, request == null ? HttpVersion.HTTP_1_1 : request.protocolVersion(), reusable);
        ChannelFuture written;
        if (reply.streamed() < 0) {
            written = ctx.writeAndFlush(head);
        } else {
            ctx.write(head);
            boolean noBody = request != null && HttpMethod.HEAD.equals(request.method());
            written = ctx.writeAndFlush(
                    noBody
                            ? LastHttpContent.EMPTY_LAST_CONTENT
                            : new HttpChunkedInput(new BytePattern(reply.streamed())));
        }
        written.addListener((ChannelFutureListener) future -> {
            if (future.isSuccess() && reusable) {
                answered(ctx);
            } else {
                ctx.close();
            }
        });
    }

    private static HttpResponse whole(ChannelHandlerContext ctx, Reply reply) {
        byte[] bytes = reply.body();
        ByteBuf content = bytes.length == 0
                ? Unpooled.EMPTY_BUFFER
                : ctx.alloc().buffer(bytes.length).writeBytes(bytes);
        HttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), content);
        if (bytes.length > 0) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        }
        // RFC 9110 section 8.6: a 204 has no Content-Length.
        if (reply.status() != 204) {
            HttpUtil.setContentLength(response, bytes.length);
        }
        return response;
    }

    private static HttpResponse streamedHead(Reply reply, @Nullable HttpRequest request) {
        HttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM);
        if (!reply.chunked()) {
            HttpUtil.setContentLength(response, reply.streamed());
        } else if (request != null && request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            HttpUtil.setTransferEncodingChunked(response, true);
        }
        return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("sandbox: connection closed", cause);
        }
        ctx.close();
    }
}
