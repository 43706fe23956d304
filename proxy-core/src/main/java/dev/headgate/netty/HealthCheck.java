package dev.headgate.netty;

import dev.headgate.netty.Upstream.NoSocket;
import dev.headgate.netty.UpstreamOptions.Health;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one address again and again whether it is well, each time on a new connection, which is none of the upstream's
 * bounded ones. An address counts as well until it has failed often enough. Confined to its event loop.
 */
final class HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);

    private final Upstream upstream;
    private final UpstreamAddress address;
    private final Health health;
    private final EventLoop loop;
    private final Transport transport;
    private @Nullable Future<?> next;
    private @Nullable Channel channel;
    private int inARow;
    private boolean asking;
    private boolean stopped;

    HealthCheck(Upstream upstream, UpstreamAddress address, Health health, EventLoop loop, Transport transport) {
        this.upstream = upstream;
        this.address = address;
        this.health = health;
        this.loop = loop;
        this.transport = transport;
    }

    void start() {
        ask();
    }

    void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
        if (channel != null) {
            channel.close();
        }
    }

    private void ask() {
        asking = true;
        next = loop.schedule(() -> answered(null), health.timeout().toNanos(), TimeUnit.NANOSECONDS);
        ChannelFuture connect;
        try {
            connect = upstream.connect(loop, transport, address, new Initializer());
        } catch (NoSocket e) {
            LOG.warn("upstream {}: {} not checked: {}", upstream.name(), address, String.valueOf(e.getCause()));
            over();
            return;
        }
        channel = connect.channel();
        connect.addListener((ChannelFuture connected) -> {
            if (!connected.isSuccess() && connected.channel() == channel) {
                answered(null);
            }
        });
    }

    private final class Initializer extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel made) {
            upstream.begin(made, null);
            made.pipeline().addLast(new HttpClientCodec(), new Answer(made));
        }
    }

    private final class Answer extends SimpleChannelInboundHandler<HttpObject> {
        private final Channel mine;

        Answer(Channel mine) {
            this.mine = mine;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, health.path());
            request.headers()
                    .set(HttpHeaderNames.HOST, new String(upstream.hostField(), StandardCharsets.US_ASCII))
                    .set(HttpHeaderNames.USER_AGENT, "headgate-health")
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            ctx.writeAndFlush(request);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
            if (message instanceof HttpResponse response && response.status().code() >= 200) {
                end(response.decoderResult().isSuccess() ? response : null);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end(null);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            end(null);
        }

        private void end(@Nullable HttpResponse response) {
            if (mine == channel) {
                answered(response);
            } else {
                mine.close();
            }
        }
    }

    /** @param response null where there was none in time, or none that is HTTP */
    private void answered(@Nullable HttpResponse response) {
        Channel used = channel;
        channel = null;
        if (used != null) {
            used.close();
        }
        if (!asking || stopped) {
            return;
        }
        boolean good = response != null && response.status().code() < 400;
        if (good != address.isUnhealthy()) {
            inARow = 0;
        } else if (++inARow >= (good ? health.healthy() : health.unhealthy())) {
            inARow = 0;
            address.unhealthy(!good);
            String status = response == null
                    ? "no answer"
                    : String.valueOf(response.status().code());
            LOG.warn("upstream {}: {} is {}: {}", upstream.name(), address, good ? "healthy" : "unhealthy", status);
        }
        over();
    }

    /** One check is; the next one comes after the interval. */
    private void over() {
        asking = false;
        if (next != null) {
            next.cancel(false);
        }
        if (!loop.isShuttingDown()) {
            long interval = health.interval().toNanos();
            long jitter = ThreadLocalRandom.current().nextLong(-interval / 10, interval / 10 + 1);
            next = loop.schedule(this::ask, interval + jitter, TimeUnit.NANOSECONDS);
        }
    }
}
