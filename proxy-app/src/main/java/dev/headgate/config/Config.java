package dev.headgate.config;

import dev.headgate.gate.Reason;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole configuration, valid and immutable. The names of the components are the keys of the file; ranges and defaults
 * are those of {@code headgate.schema.json}, where each key is described.
 *
 * @param listeners at least one
 * @param admin null for no admin port
 * @param upstreams by name, in the order of the file; at least one
 * @param organization null to pass the client's header
 * @param routes in the order of the file, each path once; at least one
 * @param profiles the user's own, by name, in the order of the file; none has the name of a built-in one
 * @param cors null where the upstream decides
 */
public record Config(
        List<Listener> listeners,
        @Nullable Admin admin,
        Map<String, Upstream> upstreams,
        @Nullable Organization organization,
        RequestId requestId,
        List<Route> routes,
        Guard guard,
        Map<String, ProfileConfig> profiles,
        @Nullable Cors cors,
        Forwarded forwarded,
        Sessions sessions,
        Explain explain,
        Reload reload,
        AccessLog accessLog,
        Capture capture,
        Limits limits,
        Timeouts timeouts,
        Server server) {

    public Config {
        listeners = List.copyOf(listeners);
        upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
        routes = List.copyOf(routes);
        profiles = Collections.unmodifiableMap(new LinkedHashMap<>(profiles));
    }

    /**
     * One listening socket.
     *
     * @param tls null for plain HTTP
     * @param http2 null for the default
     * @param proxyProtocol whether each connection starts with a header of the PROXY protocol
     */
    public record Listener(
            Address address, @Nullable Tls tls, @Nullable Boolean http2, boolean proxyProtocol) {
        /** Whether HTTP/2 is spoken: by the default with TLS (ALPN), and without it not (prior knowledge). */
        public boolean speaksHttp2() {
            return http2 == null ? tls != null : http2;
        }
    }

    /**
     * TLS towards clients.
     *
     * @param certificate of the default certificate, with {@code key}
     * @param certificates more, chosen by the name that the client asks for; may be empty
     * @param clientCertificates null where clients are not asked for any
     * @param tickets how often the keys of session tickets are rotated; zero for no tickets
     */
    public record Tls(
            Path certificate,
            Path key,
            List<CertificateFiles> certificates,
            UnknownServerName unknownServerName,
            @Nullable ClientCertificates clientCertificates,
            TlsVersion minimumVersion,
            Duration tickets) {
        public Tls {
            certificates = List.copyOf(certificates);
        }

        /** The default certificate. */
        public CertificateFiles standard() {
            return new CertificateFiles(certificate, key);
        }
    }

    /** Two PEM files, absolute: a certificate with its chain, and its key. */
    public record CertificateFiles(Path certificate, Path key) {}

    /** What a client gets that asks for a name that no certificate has, or for none. */
    public enum UnknownServerName {
        DEFAULT,
        REFUSE
    }

    /**
     * Certificates of clients.
     *
     * @param ca a PEM file, absolute: the authorities that clients' certificates must be of
     * @param require whether a client without one is refused
     */
    public record ClientCertificates(Path ca, boolean require) {}

    /** Versions of TLS that are spoken. */
    public enum TlsVersion {
        TLSV1_2,
        TLSV1_3
    }

    /** The admin port. */
    public record Admin(Address address) {}

    /**
     * One upstream.
     *
     * @param url {@code http} or {@code https}, a host and perhaps a port; no user, path, query or fragment
     * @param addresses where to connect, each once, with ports from 1; empty for the host and port of {@code url}
     * @param preserveHost whether the client's Host goes upstream
     * @param tls null where nothing is said of it, and without https
     * @param health null for no active checks
     */
    public record Upstream(
            URI url,
            List<Address> addresses,
            boolean preserveHost,
            ProxyProtocol proxyProtocol,
            @Nullable UpstreamTls tls,
            Connections connections,
            Ejection ejection,
            @Nullable Health health) {
        public Upstream {
            addresses = List.copyOf(addresses);
        }

        /** Whether the connection is TLS. */
        public boolean https() {
            return url.getScheme().toLowerCase(Locale.ROOT).equals("https");
        }

        /** The host, without the brackets of an IPv6 address. */
        public String host() {
            String host = url.getHost();
            return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        }

        /** 1 to 65535; 443 or 80 where the URL names none. */
        public int port() {
            return url.getPort() >= 0 ? url.getPort() : https() ? 443 : 80;
        }

        /** The value of the Host field: the host, and the port where it is not the scheme's (RFC 9110 section 7.2). */
        public String authority() {
            return port() == (https() ? 443 : 80) ? url.getHost() : url.getHost() + ":" + port();
        }
    }

    /** The header of the PROXY protocol that each connection to an upstream starts with. */
    public enum ProxyProtocol {
        NONE,
        V1,
        V2
    }

    /**
     * TLS to an upstream. Files are PEM, absolute, readable when the configuration was loaded.
     *
     * @param ca the authorities that are trusted; null for the JDK's
     * @param certificate the client's certificate and its chain; null for none
     * @param key of that certificate; null for none
     * @param verify whether the upstream's certificate is looked at
     */
    public record UpstreamTls(
            @Nullable Path ca,
            @Nullable Path certificate,
            @Nullable Path key,
            boolean verify) {}

    /**
     * The bounds of an upstream, over all event loops.
     *
     * @param maximum open connections, from 1
     * @param waiting requests that may wait for one; may be 0
     */
    public record Connections(int maximum, int waiting) {}

    /**
     * When an address that fails is left out.
     *
     * @param failures in a row; 0 for never
     * @param time how long for the first time
     * @param maximumPercent of an upstream's addresses, 0 to 100
     */
    public record Ejection(int failures, Duration time, int maximumPercent) {}

    /**
     * How an address is asked whether it is well.
     *
     * @param path starts with a slash
     * @param interval from one check to the next
     * @param timeout for each
     * @param healthy good answers in a row, from 1, until it is used again
     * @param unhealthy failures in a row, from 1, until it is left out
     */
    public record Health(String path, Duration interval, Duration timeout, int healthy, int unhealthy) {}

    /**
     * The header that tells the upstream which organisation a request belongs to.
     *
     * @param header a field name (RFC 9110 section 5.1) that the proxy does not manage itself
     * @param id 1 to 256 visible ASCII characters
     */
    public record Organization(String header, String id, OnConflict onConflict) {}

    /** What happens when the client sent another organisation id. */
    public enum OnConflict {
        REPLACE,
        REFUSE
    }

    /**
     * The request id.
     *
     * @param header a field name (RFC 9110 section 5.1) that the proxy does not manage itself
     */
    public record RequestId(String header, Accept accept) {}

    /** Which request ids of clients are kept. */
    public enum Accept {
        VALID,
        NEVER
    }

    /**
     * One route.
     *
     * @param path the beginning of a request's path; starts with a slash
     * @param upstream a key of {@link Config#upstreams()}
     * @param profile built in or a key of {@link Config#profiles()}; null for none
     * @param guard null where all is as in {@link Config#guard()}
     * @param tapFrames whether messages in WebSockets are read, to log what they are about
     */
    public record Route(
            String path,
            String upstream,
            @Nullable String profile,
            @Nullable RouteGuard guard,
            boolean tapFrames) {}

    /**
     * What a check's verdict leads to.
     *
     * @param reasons the modes of single reasons; only those that can be observed are
     */
    public record Guard(Mode mode, UnknownToken unknownToken, Map<Reason, Mode> reasons) {
        public Guard {
            reasons = Map.copyOf(reasons);
        }
    }

    /**
     * What is different on one route.
     *
     * @param mode null for that of {@link Guard}
     * @param unknownToken null for that of {@link Guard}
     * @param reasons count before those of {@link Guard}
     */
    public record RouteGuard(@Nullable Mode mode, @Nullable UnknownToken unknownToken, Map<Reason, Mode> reasons) {
        public RouteGuard {
            reasons = Map.copyOf(reasons);
        }
    }

    /** Whether verdicts are carried out. */
    public enum Mode {
        ENFORCE,
        OBSERVE
    }

    /** What happens to a token that was never issued through here. */
    public enum UnknownToken {
        REFUSE,
        ALLOW
    }

    /**
     * Which pages' scripts may use the API.
     *
     * @param origins as browsers send them, or {@code *} for any; at least one
     * @param credentials whether cookies may go along; never with {@code *}
     * @param maxAge how long a browser may keep a preflight's answer; may be zero
     */
    public record Cors(List<String> origins, boolean credentials, Duration maxAge) {
        public Cors {
            origins = List.copyOf(origins);
        }
    }

    /**
     * Where requests come from.
     *
     * @param trust the peers that are believed, each an {@link dev.headgate.gate.AddressRange}
     */
    public record Forwarded(List<String> trust, Write write) {
        public Forwarded {
            trust = List.copyOf(trust);
        }
    }

    /** Which fields tell the upstream where a request comes from. */
    public enum Write {
        X_FORWARDED,
        FORWARDED,
        BOTH,
        NONE
    }

    /**
     * The session store.
     *
     * @param maximum sessions held, from 1
     * @param defaultLifetime where the upstream's answer tells no expiry; more than zero
     * @param supersededGrace how long an older token of a guest still works after a newer one; may be zero
     * @param clockSkew how far the clocks that tell the end of a lifetime may be behind this one; may be zero
     */
    public record Sessions(long maximum, Duration defaultLifetime, Duration supersededGrace, Duration clockSkew) {}

    /**
     * What {@code headgate explain} answers from.
     *
     * @param exchanges the last ones kept in memory, 0 to 1,000,000; 0 for none
     */
    public record Explain(int exchanges) {}

    /**
     * When the configuration is loaded again without being asked to.
     *
     * @param watch how often its files are looked at; zero for never
     */
    public record Reload(Duration watch) {}

    /**
     * The access log.
     *
     * @param path {@code -} for standard output, empty for none, else an absolute file
     */
    public record AccessLog(String path) {}

    /**
     * Recorded traffic.
     *
     * @param path an absolute directory, or null for no capture
     * @param body bytes that are kept of each body, up to 16 MiB; may be 0
     * @param keep closed files; 0 for all
     * @param sync how often what is written is forced to the disk; zero for never
     */
    public record Capture(
            @Nullable Path path, int body, Rotation rotate, int keep, Compression compress, Duration sync, Mask mask) {}

    /**
     * When a file of a capture is closed.
     *
     * @param size bytes, from 1 KiB
     * @param age from 1 second
     */
    public record Rotation(long size, Duration age) {}

    /** What becomes of a closed file. */
    public enum Compression {
        ZSTD,
        GZIP,
        NONE
    }

    /**
     * What a capture leaves out beside credentials.
     *
     * @param fields names of header fields
     * @param members names of JSON members and of parameters
     */
    public record Mask(List<String> fields, List<String> members) {
        public Mask {
            fields = List.copyOf(fields);
            members = List.copyOf(members);
        }
    }

    /**
     * The most that is accepted.
     *
     * @param head bytes of request line and fields together, 1 KiB to 1 MiB
     * @param fields 10 to 10,000
     * @param checkedBody bytes that a check may hold, 1 KiB to 16 MiB
     * @param body bytes of any request body; 0 for no limit
     * @param connections of clients, open at a time; 0 for no limit
     * @param connectionsPerClient likewise of each client
     * @param minimumBodyRate bytes of a request body in a second; 0 for no minimum
     */
    public record Limits(
            int head,
            int fields,
            int checkedBody,
            long body,
            int connections,
            int connectionsPerClient,
            long minimumBodyRate,
            Rates rate) {}

    /**
     * How often requests may come.
     *
     * @param perClient null for no limit
     * @param perSession null for no limit
     */
    public record Rates(@Nullable Rate perClient, @Nullable Rate perSession) {}

    /**
     * So many requests in such a time.
     *
     * @param requests from 1
     * @param per more than zero
     * @param burst the most at once, from 1; null for as many as {@code requests}
     */
    public record Rate(int requests, Duration per, @Nullable Integer burst) {}

    /**
     * The longest waits; only {@code drain} and {@code drainPause} may be zero.
     *
     * @param head first byte to the end of the head
     * @param idle keep-alive, both sides
     * @param upstreamConnect opening a connection
     * @param upstreamResponse request sent to first byte of the answer
     * @param websocket no frame either way, in a WebSocket
     * @param drain how long running requests may take to end at shutdown
     * @param drainPause how long the proxy serves on, not ready, before that
     */
    public record Timeouts(
            Duration head,
            Duration idle,
            Duration upstreamConnect,
            Duration upstreamResponse,
            Duration websocket,
            Duration drain,
            Duration drainPause) {}

    /**
     * The process.
     *
     * @param threads event loops, 0 to 1024; 0 is one for each core
     */
    public record Server(int threads, Transport transport) {}

    /** How sockets are driven; {@code AUTO} takes the fastest that the machine has. */
    public enum Transport {
        AUTO,
        IO_URING,
        EPOLL,
        NIO
    }
}
