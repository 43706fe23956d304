package dev.headgate.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/** How the kernel is asked for input and output. */
public enum Transport {
    IO_URING(IoUringServerSocketChannel.class, IoUringSocketChannel.class, IoUringDatagramChannel.class),
    EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class, EpollDatagramChannel.class),
    NIO(NioServerSocketChannel.class, NioSocketChannel.class, NioDatagramChannel.class);

    /*
     * On io_uring, connections read into a ring of buffers that their event loop shares. Without one, Netty 4.2.18 waits
     * for input by polls: multishot ones lose the wake-up of a reset that follows close behind data, and with single
     * ones a connection that is closed behind a write never closes (the family of netty issue 17049).
     */
    private static final short RING = 1;
    private static final short RING_BUFFERS = 128;
    private static final int RING_BUFFER = 8 * 1024;
    private static final int RING_BATCH = 16;

    /*
     * A multishot receive of Netty 4.2.18 that ends because the ring is empty is started anew whether or not its
     * connection still is to be read: a fast sender fills the memory while no one takes what it sends. One receive at a
     * time stops with the connection. Netty reads this when it first looks at io_uring, which is here.
     */
    private static final String MULTISHOT = "io.netty.iouring.recvMultiShotEnabled";

    static {
        System.setProperty(MULTISHOT, "false");
    }

    private final Class<? extends ServerChannel> server;
    private final Class<? extends Channel> socket;
    private final Class<? extends DatagramChannel> datagram;

    Transport(
            Class<? extends ServerChannel> server,
            Class<? extends Channel> socket,
            Class<? extends DatagramChannel> datagram) {
        this.server = server;
        this.socket = socket;
        this.datagram = datagram;
    }

    /**
     * The one that takes least of the machine: epoll on Linux. io_uring makes fewer system calls, but with receives that
     * stop when a connection is paused it takes more time in all; see docs/performance.md.
     */
    public static Transport best() {
        return EPOLL.isAvailable() ? EPOLL : NIO;
    }

    public boolean isAvailable() {
        return switch (this) {
            case IO_URING -> IoUring.isAvailable() && IoUring.isRegisterBufferRingSupported();
            case EPOLL -> Epoll.isAvailable();
            case NIO -> true;
        };
    }

    /**
     * @param threads 1 or more
     */
    public MultiThreadIoEventLoopGroup group(int threads) {
        IoHandlerFactory factory =
                switch (this) {
                    case IO_URING ->
                        IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setBufferRingConfig(ring()));
                    case EPOLL -> EpollIoHandler.newFactory();
                    case NIO -> NioIoHandler.newFactory();
                };
        return new MultiThreadIoEventLoopGroup(threads, factory);
    }

    private static IoUringBufferRingConfig ring() {
        return IoUringBufferRingConfig.builder()
                .bufferGroupId(RING)
                .bufferRingSize(RING_BUFFERS)
                .batchSize(RING_BATCH)
                .allocator(new IoUringFixedBufferRingAllocator(RING_BUFFER))
                .build();
    }

    /** What accepts connections. */
    public ServerBootstrap listener(EventLoopGroup group) {
        ServerBootstrap listener = new ServerBootstrap().group(group).channel(server);
        return this == IO_URING ? listener.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, RING) : listener;
    }

    /**
     * What accepts connections from a socket that listens already: to be registered, not bound. Only on {@link #EPOLL}.
     *
     * @param descriptor of the socket, non-blocking; closed with the channel
     */
    public ServerBootstrap listener(EventLoopGroup group, int descriptor) {
        if (this != EPOLL) {
            throw new UnsupportedOperationException(this + " (expected: EPOLL)");
        }
        return new ServerBootstrap().group(group).channelFactory(() -> new EpollServerSocketChannel(descriptor));
    }

    /** Makes the sockets of connections that are opened. */
    ChannelFactory<Channel> sockets() {
        return new ReflectiveChannelFactory<>(socket);
    }

    /** What opens connections to addresses; who asks for one has a time-out of its own. */
    Bootstrap connector(EventLoop loop, ChannelFactory<Channel> sockets) {
        Bootstrap connector = new Bootstrap()
                .group(loop)
                .channelFactory(sockets)
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
        return this == IO_URING ? connector.option(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, RING) : connector;
    }

    Class<? extends DatagramChannel> datagram() {
        return datagram;
    }
}
