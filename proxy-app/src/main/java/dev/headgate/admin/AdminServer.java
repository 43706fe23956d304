package dev.headgate.admin;

import dev.headgate.observe.Metrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The admin port: {@code /metrics}, {@code /livez}, {@code /readyz} and further pages. Has one thread of its own, so
 * that no scrape runs on the proxy's event loops. Each connection serves one request within ten seconds.
 */
public final class AdminServer implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int LINE = 4 << 10;
    private static final int HEAD = 8 << 10;
    private static final int BODY = 64 << 10;

    private final EventLoopGroup group;
    private final Channel channel;

    private AdminServer(EventLoopGroup group, Channel channel) {
        this.group = group;
        this.channel = channel;
    }

    /**
     * Binds and serves.
     *
     * @param port 0 for a free one
     * @throws IOException if the address cannot be bound; its message names it
     */
    public static AdminServer start(String host, int port, Metrics metrics, Supplier<Readiness> readiness)
            throws IOException {
        return start(host, port, pages(metrics, readiness));
    }

    /**
     * Likewise, with pages of the caller's.
     *
     * @param pages by path; a path that ends in {@code /} also serves what lies below it
     */
    public static AdminServer start(String host, int port, Map<String, AdminPage> pages) throws IOException {
        return start(host, port, pages, DEADLINE);
    }

    /** As {@link #pages(Metrics, Supplier, Supplier)}, without a hindrance. */
    public static Map<String, AdminPage> pages(Metrics metrics, Supplier<Readiness> readiness) {
        return pages(metrics, readiness, () -> null);
    }

    /**
     * The pages that are always there, in a map to which others can be added before the start.
     *
     * @param hindrance why no requests should be sent all the same; null for no reason
     */
    public static Map<String, AdminPage> pages(
            Metrics metrics, Supplier<Readiness> readiness, Supplier<@Nullable String> hindrance) {
        Map<String, AdminPage> pages = new LinkedHashMap<>();
        pages.put("/metrics", AdminPage.of(request -> {
            Metrics.Exposition exposition = metrics.expose(request.headers().get(HttpHeaderNames.ACCEPT));
            return new AdminResponse(HttpResponseStatus.OK, exposition.contentType(), exposition.body());
        }));
        pages.put("/livez", AdminPage.of(request -> AdminResponse.text(HttpResponseStatus.OK, "ok")));
        pages.put("/readyz", AdminPage.of(request -> {
            Readiness now = readiness.get();
            String why = now == Readiness.READY ? hindrance.get() : null;
            if (why != null) {
                return AdminResponse.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "not ready: " + why);
            }
            return AdminResponse.text(
                    now == Readiness.READY ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                    now.name().toLowerCase(Locale.ROOT));
        }));
        return pages;
    }

    static AdminServer start(String host, int port, Map<String, AdminPage> pages, Duration deadline)
            throws IOException {
        Map<String, AdminPage> served = Collections.unmodifiableMap(new LinkedHashMap<>(pages));
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        connection
                                .pipeline()
                                .addLast("codec", new HttpServerCodec(LINE, HEAD, LINE))
                                .addLast("whole", new HttpObjectAggregator(BODY, true))
                                .addLast("pages", new AdminHandler(served, deadline));
                    }
                })
                .bind(new InetSocketAddress(host, port))
                .awaitUninterruptibly();
        Throwable failure = bound.cause();
        if (failure != null) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
            throw new IOException("admin.address: cannot listen on " + host + ":" + port + " (" + why + ")", failure);
        }
        return new AdminServer(group, bound.channel());
    }

    /** The port really bound. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Stops listening and ends what is under way, within about a second. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
