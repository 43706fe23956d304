package dev.headgate.replay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where a recording is replayed to.
 *
 * @param tls whether by https
 * @param host as it was named
 * @param address that every connection goes to, looked up once
 */
public record ReplayTarget(boolean tls, String host, int port, InetSocketAddress address) {
    /** A target that cannot be one. The message says why. */
    @SuppressWarnings("serial")
    public static final class Unfit extends Exception {
        Unfit(String message) {
            super(message);
        }
    }

    /**
     * Reads a URL and looks its host up. A path must be empty or a slash: recorded targets have their own.
     *
     * @param allowRemote whether it may be another machine
     * @throws Unfit if it is no such URL, or its host is unknown or, without {@code allowRemote}, not this machine
     */
    public static ReplayTarget of(String url, boolean allowRemote) throws Unfit {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new Unfit("--target: no URL (expected: http://HOST:PORT)");
        }
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        String host = uri.getHost();
        if (host == null || !tls && !"http".equalsIgnoreCase(uri.getScheme()) || uri.getUserInfo() != null) {
            throw new Unfit("--target: neither http nor https with a host alone (expected: http://HOST:PORT)");
        }
        boolean bare = isEmpty(uri.getPath()) || "/".equals(uri.getPath());
        if (!bare || uri.getQuery() != null || uri.getFragment() != null) {
            throw new Unfit("--target: more than a host and a port (expected: http://HOST:PORT)");
        }
        int port = uri.getPort() < 0 ? tls ? 443 : 80 : uri.getPort();
        if (port == 0 || port > 65535) {
            throw new Unfit("--target: port " + port + " (expected: 1 to 65535)");
        }
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new Unfit("--target: " + host + ": unknown host");
        }
        for (InetAddress address : addresses) {
            if (!allowRemote && !address.isLoopbackAddress()) {
                throw new Unfit("--target: " + host + " is " + address.getHostAddress()
                        + ", not this machine (expected: a loopback address, or --allow-remote)");
            }
        }
        return new ReplayTarget(tls, host, port, new InetSocketAddress(addresses[0], port));
    }

    private static boolean isEmpty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    boolean isLoopback() {
        return address.getAddress().isLoopbackAddress();
    }

    /** For the Host field. */
    String authority() {
        boolean usual = port == (tls ? 443 : 80);
        return usual ? host : host + ":" + port;
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + authority();
    }
}
