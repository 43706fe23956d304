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
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    private @Nullable String allow;
    private boolean taken;
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
        if (taken) {
            return;
        }
        taken = true;
        boolean headOnly = request.method().equals(HttpMethod.HEAD);
        AdminPage page = page(request.uri());
        AdminResponse refusal = refusal(context, request, page != null && page.isPublic());
        if (refusal != null || page == null) {
            send(context, refusal != null ? refusal : notFound(), headOnly);
        } else if (!page.methods().contains(request.method())) {
            allow = String.join(
                    ", ", page.methods().stream().map(HttpMethod::name).toList());
            send(
                    context,
                    AdminResponse.text(
                            HttpResponseStatus.METHOD_NOT_ALLOWED,
                            "method not allowed (expected: one of " + allow + ")"),
                    headOnly);
        } else {
            ask(page, request, context, headOnly);
        }
    }

    private static @Nullable AdminResponse refusal(
            ChannelHandlerContext context, FullHttpRequest request, boolean isPublic) {
        Throwable malformed = request.decoderResult().cause();
        if (malformed != null) {
            return malformed instanceof TooLongFrameException
                    ? AdminResponse.text(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "request head too large")
                    : AdminResponse.text(HttpResponseStatus.BAD_REQUEST, "malformed request");
        }
        // A page in an operator's browser may get here by a name of its own that leads to this address: then it asks
        // within its origin, without a preflight. Browsers name the origin of whatever is neither GET nor HEAD.
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!reads && request.headers().contains(HttpHeaderNames.ORIGIN)) {
            return AdminResponse.text(HttpResponseStatus.FORBIDDEN, "Origin: not taken here (expected: no web page)");
        }
        // What reads names no origin, but the page's own name. Nobody else can have a name without a dot.
        boolean loopback = context.channel().localAddress() instanceof InetSocketAddress local
                && local.getAddress().isLoopbackAddress();
        return loopback
                        && !isPublic
                        && request.headers().getAll(HttpHeaderNames.HOST).stream()
                                .anyMatch(AdminHandler::isDomain)
                ? AdminResponse.text(
                        HttpResponseStatus.FORBIDDEN, "Host: not taken here (expected: localhost or an address)")
                : null;
    }

    private static boolean isDomain(String host) {
        int port = host.indexOf(':');
        String name = port < 0 ? host : host.substring(0, port);
        return !host.startsWith("[") && name.indexOf('.') >= 0 && !NetUtil.isValidIpV4Address(name);
    }

    private AdminResponse notFound() {
        return AdminResponse.text(
                HttpResponseStatus.NOT_FOUND, "not found (expected: one of " + String.join(" ", pages.keySet()) + ")");
    }

    /** One that takes more than half of the connection's time is not waited for. */
    private void ask(AdminPage page, FullHttpRequest request, ChannelHandlerContext context, boolean headOnly) {
        CompletionStage<AdminResponse> answer;
        try {
            answer = page.answer(request);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        Duration patience = deadline.dividedBy(2);
        Future<?> late = context.executor()
                .schedule(
                        () -> send(
                                context,
                                AdminResponse.text(
                                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                                        "no answer within " + patience.toMillis() + " ms"),
                                headOnly),
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
        var unused =
                answer.whenComplete((response, failure) -> context.executor().execute(() -> {
                    late.cancel(false);
                    send(context, failure == null ? response : internalError(failure), headOnly);
                }));
    }

    private static AdminResponse internalError(Throwable failure) {
        LOG.error("admin: internal error", failure);
        return AdminResponse.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal error");
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
        if (answered) {
            return;
        }
        answered = true;
        ByteBuf body = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body());
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("x-content-type-options", "nosniff")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (allow != null) {
            response.headers().set(HttpHeaderNames.ALLOW, allow);
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
