package dev.headgate.app;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The service manager's end of a {@code NOTIFY_SOCKET}. */
final class NotifyListener implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final LinkedBlockingQueue<String> states = new LinkedBlockingQueue<>();
    private final Channel channel;

    /** @param name as in {@code NOTIFY_SOCKET}: a path, or an abstract name that begins with @ */
    NotifyListener(String name) {
        String path = name.startsWith("@") ? "\0" + name.substring(1) : name;
        channel = new Bootstrap()
                .group(group)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        states.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(path))
                .syncUninterruptibly()
                .channel();
    }

    /** The lines of the next datagram; waits for it. */
    List<String> next() throws InterruptedException {
        String state = states.poll(30, TimeUnit.SECONDS);
        if (state == null) {
            throw new AssertionError("no datagram within 30 s");
        }
        return state.lines().toList();
    }

    /** The next datagram with this line; waits for it and leaves the others out. */
    List<String> next(String line) throws InterruptedException {
        List<String> lines = next();
        while (!lines.contains(line)) {
            lines = next();
        }
        return lines;
    }

    @Nullable
    String poll() {
        return states.poll();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
