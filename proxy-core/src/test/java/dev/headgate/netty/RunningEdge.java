package dev.headgate.netty;

import dev.headgate.gate.ForwardedSettings;
import dev.headgate.gate.Gate;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Policy;
import dev.headgate.gate.check.Checks;
import dev.headgate.http.FieldName;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.session.CaffeineSessionStore;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.SessionRecorder;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The whole core on a free port of the loopback, in front of one upstream. */
final class RunningEdge implements AutoCloseable {
    static final String ORGANIZATION = "0c1d2e3f-0000-4000-8000-000000000001";

    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-01T00:00:00Z"));
    final Ledger ledger = new Ledger();
    final LinkedBlockingQueue<ExchangeRecord> records = ledger.records;
    final Transport transport;
    final Edge edge;
    final DownstreamInitializer initializer;
    private final EventLoopGroup group;
    private final Channel listener;

    RunningEdge(Transport transport, int upstreamPort, Limits limits, Timeouts timeouts, boolean observe) {
        this(transport, 1, upstreamPort, limits, timeouts, observe);
    }

    RunningEdge(Transport transport, int threads, int upstreamPort, Limits limits, Timeouts timeouts, boolean observe) {
        this(
                transport,
                threads,
                new Upstream("genesys", "127.0.0.1", upstreamPort, null),
                limits,
                timeouts,
                observe,
                false,
                ForwardedSettings.NONE,
                false,
                false);
    }

    /**
     * @param http2 whether clients may speak HTTP/2 from the first byte on
     * @param proxyProtocol whether connections must begin with a header of the PROXY protocol
     */
    RunningEdge(
            Transport transport,
            int threads,
            Upstream upstream,
            Limits limits,
            Timeouts timeouts,
            boolean observe,
            boolean http2,
            ForwardedSettings forwarded,
            boolean proxyProtocol,
            boolean tapFrames) {
        InstantSource clock = now::get;
        KeyedHash hash = KeyedHash.random();
        Organization organization = new Organization(FieldName.of("X-Genesys-Cloud-Id"), ORGANIZATION, false);
        GateSettings settings =
                new GateSettings(organization, FieldName.of("x-request-id"), true, 30_000, 0, null, forwarded);
        Policy policy = observe ? Policy.OBSERVE : Policy.ENFORCE;
        List<Route> routes = List.of(
                new Route("/api/v2/guests/", upstream, BuiltInProfiles.FORUM_GUEST, policy),
                new Route("/", upstream, null, policy),
                new Route("/v1", upstream, BuiltInProfiles.WEBMESSAGING, policy, tapFrames));
        Snapshot snapshot = new Snapshot(
                new Gate(settings, Checks.ALL),
                routes,
                new SessionRecorder(hash, Duration.ofMinutes(15), Duration.ZERO),
                limits,
                timeouts);
        this.transport = transport;
        edge = new Edge(snapshot, new CaffeineSessionStore(1000, clock), hash, clock, ledger, ledger);
        initializer = DownstreamInitializer.of(edge, transport);
        group = transport.group(threads);
        listener = transport
                .listener(group)
                .childHandler(initializer.withPriorKnowledge(() -> http2).withProxyProtocol(() -> proxyProtocol))
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    static RunningEdge before(int upstreamPort) {
        return new RunningEdge(
                TestedTransport.get(),
                upstreamPort,
                new Limits(32 * 1024, 100, 64 * 1024, 0),
                new Timeouts(
                        Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofSeconds(2), Duration.ofSeconds(30)),
                false);
    }

    EventLoop loop() {
        return group.next();
    }

    /** Opens a further listener, for TLS; its port. */
    int listen(DownstreamTls tls) {
        Channel further = transport
                .listener(group)
                .childHandler(initializer.withTls(() -> tls))
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) further.localAddress()).getPort();
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** The next exchange's record; waits for it. */
    ExchangeRecord record() throws InterruptedException {
        ExchangeRecord next = records.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no exchange record within 10 s");
        }
        return next;
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
