package dev.headgate.netty;

import dev.headgate.netty.UpstreamOptions.Authority;
import dev.headgate.netty.UpstreamOptions.ProxyHeader;
import dev.headgate.netty.UpstreamPool.Client;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An origin that requests are forwarded to, with its addresses and the bounds that all event loops keep together.
 * Compared by identity: a new configuration has new ones. Thread-safe.
 */
public final class Upstream {
    private static final Logger LOG = LoggerFactory.getLogger(Upstream.class);
    private static final UpstreamAddress[] NOWHERE = {};

    private final String name;
    private final String host;
    private final int port;
    private final @Nullable SslContext tls;
    private final UpstreamOptions options;
    private final LongSupplier clock;
    private final byte[] hostField;

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger idle = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<UpstreamConnections> loops = new CopyOnWriteArrayList<>();
    private volatile UpstreamAddress[] addresses = NOWHERE;
    private volatile @Nullable Throwable unresolved;
    private volatile boolean retired;
    private volatile @Nullable UpstreamWatch watch;
    private volatile @Nullable ChannelFactory<Channel> sockets;

    /**
     * @param name as configured
     * @param tls null for plain HTTP; certificates are verified against {@code host} all the same
     */
    public Upstream(String name, String host, int port, @Nullable SslContext tls) {
        this(name, host, port, tls, UpstreamOptions.DEFAULT);
    }

    /**
     * @param name as configured
     * @param host whose name TLS asks for and verifies, and which is the Host field
     * @param tls null for plain HTTP
     */
    public Upstream(String name, String host, int port, @Nullable SslContext tls, UpstreamOptions options) {
        this(name, host, port, tls, options, System::nanoTime);
    }

    /**
     * @param clock in nanoseconds, for ejections
     */
    Upstream(
            String name, String host, int port, @Nullable SslContext tls, UpstreamOptions options, LongSupplier clock) {
        this.name = name;
        this.host = host;
        this.port = port;
        this.tls = tls;
        this.options = options;
        this.clock = clock;
        boolean standard = port == (tls == null ? 80 : 443);
        String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        this.hostField = (standard ? bracketed : bracketed + ":" + port).getBytes(StandardCharsets.US_ASCII);
        List<InetSocketAddress> literals = new ArrayList<>();
        for (Authority authority : authorities()) {
            InetAddress literal = NetUtil.createInetAddressFromIpAddressString(authority.host());
            if (literal != null) {
                literals.add(new InetSocketAddress(literal, authority.port()));
            }
        }
        if (!literals.isEmpty()) {
            resolved(literals);
        }
    }

    public String name() {
        return name;
    }

    public String host() {
        return host;
    }

    public int port() {
        return port;
    }

    @Nullable
    SslContext tls() {
        return tls;
    }

    UpstreamOptions options() {
        return options;
    }

    byte[] hostField() {
        return hostField;
    }

    /** Sockets are made here, not by the transport. */
    void sockets(ChannelFactory<Channel> from) {
        sockets = from;
    }

    /** Where to connect, names and addresses. */
    List<Authority> authorities() {
        return options.authorities().isEmpty() ? List.of(new Authority(host, port)) : options.authorities();
    }

    /**
     * Resolves its names, now and again and again, and checks its addresses' health, on that event loop. What is watched
     * already, or retired, stays as it is; the first request that needs it does the same.
     */
    public void watch(EventLoop loop, Transport transport, ConnectionListener listener) {
        if (watch != null || retired) {
            return;
        }
        UpstreamWatch made;
        synchronized (this) {
            if (watch != null || retired) {
                return;
            }
            made = new UpstreamWatch(this, loop, transport, listener);
            watch = made;
        }
        made.start();
    }

    /** No configuration has it any more: idle connections close, and others after the request that they are in. */
    void retire() {
        UpstreamWatch running;
        synchronized (this) {
            retired = true;
            running = watch;
        }
        if (running != null) {
            running.stop();
        }
        loops.forEach(UpstreamConnections::pruneSoon);
    }

    /** Whether a configuration without it is in force, after which nothing can bring it back. */
    public boolean isRetired() {
        return retired;
    }

    /** Whether there is an address to connect to, be it from long ago. */
    public boolean isResolved() {
        return addresses.length > 0;
    }

    /** Whether an address can be expected to answer: it is neither ejected, though it may be the only one, nor unhealthy. */
    public boolean isUp() {
        long now = now();
        for (UpstreamAddress address : addresses) {
            if (address.isUp(now)) {
                return true;
            }
        }
        return false;
    }

    /** How many of its addresses are in that state at this moment. Any thread. */
    public int addresses(AddressState state) {
        long now = now();
        int found = 0;
        for (UpstreamAddress address : addresses) {
            if (address.state(now) == state) {
                found++;
            }
        }
        return found;
    }

    /** Why its name has not been resolved yet; null where it has been, or is being. */
    @Nullable
    Throwable unresolved() {
        return unresolved;
    }

    UpstreamAddress[] addresses() {
        return addresses;
    }

    long now() {
        return clock.getAsLong();
    }

    /** These are its addresses from now on; each one that was there before stays the same object. */
    synchronized void resolved(Collection<InetSocketAddress> found) {
        UpstreamAddress[] before = addresses;
        List<UpstreamAddress> next = new ArrayList<>();
        for (InetSocketAddress address : found) {
            if (next.stream().noneMatch(known -> known.address().equals(address))) {
                next.add(known(before, address));
            }
        }
        unresolved = null;
        addresses = next.toArray(NOWHERE);
        boolean left = false;
        for (UpstreamAddress address : before) {
            if (!next.contains(address)) {
                address.leave();
                left = true;
            }
        }
        if (left || before.length == 0) {
            loops.forEach(UpstreamConnections::pruneSoon);
        }
    }

    private UpstreamAddress known(UpstreamAddress[] before, InetSocketAddress address) {
        for (UpstreamAddress known : before) {
            if (known.address().equals(address)) {
                return known;
            }
        }
        return new UpstreamAddress(this, address);
    }

    /** No name could be resolved. What was known stays. */
    void unresolvable(UnknownHostException why) {
        if (isResolved()) {
            return;
        }
        unresolved = why;
        loops.forEach(UpstreamConnections::pruneSoon);
    }

    /**
     * The address that has the least requests, of those that are neither unhealthy nor ejected; where there is none, of
     * those that are only ejected, else of all.
     *
     * @param except not these
     */
    @Nullable
    UpstreamAddress choose(List<UpstreamAddress> except) {
        UpstreamAddress[] all = addresses;
        if (all.length == 1 && except.isEmpty()) {
            return all[0];
        }
        if (all.length == 0) {
            return null;
        }
        long now = now();
        UpstreamAddress best = null;
        int bestRank = Integer.MAX_VALUE;
        int bestRequests = Integer.MAX_VALUE;
        int start = ThreadLocalRandom.current().nextInt(all.length);
        for (int i = 0; i < all.length; i++) {
            UpstreamAddress address = all[(start + i) % all.length];
            int rank = address.state(now).ordinal();
            int requests = address.requests();
            if ((rank < bestRank || rank == bestRank && requests < bestRequests) && !except.contains(address)) {
                best = address;
                bestRank = rank;
                bestRequests = requests;
            }
        }
        return best;
    }

    /** Whether one more address may be left out. */
    boolean mayEject(long now) {
        UpstreamAddress[] all = addresses;
        int out = 1;
        for (UpstreamAddress address : all) {
            if (address.isEjected(now)) {
                out++;
            }
        }
        return out * 100 <= all.length * options.ejection().maximumPercent();
    }

    void ejected(UpstreamAddress address) {
        LOG.warn("upstream {}: {} fails and is left out for a while", name, address);
        UpstreamWatch running = watch;
        if (running != null) {
            running.listener().upstreamEjected(name);
        }
    }

    /** Takes the right to open one more connection, if there is one. */
    boolean acquire() {
        int now = open.get();
        while (now < options.connections()) {
            if (open.compareAndSet(now, now + 1)) {
                return true;
            }
            now = open.get();
        }
        return false;
    }

    /** Gives that right back; who waits longest gets it, on its own event loop. */
    void release() {
        open.decrementAndGet();
        wake();
    }

    /** Whoever waits longest looks again, on its own event loop. */
    void wake() {
        if (waiting.get() > 0) {
            UpstreamConnections longest = longestWaiting();
            if (longest != null) {
                longest.serveSoon();
            }
        }
    }

    /** The event loop whose first waiter came before all others; null where none waits. */
    @Nullable
    UpstreamConnections longestWaiting() {
        UpstreamConnections longest = null;
        for (UpstreamConnections candidate : loops) {
            if (candidate.isWaitedFor() && (longest == null || candidate.waitingSince() - longest.waitingSince() < 0)) {
                longest = candidate;
            }
        }
        return longest;
    }

    void join(UpstreamConnections loop) {
        loops.add(loop);
    }

    void leave(UpstreamConnections loop) {
        loops.remove(loop);
    }

    List<UpstreamConnections> loops() {
        return loops;
    }

    /** Idle connections on all event loops. */
    AtomicInteger idle() {
        return idle;
    }

    /** Requests that wait for a connection, on all event loops. */
    AtomicInteger waiting() {
        return waiting;
    }

    /** No socket could be made here: no address is to blame for that. */
    static final class NoSocket extends IOException {
        private static final long serialVersionUID = 1;

        NoSocket(@Nullable Throwable cause) {
            super(cause);
        }
    }

    /**
     * Starts to open a connection, on that event loop only.
     *
     * @param handler adds to the pipeline, {@link #begin} first
     * @throws NoSocket where none can be made, as without a file descriptor left
     */
    ChannelFuture connect(EventLoop loop, Transport transport, UpstreamAddress address, ChannelHandler handler)
            throws NoSocket {
        ChannelFactory<Channel> given = sockets;
        ChannelFuture connect = transport
                .connector(loop, given == null ? transport.sockets() : given)
                .handler(handler)
                .connect(address.address());
        if (connect.isDone() && !connect.channel().isRegistered()) {
            // The future is of another thread, and there is no channel to close.
            throw new NoSocket(connect.cause());
        }
        return connect;
    }

    /**
     * Adds what each new connection to it begins with: the header of the PROXY protocol, and TLS.
     *
     * @param client whom the header names; null for a connection of the edge's own
     * @return null for plain HTTP
     */
    @Nullable
    SslHandler begin(Channel made, @Nullable Client client) {
        if (options.proxyHeader() != ProxyHeader.NONE) {
            ProxyHeaderWriter.addTo(made.pipeline(), options.proxyHeader(), client);
        }
        if (tls == null) {
            return null;
        }
        SslHandler security = tls.newHandler(made.alloc(), host, port);
        made.pipeline().addLast("tls", security);
        return security;
    }

    @Override
    public String toString() {
        return name + " at " + host + ":" + port;
    }
}
