package dev.headgate.netty;

import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An origin that requests are forwarded to. Compared by identity: a new configuration has new ones.
 */
public final class Upstream {
    private final String name;
    private final String host;
    private final int port;
    private final @Nullable SslContext tls;
    private final byte[] hostField;
    private final @Nullable InetSocketAddress literalAddress;

    /**
     * @param name as configured
     * @param tls null for plain HTTP; certificates are verified against {@code host} all the same
     */
    public Upstream(String name, String host, int port, @Nullable SslContext tls) {
        this.name = name;
        this.host = host;
        this.port = port;
        this.tls = tls;
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        this.literalAddress = literal == null ? null : new InetSocketAddress(literal, port);
        boolean standard = port == (tls == null ? 80 : 443);
        String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        this.hostField = (standard ? bracketed : bracketed + ":" + port).getBytes(StandardCharsets.US_ASCII);
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

    /** The address, where {@code host} is one and no name; else null. */
    @Nullable
    InetSocketAddress literalAddress() {
        return literalAddress;
    }

    byte[] hostField() {
        return hostField;
    }

    @Override
    public String toString() {
        return name + " at " + host + ":" + port;
    }
}
