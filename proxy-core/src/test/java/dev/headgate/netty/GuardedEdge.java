package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Cors;
import dev.headgate.gate.Gate;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Policy;
import dev.headgate.gate.check.Checks;
import dev.headgate.http.FieldName;
import dev.headgate.netty.WireClient.Answer;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.session.CaffeineSessionStore;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.SessionRecorder;
import dev.headgate.session.SessionStore;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The whole core in front of a {@link GuestApi}, with a clock, a store and settings that a test can choose. */
final class GuardedEdge implements AutoCloseable {
    static final String ORGANIZATION = "0c1d2e3f-0000-4000-8000-000000000001";
    static final FieldName ORGANIZATION_FIELD = FieldName.of("X-Genesys-Cloud-Id");
    static final GateSettings ENFORCE = settings(false);
    static final Policy ALLOW_UNKNOWN = new Policy(true, Policy.ENFORCE.observed());
    static final int CHECKED_BODY = 64 * 1024;

    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-01T00:00:00Z"));
    final LinkedBlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>();
    final GuestApi api = new GuestApi();
    final SessionStore store;
    private final KeyedHash hash = KeyedHash.random();
    final Edge edge;
    final EventLoopGroup group;
    private final Channel listener;
    private final Spoken spoken = Spoken.current;

    GuardedEdge() {
        this(ENFORCE, clock -> new CaffeineSessionStore(1000, clock));
    }

    GuardedEdge(GateSettings settings, Function<InstantSource, SessionStore> stores) {
        this(settings, stores, 1);
    }

    GuardedEdge(GateSettings settings, Function<InstantSource, SessionStore> stores, int threads) {
        InstantSource clock = now::get;
        store = stores.apply(clock);
        edge = new Edge(snapshot(settings, Policy.ENFORCE), store, hash, clock, records::add, ConnectionListener.NONE);
        Transport transport = Transport.NIO;
        group = transport.group(threads);
        listener = transport
                .listener(group)
                .childHandler(spoken.accepting(DownstreamInitializer.of(edge, transport)))
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    static GateSettings settings(boolean refuseOrganization) {
        return settings(new Organization(ORGANIZATION_FIELD, ORGANIZATION, refuseOrganization), null);
    }

    static GateSettings settings(@Nullable Organization organization, @Nullable Cors cors) {
        return new GateSettings(organization, FieldName.of("x-request-id"), true, 30_000, 5_000, cors);
    }

    void use(GateSettings settings) {
        use(settings, Policy.ENFORCE);
    }

    void use(GateSettings settings, Policy policy) {
        edge.swap(snapshot(settings, policy));
    }

    void use(GateSettings settings, List<Route> routes) {
        edge.swap(snapshot(settings, routes));
    }

    Upstream upstream() {
        return new Upstream("genesys", "127.0.0.1", api.port(), null);
    }

    private Snapshot snapshot(GateSettings settings, Policy policy) {
        return snapshot(settings, routes(policy));
    }

    private List<Route> routes(Policy policy) {
        Upstream upstream = upstream();
        return List.of(
                new Route("/api/v2/guests/", upstream, BuiltInProfiles.FORUM_GUEST, policy),
                new Route("/api/v2/webchat/guest/", upstream, BuiltInProfiles.WEBCHAT_V2, policy),
                new Route("/api/v2/webmessaging/", upstream, BuiltInProfiles.WEBMESSAGING, policy),
                new Route("/api/v2/knowledge/guest/", upstream, BuiltInProfiles.KNOWLEDGE_GUEST, policy),
                new Route("/", upstream, null, policy));
    }

    void use(GateSettings settings, Policy policy, Limits limits) {
        edge.swap(snapshot(settings, routes(policy), limits));
    }

    private Snapshot snapshot(GateSettings settings, List<Route> routes) {
        return snapshot(settings, routes, new Limits(32 * 1024, 100, CHECKED_BODY, 0));
    }

    private Snapshot snapshot(GateSettings settings, List<Route> routes, Limits limits) {
        return new Snapshot(
                new Gate(settings, Checks.ALL),
                routes,
                new SessionRecorder(hash, Duration.ofMinutes(15), Duration.ZERO),
                limits,
                new Timeouts(
                        Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofSeconds(2), Duration.ofSeconds(30)));
    }

    void advance(Duration by) {
        now.updateAndGet(time -> time.plus(by));
    }

    WireClient connect() throws IOException {
        return spoken.connect(port());
    }

    /** A connection of HTTP/1.1, whose socket is the test's. */
    Http1Client connectHttp1() throws IOException {
        return new Http1Client(port(), spoken.isTls());
    }

    private int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Asks on a connection of its own. */
    Answer ask(String octets) throws IOException {
        try (WireClient client = connect()) {
            return client.send(octets).read();
        }
    }

    /** Creates an identity through the edge, and forgets that it was asked for. */
    Guest newGuest() throws IOException, InterruptedException {
        Guest guest = guest(ask(Ask.identity()).body());
        record();
        api.seen.clear();
        return guest;
    }

    static Guest guest(String answer) {
        return new Guest(
                member(answer, "guest_token"),
                member(answer, "guestId"),
                member(answer, "conversationId"),
                member(answer, "webChatSessionId"),
                member(answer, "divisionId"));
    }

    static String member(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        assertThat(matcher.find()).as("%s in %s", name, json).isTrue();
        return matcher.group(1);
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
        api.close();
    }
}
