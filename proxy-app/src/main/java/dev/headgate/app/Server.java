package dev.headgate.app;

import dev.headgate.admin.AdminPage;
import dev.headgate.admin.AdminServer;
import dev.headgate.admin.ExplainPage;
import dev.headgate.admin.Readiness;
import dev.headgate.admin.ReloadOutcome;
import dev.headgate.admin.ReloadPage;
import dev.headgate.admin.SessionsPage;
import dev.headgate.capture.Capture;
import dev.headgate.config.Address;
import dev.headgate.config.Config;
import dev.headgate.config.ConfigLoader.Loaded;
import dev.headgate.netty.DownstreamInitializer;
import dev.headgate.netty.Edge;
import dev.headgate.netty.ExchangeListener;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.FrameRecord;
import dev.headgate.netty.Snapshot;
import dev.headgate.netty.Transport;
import dev.headgate.netty.Upstream;
import dev.headgate.observe.AccessLog;
import dev.headgate.observe.Metrics;
import dev.headgate.observe.OpenWebSockets;
import dev.headgate.observe.RecentExchanges;
import dev.headgate.session.CaffeineSessionStore;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.SessionStore;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running proxy: binds, serves, drains. Thread-safe. */
public final class Server implements AutoCloseable {
    /** A configuration that cannot be put to work here. The message says what, where and why, for people. */
    @SuppressWarnings("serial")
    public static final class CannotStart extends Exception {
        CannotStart(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * What the process has beside its configuration.
     *
     * @param sockets for the listeners that name one of them
     * @param tls the library towards clients
     */
    record Environment(InheritedSockets sockets, SslProvider tls) {
        static Environment usual() {
            return new Environment(InheritedSockets.none(), ServerTls.provider());
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final Transport transport;
    private final Metrics metrics;
    private final AccessLog accessLog;
    private final @Nullable Capture capture;
    private final EventLoopGroup loops;
    private final Edge edge;
    private final Snapshots snapshots;
    private final DownstreamInitializer connections;
    private final TicketKeys ticketKeys;
    private final Listeners listeners;
    private final Map<String, AdminPage> adminPages;
    private final Config.@Nullable Admin adminConfig;
    private final CountDownLatch hurried = new CountDownLatch(1);
    private volatile Config config;
    private @Nullable AdminServer admin;
    private @Nullable Reloader reloader;
    private volatile boolean resolvedOnce;
    private volatile Readiness readiness = Readiness.STARTING;

    private Server(Config config, ExchangeListener also, Environment environment) throws CannotStart {
        this.config = config;
        this.adminConfig = config.admin();
        transport = transport(config);
        try {
            accessLog = AccessLog.open(config.accessLog().path());
        } catch (IOException e) {
            throw new CannotStart(e.getMessage() == null ? "accessLog.path: unusable" : e.getMessage(), e);
        }
        metrics = new Metrics(routeNames(config), config.upstreams().keySet(), Version.text());
        InstantSource clock = InstantSource.system();
        KeyedHash hash = KeyedHash.random();
        capture = Captures.start(config.capture(), hash, clock);
        CaffeineSessionStore sessions =
                new CaffeineSessionStore(config.sessions().maximum(), clock);
        RecentExchanges recent = new RecentExchanges(config.explain().exchanges());
        OpenWebSockets open = new OpenWebSockets(clock);
        snapshots = new Snapshots(hash);
        edge = new Edge(snapshots.of(config), sessions, hash, clock, all(recent, open, also), metrics, capture);
        snapshots.keep();
        connections = DownstreamInitializer.of(edge, transport);
        int threads = config.server().threads() > 0
                ? config.server().threads()
                : Runtime.getRuntime().availableProcessors();
        loops = transport.group(threads);
        ticketKeys = new TicketKeys(loops);
        listeners = new Listeners(
                transport, loops, connections, environment.sockets(), new ServerTls(environment.tls(), ticketKeys));
        adminPages = adminPages(recent, open, sessions, clock);
        metrics.watch(accessLog);
        if (capture != null) {
            metrics.watch(capture);
        }
        metrics.watchUpstreams(() -> edge.snapshot().upstreams());
        metrics.watch("sessions", sessions.cache());
        metrics.watch(loops);
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
            metrics.watch(allocator);
        }
    }

    /** Binds everything, or nothing. */
    public static Server start(Config config) throws CannotStart {
        return start(config, exchange -> {});
    }

    /**
     * Binds everything, or nothing.
     *
     * @param also told of exchanges, beside the access log and the metrics
     */
    static Server start(Config config, ExchangeListener also) throws CannotStart {
        return start(new Loaded(config, List.of(), Set.of()), null, also, outcome -> {});
    }

    /**
     * Binds everything, or nothing.
     *
     * @param source what to load the configuration from again; null for never
     * @param also told of exchanges, beside the access log and the metrics
     * @param reloads told of what comes of reloads, on a thread of their own
     */
    static Server start(
            Loaded loaded, Reloader.@Nullable Source source, ExchangeListener also, Consumer<ReloadOutcome> reloads)
            throws CannotStart {
        return start(loaded, source, also, reloads, Environment.usual());
    }

    /**
     * Binds everything, or nothing.
     *
     * @param source what to load the configuration from again; null for never
     * @param also told of exchanges, beside the access log and the metrics
     * @param reloads told of what comes of reloads, on a thread of their own
     */
    static Server start(
            Loaded loaded,
            Reloader.@Nullable Source source,
            ExchangeListener also,
            Consumer<ReloadOutcome> reloads,
            Environment environment)
            throws CannotStart {
        Server server = new Server(loaded.config(), also, environment);
        try {
            server.bind(loaded, source, reloads);
            return server;
        } catch (CannotStart | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void bind(Loaded loaded, Reloader.@Nullable Source source, Consumer<ReloadOutcome> reloads)
            throws CannotStart {
        watch(edge.snapshot());
        listeners.prepare(config.listeners()).make();
        metrics.certificates(listeners.certificates());
        if (source != null) {
            Reloader running = new Reloader(source, loaded, this::apply, outcome -> {
                // Who rotates logs wants this also of a configuration that is refused.
                accessLog.reopen();
                metrics.reloaded(outcome.reloaded());
                reloads.accept(outcome);
            });
            reloader = running;
            adminPages.put("/reload", new ReloadPage(running::reload));
        }
        if (adminConfig != null) {
            Address address = adminConfig.address();
            try {
                admin = AdminServer.start(address.host(), address.port(), adminPages);
            } catch (IOException e) {
                throw cannotListen(address, e);
            }
        }
        readiness = Readiness.READY;
    }

    /** Puts another configuration in force for requests from now on: all of it that does not take a restart, or nothing. */
    private synchronized List<String> apply(Config next) throws CannotStart {
        if (readiness == Readiness.DRAINING) {
            throw new CannotStart(Reloader.DRAINING, new IllegalStateException("draining"));
        }
        Snapshot snapshot = snapshots.of(next);
        Listeners.Change change = listeners.prepare(next.listeners());
        metrics.configured(routeNames(next), next.upstreams().keySet());
        watch(snapshot);
        edge.swap(snapshot);
        snapshots.keep();
        change.make();
        if (capture != null) {
            capture.configure(Captures.settings(next.capture()));
        }
        metrics.certificates(listeners.certificates());
        List<String> kept = takesRestart(next);
        config = next;
        return kept;
    }

    private List<String> takesRestart(Config next) {
        Map<String, Boolean> changed = new LinkedHashMap<>();
        changed.put("admin", !Objects.equals(adminConfig, next.admin()));
        changed.put(
                "sessions.maximum",
                config.sessions().maximum() != next.sessions().maximum());
        changed.put("explain.exchanges", !config.explain().equals(next.explain()));
        changed.put("accessLog.path", !config.accessLog().equals(next.accessLog()));
        changed.put(
                "capture.path",
                !Objects.equals(config.capture().path(), next.capture().path()));
        changed.put("server", !config.server().equals(next.server()));
        return changed.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Loads the configuration again, unless the server drains; the outcome goes to whom it was started with.
     *
     * @throws IllegalStateException if it was started without a source
     */
    void reload() {
        if (reloader == null) {
            throw new IllegalStateException("reload: no source (expected: one given at start)");
        }
        if (readiness == Readiness.DRAINING) {
            return;
        }
        var unused = reloader.reload();
    }

    private static List<String> routeNames(Config config) {
        return config.routes().stream().map(Config.Route::path).toList();
    }

    static CannotStart cannotListen(Address address, Throwable cause) {
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String known = why.toLowerCase(Locale.ROOT).contains("address already in use") ? "address already in use" : why;
        return new CannotStart("cannot listen on " + address + ": " + known, cause);
    }

    private static Transport transport(Config config) throws CannotStart {
        Transport transport =
                switch (config.server().transport()) {
                    case AUTO -> Transport.best();
                    case IO_URING -> Transport.IO_URING;
                    case EPOLL -> Transport.EPOLL;
                    case NIO -> Transport.NIO;
                };
        if (!transport.isAvailable()) {
            String name = transport.name().toLowerCase(Locale.ROOT);
            throw new CannotStart(
                    "server.transport: " + name + " (expected: one that this machine has; auto finds it)",
                    new UnsupportedOperationException(name));
        }
        return transport;
    }

    private Map<String, AdminPage> adminPages(
            RecentExchanges recent, OpenWebSockets open, SessionStore sessions, InstantSource clock) {
        Map<String, AdminPage> pages = AdminServer.pages(metrics, () -> readiness, this::hindrance);
        AdminPage explain =
                new ExplainPage(recent, open, () -> edge.snapshot().gate().settings());
        pages.put("/explain", explain);
        pages.put("/explain/", explain);
        pages.put("/sessions", new SessionsPage(sessions, this::profileNames, clock));
        return pages;
    }

    /**
     * Why it should get no requests yet: an upstream that has had no address since the start. Once all have had one, what
     * becomes of a single upstream is no reason to take this edge away from the others.
     */
    private @Nullable String hindrance() {
        if (resolvedOnce) {
            return null;
        }
        for (Upstream upstream : edge.snapshot().upstreams()) {
            if (!upstream.isResolved()) {
                return "upstream " + upstream.name() + ": " + upstream.host()
                        + " does not resolve (expected: a name with" + " an address)";
            }
        }
        resolvedOnce = true;
        return null;
    }

    private void watch(Snapshot snapshot) {
        snapshot.upstreams().forEach(upstream -> upstream.watch(loops.next(), transport, metrics));
    }

    private List<String> profileNames() {
        return config.routes().stream()
                .map(Config.Route::profile)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** The metrics, the access log, the recent exchanges, the open WebSockets and one more, as one. */
    private ExchangeListener all(ExchangeListener recent, ExchangeListener open, ExchangeListener also) {
        return new ExchangeListener() {
            @Override
            public void started() {
                metrics.started();
            }

            @Override
            public void frame(FrameRecord frame) {
                accessLog.frame(frame);
                also.frame(frame);
            }

            @Override
            public void upgraded(ExchangeRecord opening) {
                open.upgraded(opening);
                also.upgraded(opening);
            }

            @Override
            public void finished(ExchangeRecord exchange) {
                metrics.finished(exchange);
                accessLog.finished(exchange);
                // First kept, then not open: between the two it is known.
                recent.finished(exchange);
                open.finished(exchange);
                also.finished(exchange);
            }
        };
    }

    /** The base URL of each listener, in the order of the configuration, with the port really bound. */
    public List<String> urls() {
        return listeners.urls();
    }

    /** The base URL of the admin port, or null without one. */
    public @Nullable String adminUrl() {
        return admin == null || adminConfig == null
                ? null
                : "http://" + new Address(adminConfig.address().host(), admin.port());
    }

    Metrics metrics() {
        return metrics;
    }

    /** The most that {@link #drain()} takes. */
    Duration longestDrain() {
        Config.Timeouts timeouts = config.timeouts();
        return timeouts.drainPause().plus(timeouts.drain());
    }

    TicketKeys ticketKeys() {
        return ticketKeys;
    }

    /**
     * Is not ready, but serves, for {@code timeouts.drainPause}; then takes no more connections, lets exchanges end
     * within {@code timeouts.drain}, and breaks off the rest. Blocks.
     */
    public void drain() {
        drain(GRACE);
    }

    /**
     * Likewise.
     *
     * @param grace how long a request is waited for that may be on its way on a connection without any
     */
    void drain(Duration grace) {
        readiness = Readiness.DRAINING;
        metrics.draining(true);
        stopReloading();
        Config.Timeouts timeouts = config.timeouts();
        try {
            boolean hurry = hurried.await(timeouts.drainPause().toNanos(), TimeUnit.NANOSECONDS);
            closeListeners();
            long deadline = System.nanoTime() + timeouts.drain().toNanos();
            // What was accepted is with its event loop then, and is seen by the drain.
            ask(respond());
            Duration half = timeouts.drain().dividedBy(2);
            Duration patience = grace.compareTo(half) < 0 ? grace : half;
            while (!hurry && System.nanoTime() - deadline < 0 && !Objects.equals(ask(connections.drain(patience)), 0)) {
                hurry = hurried.await(BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS);
            }
            // Those between requests are closed, and only the others broken off.
            ask(connections.drain(Duration.ZERO));
            Integer broken = ask(connections.abort());
            if (broken == null) {
                LOG.warn("drain: incomplete: an event loop does not answer");
            } else if (broken > 0) {
                LOG.warn(
                        "drain: {} connections broken off {}",
                        broken,
                        hurry ? "at the second signal" : "after " + timeouts.drain());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the event loops answer, or null where one of them does not within a second: it may have any number. */
    private static <T> @Nullable T ask(Future<T> answer) throws InterruptedException {
        try {
            return answer.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            LOG.warn("drain: {}", e.toString());
            return null;
        }
    }

    private synchronized void closeListeners() {
        listeners.close();
    }

    /** A drain that is under way, or to come, waits for nothing. Any thread. */
    public void hurry() {
        hurried.countDown();
    }

    /** Completes when each event loop has come to it. Any thread. */
    CompletableFuture<?> respond() {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (EventExecutor loop : loops) {
            answers.add(CompletableFuture.runAsync(() -> {}, loop));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    private synchronized void stopReloading() {
        if (reloader != null) {
            reloader.close();
        }
    }

    /** Stops at once; call {@link #drain()} first to let exchanges end. Blocks for a few seconds at most. */
    @Override
    public void close() {
        readiness = Readiness.DRAINING;
        stopReloading();
        closeListeners();
        edge.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
        AdminServer running = admin;
        if (running != null) {
            running.close();
        }
        accessLog.close();
        if (capture != null) {
            capture.close();
        }
        metrics.close();
    }
}
