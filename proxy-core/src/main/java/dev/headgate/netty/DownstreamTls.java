package dev.headgate.netty;

import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What TLS on a listener needs: certificates, which of them for which name, and the protocols inside. Immutable. */
public final class DownstreamTls {
    private final SslContext standard;
    private final Map<String, SslContext> names;
    private final boolean refuseUnknown;
    private final List<String> protocols;

    /**
     * @param standard for clients that name no server, and for unknown names where these are not refused
     * @param names DNS names in lower case, also {@code *.example.com}, which stands for one label (RFC 9525 section
     *     6.3)
     * @param refuseUnknown whether a client that asks for none of the names is refused, also one that sends no name
     * @param protocols of ALPN, as the contexts offer them; a client that offers others only is refused (RFC 7301
     *     section 3.2)
     */
    public DownstreamTls(
            SslContext standard, Map<String, SslContext> names, boolean refuseUnknown, Collection<String> protocols) {
        this.standard = standard;
        this.names = Map.copyOf(names);
        this.refuseUnknown = refuseUnknown;
        this.protocols = List.copyOf(protocols);
    }

    /** Null for a client to refuse. */
    @Nullable
    SslContext context(@Nullable String serverName) {
        SslContext named = serverName == null ? null : names.get(serverName);
        int dot = serverName == null ? -1 : serverName.indexOf('.');
        if (named == null && serverName != null && dot > 0) {
            named = names.get("*" + serverName.substring(dot));
        }
        return named == null && !refuseUnknown ? standard : named;
    }

    /** Whether there is a protocol for a client that offers these; null for one that leaves the choice to the server. */
    boolean speaks(@Nullable List<String> offered) {
        return offered == null || protocols.isEmpty() || offered.stream().anyMatch(protocols::contains);
    }

    /**
     * The first handler of one connection. An {@link io.netty.handler.ssl.SslHandler} takes its place once the client
     * has said what it wants.
     *
     * @param connection whose edge is told once how the handshake ended; not where the client left without a byte
     * @param limit from here to the handshake's end
     */
    ChannelHandler newHandler(ClientConnection connection, Duration limit) {
        return new ClientHelloHandler(this, connection, limit);
    }
}
