package dev.headgate.sandbox;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running stand-in for Genesys' guest APIs. It keeps what it has seen, credentials included, in memory only. Its threads
 * are daemons. Thread-safe; {@link #close} must not be called from one of its own threads.
 */
public final class Sandbox implements AutoCloseable {
    private static final int LONGEST_LINE = 64 << 10;
    private static final int LARGEST_HEAD = 128 << 10;

    private final SandboxConfig config;
    private final SandboxEndpoints endpoints;
    private final SeenLog seen = new SeenLog();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            Math.min(4, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("headgate-sandbox", true),
            NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel listener;

    private Sandbox(SandboxConfig config) throws IOException {
        this.config = config;
        endpoints = new SandboxEndpoints(config);
        try {
            listener = bind();
        } catch (IOException | RuntimeException e) {
            stop();
            throw e;
        }
    }

    /**
     * Listens on {@code config.host()} and {@code config.port()}.
     *
     * @throws java.net.BindException when the port is taken or the address is not this machine's
     * @throws UnknownHostException when the host has no address
     */
    public static Sandbox start(SandboxConfig config) throws IOException {
        return new Sandbox(config);
    }

    private Channel bind() throws IOException {
        InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
        if (address.isUnresolved()) {
            throw new UnknownHostException("unknown host");
        }
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // One request at a time: the next is read when the answer to the last is written.
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast("codec", new HttpServerCodec(decoderConfig()))
                                .addLast("stream", new ChunkedWriteHandler())
                                .addLast(SandboxConnection.NAME, connection());
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause instanceof IOException failure) {
            throw failure;
        } else if (cause != null) {
            throw new IOException("cannot bind", cause);
        }
        return bound.channel();
    }

    private SandboxConnection connection() {
        return new SandboxConnection(endpoints, seen, config.delay().toMillis());
    }

    private static HttpDecoderConfig decoderConfig() {
        return new HttpDecoderConfig().setMaxInitialLineLength(LONGEST_LINE).setMaxHeaderSize(LARGEST_HEAD);
    }

    /** The port really bound. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** {@code http://host:port}, without a slash at the end. */
    public String url() {
        String host = config.host();
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port();
    }

    /** The latest requests that arrived whole, oldest first: at most 10,000, and at most about 64 MiB. */
    public List<SeenRequest> seen() {
        return seen.latest();
    }

    /** All requests that ever arrived whole. */
    public long requestCount() {
        return seen.count();
    }

    /** Drops the connections, delayed answers included, and waits (at most 5 s) until the port is free. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        connections.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        stop();
    }

    private void stop() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
