package dev.headgate.netty;

import io.netty.handler.ssl.SslContext;
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

    /**
     * @param name as configured
     * @param tls null for plain HTTP; certificates are verified against {@code host} all the same
     */
    public Upstream(String name, String host, int port, @Nullable SslContext tls) {
        this.name = name;
        this.host = host;
        this.port = port;
        this.tls = tls;
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

    byte[] hostField() {
        return hostField;
    }

    @Override
    public String toString() {
        return name + " at " + host + ":" + port;
    }
}
