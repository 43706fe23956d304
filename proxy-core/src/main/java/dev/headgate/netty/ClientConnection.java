package dev.headgate.netty;

import dev.headgate.gate.ForwardedHop;
import dev.headgate.gate.ForwardedSettings;
import dev.headgate.gate.IpAddress;
import dev.headgate.netty.ConnectionListener.Refused;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, from its first packet on and whatever it turns out to speak. Confined to its event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
    static final String NAME = "client";

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    /** What the connection speaks, once that is known. */
    interface Protocol {
        /** Closes where no request is under way nor to be waited for, else after the last one. Called repeatedly. */
        void drain();

        /** Breaks everything off. */
        void reset();
    }

    private final Channel channel;
    private final Edge edge;
    private final LoopState loop;
    private final boolean tls;
    private SocketAddress source;
    private SocketAddress destination;
    private @Nullable IpAddress peer;
    private String address;
    private @Nullable ForwardedHop hop;
    private boolean entered;
    private boolean counted;
    private long countedClient;
    private @Nullable Protocol protocol;
    private boolean idle;
    private long idleSince;

    ClientConnection(Channel channel, Edge edge, LoopState loop, boolean tls) {
        this.channel = channel;
        this.edge = edge;
        this.loop = loop;
        this.tls = tls;
        this.source = channel.remoteAddress();
        this.destination = channel.localAddress();
        this.peer = channel.remoteAddress() instanceof InetSocketAddress remote
                ? IpAddress.of(remote.getAddress().getAddress())
                : null;
        this.address = peer == null ? "-" : peer.toString();
    }

    /** What a client's bytes bring about is no news; this is. */
    static void warn(Throwable defect) {
        LOG.warn("downstream connection closed: {}", defect.toString());
        LOG.debug("downstream connection closed", defect);
    }

    Channel channel() {
        return channel;
    }

    Edge edge() {
        return edge;
    }

    LoopState loop() {
        return loop;
    }

    /**
     * The other end's address: that of the socket, or the one that a header of the PROXY protocol tells; null where it is
     * no IP address.
     */
    @Nullable
    IpAddress peer() {
        return peer;
    }

    /** The same as text; {@code -} for none. */
    String address() {
        return address;
    }

    /** Whence the connection comes: from the socket, or what a header of the PROXY protocol tells. */
    SocketAddress source() {
        return source;
    }

    /** Likewise whither. */
    SocketAddress destination() {
        return destination;
    }

    /** The ends are others than those of the socket. */
    void ends(IpAddress told, SocketAddress from, SocketAddress to) {
        peer = told;
        source = from;
        destination = to;
        address = told.toString();
        hop = null;
    }

    /** What requests tell the upstream of this connection; null for nothing. */
    @Nullable
    ForwardedHop hop(ForwardedSettings settings) {
        if (settings.write() == ForwardedSettings.Write.NONE) {
            return null;
        }
        ForwardedHop made = hop;
        if (made == null || made.settings() != settings) {
            made = new ForwardedHop(settings, peer, scheme());
            hop = made;
        }
        return made;
    }

    /** Counts this connection until it is closed; false, and closed now, where there are as many as may be. */
    boolean enter() {
        int most = edge.snapshot().limits().connections();
        entered = edge.connectionCounts().enter(most);
        if (!entered) {
            refuse(Refused.CONNECTIONS, "limits.connections: " + most + " are open");
        }
        return entered;
    }

    /**
     * The same among those of its client, whose address is known by now. A peer that is trusted to name clients stands for
     * many of them, and is not counted.
     */
    boolean enterForClient() {
        Snapshot snapshot = edge.snapshot();
        int most = snapshot.limits().connectionsPerClient();
        IpAddress client = peer;
        if (most == 0
                || client == null
                || snapshot.gate().settings().forwarded().trusts(client)) {
            return true;
        }
        countedClient = client.network();
        counted = edge.connectionCounts().enter(countedClient, most);
        if (!counted) {
            refuse(
                    Refused.CONNECTIONS_PER_CLIENT,
                    "limits.connectionsPerClient: " + most + " of " + address + " are open");
        }
        return counted;
    }

    /** Closes it before it could ask for anything. */
    void refuse(Refused why, String inWords) {
        edge.connectionCounts().refused(why, inWords);
        leave();
        channel.close();
    }

    private void leave() {
        if (entered) {
            entered = false;
            edge.connectionCounts().leave();
        }
        if (counted) {
            counted = false;
            edge.connectionCounts().leave(countedClient);
        }
    }

    boolean isTls() {
        return tls;
    }

    String scheme() {
        return tls ? "https" : "http";
    }

    void speaks(Protocol spoken) {
        protocol = spoken;
    }

    /** Closes when the last request is answered; after the drain's grace where none is under way. Called repeatedly. */
    void drain() {
        if (protocol == null) {
            if (isIdleForGrace()) {
                channel.close();
            }
        } else {
            protocol.drain();
        }
    }

    /**
     * A drain has found no request under way: whether that has been so for its grace. A client that has sent one
     * meanwhile, on a connection that it had been told to keep or has just opened, would get no answer.
     */
    boolean isIdleForGrace() {
        long now = System.nanoTime();
        if (!idle) {
            idle = true;
            idleSince = now;
        }
        return now - idleSince >= edge.drainGraceNanos();
    }

    /** A drain has found a request under way. */
    void busy() {
        idle = false;
    }

    /** Breaks off what is under way. */
    void reset() {
        if (protocol != null) {
            protocol.reset();
        } else {
            breakOff();
        }
    }

    /** Closes so that the client sees a connection that was cut, and no proper end. */
    void breakOff() {
        if (channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel.close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.connections().add(this);
        edge.connections().downstreamOpened();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leave();
        loop.connections().remove(this);
        edge.connections().downstreamClosed();
        ctx.fireChannelInactive();
    }
}
