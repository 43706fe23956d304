package dev.headgate.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request, one answer, then the end. Without keep-alive there are no pipelines and no idle connections to bound, and
 * one deadline covers a slow sender and a slow reader.
 */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final Map<String, AdminPage> pages;
    private final Duration deadline;
    private @Nullable Future<?> timeout;
    private boolean answered;

    AdminHandler(Map<String, AdminPage> pages, Duration deadline) {
        this.pages = pages;
        this.deadline = deadline;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        timeout = context.executor().schedule(() -> context.close(), deadline.toMillis(), TimeUnit.MILLISECONDS);
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (timeout != null) {
            timeout.cancel(false);
        }
        context.fireChannelInactive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (answered) {
            return;
        }
        HttpMethod method = request.method();
        send(context, answer(request), method.equals(HttpMethod.HEAD));
    }

    private AdminResponse answer(FullHttpRequest request) {
        Throwable malformed = request.decoderResult().cause();
        if (malformed != null) {
            return malformed instanceof TooLongFrameException
                    ? AdminResponse.text(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "request head too large")
                    : AdminResponse.text(HttpResponseStatus.BAD_REQUEST, "malformed request");
        }
        AdminPage page = page(request.uri());
        if (page == null) {
            return AdminResponse.text(
                    HttpResponseStatus.NOT_FOUND,
                    "not found (expected: one of " + String.join(" ", pages.keySet()) + ")");
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return AdminResponse.text(
                    HttpResponseStatus.METHOD_NOT_ALLOWED, "method not allowed (expected: GET or HEAD)");
        }
        try {
            return page.get(request);
        } catch (RuntimeException e) {
            LOG.error("admin: internal error", e);
            return AdminResponse.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal error");
        }
    }

    /** The page of this path, or the one of its first segment: a key {@code /explain/} serves {@code /explain/ID}. */
    private @Nullable AdminPage page(String uri) {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        AdminPage page = pages.get(path);
        int second = path.indexOf('/', 1);
        return page != null || second < 0 ? page : pages.get(path.substring(0, second + 1));
    }

    private void send(ChannelHandlerContext context, AdminResponse answer, boolean headOnly) {
        answered = true;
        ByteBuf body = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body());
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A client that vanishes in mid-request, as port scanners and TCP probes do, is no news.
        if (!(cause instanceof IOException) && !(cause instanceof PrematureChannelClosureException)) {
            LOG.warn("admin: connection closed", cause);
        }
        context.close();
    }
}
