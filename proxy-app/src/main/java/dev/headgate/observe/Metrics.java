package dev.headgate.observe;

import com.github.benmanes.caffeine.cache.Cache;
import dev.headgate.capture.Capture;
import dev.headgate.gate.Reason;
import dev.headgate.netty.AddressState;
import dev.headgate.netty.ConnectionListener;
import dev.headgate.netty.ExchangeListener;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.IdSource;
import dev.headgate.netty.ExchangeRecord.OrganizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.TlsOutcome;
import dev.headgate.netty.Upstream;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyEventExecutorMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.concurrent.EventExecutor;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus reads. Names follow OpenTelemetry's for HTTP; the rest begins with {@code headgate_}.
 *
 * <p>Labels take their values from small sets only: configured names, enums, the methods of RFC 9110 and RFC 5789, and
 * status codes. What a client sends never becomes a label.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Metrics implements ExchangeListener, ConnectionListener, AutoCloseable {
    private static final double[] SECONDS = {.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10};
    private static final double[] ADDED = {.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1};
    private static final double[] BYTES = {64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216};
    private static final double[] AGES = {1, 10, 60, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400};
    private static final double NANO = 1e-9;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final JvmGcMetrics gc = new JvmGcMetrics();

    private final Labels routes = new Labels();
    private final Labels upstreams = new Labels();
    private final Series<ServerSeries> server = new Series<>();
    private final Series<DistributionDataPoint> client = new Series<>();

    private final LongAdder active = new LongAdder();
    private final LongAdder downstreams = new LongAdder();
    private final LongAdder webSockets = new LongAdder();
    private volatile UpstreamSeries[] connections = {};
    private volatile Collection<CertificateEnd> certificates = List.of();
    private volatile LongSupplier dropped = () -> 0;
    private volatile @Nullable Capture capture;
    private volatile Supplier<? extends Collection<Upstream>> current = List::of;
    private volatile boolean draining;
    private volatile boolean lastReload = true;

    // The only native one: each costs 40 ns and 16 bytes an exchange.
    private final Histogram serverDuration = Histogram.builder()
            .name("http_server_request_duration_seconds")
            .help("From the first byte of a request to the last of its answer; to the head of a 101")
            .labelNames("http_request_method", "http_response_status_code", "http_route", "url_scheme", "error_type")
            .classicUpperBounds(SECONDS)
            .withoutExemplars()
            .register(registry);
    private final Histogram clientDuration = histogram(
            "http_client_request_duration_seconds",
            "From the head written upstream to the last byte of the answer",
            SECONDS,
            "http_request_method",
            "http_response_status_code",
            "upstream",
            "error_type");
    private final Histogram requestBody = histogram(
            "http_server_request_body_size_bytes",
            "Bodies of requests, without framing",
            BYTES,
            "http_request_method",
            "http_route");
    private final Histogram responseBody = histogram(
            "http_server_response_body_size_bytes",
            "Bodies of answers, without framing",
            BYTES,
            "http_request_method",
            "http_route");
    private final Histogram added = histogram(
            "headgate_added_latency_seconds",
            "From the head's last byte read to its writing upstream",
            ADDED,
            "http_route");
    private final Counter reloads = Counter.builder()
            .name("headgate_config_reloads_total")
            .help("Attempts to load the configuration again")
            .labelNames("result")
            .register(registry);
    private final Counter ejections = counter(
            "headgate_upstream_ejections_total", "Times that an address was left out because it failed", "upstream");
    private final Histogram connectDuration = histogram(
            "headgate_upstream_connect_duration_seconds",
            "To open a connection upstream, TLS included",
            SECONDS,
            "upstream",
            "outcome");
    private final DistributionDataPoint tokenAges = histogram(
                    "headgate_token_age_seconds", "Age of a known token when it is used", AGES)
            .labelValues();
    private final Counter refusals =
            counter("headgate_refusals_total", "Requests answered with a reason of Headgate's", "reason", "http_route");
    private final Counter observed = counter(
            "headgate_observed_refusals_total",
            "Requests that guard.mode: observe forwarded and enforce would refuse",
            "reason",
            "http_route");
    private final Diagnoses diagnoses = new Diagnoses(counter(
            "headgate_diagnoses_total",
            "Answers of the upstream that the edge can explain or warns of, by what it found and how sure it is",
            "diagnosis",
            "confidence"));
    private final CounterDataPoint[] refusedConnections = counters(
            counter(
                    "headgate_downstream_connections_refused_total",
                    "Connections of clients that were closed before they could ask for anything",
                    "reason"),
            Refused.values(),
            Metrics::lower);
    private final CounterDataPoint[] authorization = counters(
            counter(
                    "headgate_authorization_checks_total",
                    "Comparisons of the Authorization field as read and as written upstream",
                    "outcome"),
            AuthorizationFate.values(),
            Metrics::outcome);
    private final CounterDataPoint[] requestIds = counters(
            counter("headgate_request_ids_total", "Request ids by where they come from", "source"),
            IdSource.values(),
            Metrics::lower);
    private final CounterDataPoint[] organization = counters(
            counter("headgate_org_header_total", "What was done to the organisation field", "action"),
            OrganizationFate.values(),
            Metrics::lower);
    private final @Nullable CounterDataPoint[] frames = counters(
            counter(
                    "headgate_websocket_frames_total",
                    "Frames in WebSockets, by the side that they went to",
                    "direction"),
            Side.values(),
            from -> lower(from == Side.DOWNSTREAM ? Side.UPSTREAM : Side.DOWNSTREAM));
    private final CounterDataPoint[] tokenChecks = counters(
            counter("headgate_token_checks_total", "What the session store said of a token", "outcome"),
            TokenCheck.values(),
            Metrics::lower);

    private final CounterDataPoint[] handshakes = counters(
            counter("headgate_tls_handshakes_total", "TLS handshakes of clients, by how they ended", "outcome"),
            TlsOutcome.values(),
            Metrics::lower);

    /**
     * @param routes the configured paths; what a record names beside them counts as {@code none}
     * @param upstreams likewise the configured names of the upstreams
     * @param version of this build
     */
    public Metrics(Collection<String> routes, Collection<String> upstreams, String version) {
        configured(routes, upstreams);
        gauges();
        Info.builder()
                .name("headgate_build_info")
                .help("This build")
                .labelNames("version", "java")
                .register(registry)
                .addLabelValues(version, Runtime.version().toString());
        bindMachine();
    }

    /** Names that records may have from now on, beside those before. */
    public synchronized void configured(Collection<String> routeNames, Collection<String> upstreamNames) {
        routes.add(routeNames);
        List<String> names = upstreams.with(upstreamNames);
        UpstreamSeries[] series = Arrays.copyOf(connections, names.size());
        for (int i = connections.length; i < series.length; i++) {
            series[i] = new UpstreamSeries(
                    new LongAdder(),
                    new LongAdder(),
                    new LongAdder(),
                    ejections.labelValues(names.get(i)),
                    connectDuration.labelValues(names.get(i), "connected"),
                    connectDuration.labelValues(names.get(i), "failed"));
        }
        // First what an index leads to, then the index.
        connections = series;
        upstreams.add(upstreamNames);
    }

    /** The configuration was loaded again, and is in force or not. */
    public void reloaded(boolean success) {
        reloads.labelValues(success ? "success" : "failure").inc();
        lastReload = success;
    }

    private void gauges() {
        GaugeWithCallback.builder()
                .name("http_server_active_requests")
                .help("Requests whose first byte was read and whose answer has not ended")
                .callback(to -> to.call(active.sum()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("headgate_downstream_connections")
                .help("Open connections of clients")
                .callback(to -> to.call(downstreams.sum()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("headgate_websocket_sessions")
                .help("Open WebSockets")
                .callback(to -> to.call(webSockets.sum()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("headgate_upstream_connections")
                .help("Open connections upstream")
                .labelNames("upstream", "state")
                .callback(to -> {
                    UpstreamSeries[] all = connections;
                    for (int i = 1; i < all.length && i < upstreams.size(); i++) {
                        long waiting = all[i].idle.sum();
                        to.call(waiting, upstreams.value(i), "idle");
                        to.call(Math.max(0, all[i].open.sum() - waiting), upstreams.value(i), "active");
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("headgate_tls_certificate_not_after_timestamp_seconds")
                .help("When a certificate that clients are shown ends")
                .labelNames("listener", "name")
                .callback(to -> certificates.forEach(
                        each -> to.call(each.notAfter().getEpochSecond(), each.listener(), each.name())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("headgate_upstream_waiting")
                .help("Requests that wait for a connection upstream")
                .labelNames("upstream")
                .callback(to -> {
                    UpstreamSeries[] all = connections;
                    for (int i = 1; i < all.length && i < upstreams.size(); i++) {
                        to.call(all[i].waiting.sum(), upstreams.value(i));
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("headgate_upstream_up")
                .help("1 while an address is healthy and has not failed ejection.failures times in a row")
                .labelNames("upstream")
                .callback(to -> current.get().forEach(upstream -> to.call(upstream.isUp() ? 1 : 0, upstream.name())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("headgate_upstream_addresses")
                .help("Addresses by what they count as when one is chosen")
                .labelNames("upstream", "state")
                .callback(to -> {
                    for (Upstream upstream : current.get()) {
                        for (AddressState state : AddressState.values()) {
                            to.call(upstream.addresses(state), upstream.name(), lower(state));
                        }
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("headgate_draining")
                .help("1 from the request to stop until the end")
                .callback(to -> to.call(draining ? 1 : 0))
                .register(registry);
        GaugeWithCallback.builder()
                .name("headgate_config_last_reload_successful")
                .help("1 unless the last attempt to load the configuration again failed")
                .callback(to -> to.call(lastReload ? 1 : 0))
                .register(registry);
        CounterWithCallback.builder()
                .name("headgate_log_events_dropped_total")
                .help("Access log lines that were not written")
                .callback(to -> to.call(dropped.getAsLong()))
                .register(registry);
        CounterWithCallback.builder()
                .name("headgate_capture_events_total")
                .help("Exchanges that were written to the capture")
                .callback(to -> ofCapture(Capture::written, to))
                .register(registry);
        CounterWithCallback.builder()
                .name("headgate_capture_bytes_total")
                .help("Bytes that were written to the capture, before compression")
                .callback(to -> ofCapture(Capture::bytes, to))
                .register(registry);
        CounterWithCallback.builder()
                .name("headgate_capture_events_dropped_total")
                .help("Exchanges that the capture has not")
                .labelNames("cause")
                .callback(to -> {
                    ofCapture(Capture::droppedByQueue, to, "queue");
                    ofCapture(Capture::droppedByDisk, to, "disk");
                    ofCapture(Capture::droppedByDefect, to, "defect");
                })
                .register(registry);
    }

    private void ofCapture(ToLongFunction<Capture> count, CounterWithCallback.Callback to, String... labels) {
        Capture watched = capture;
        to.call(watched == null ? 0 : count.applyAsLong(watched), labels);
    }

    /** Exports what is captured and what is not. */
    public void watch(Capture watched) {
        capture = watched;
    }

    /**
     * When a certificate ends.
     *
     * @param listener its address, as configured
     * @param name the certificate's file
     */
    public record CertificateEnd(String listener, String name, Instant notAfter) {}

    /** The certificates that clients are shown from now on; of several with the same labels the first to end counts. */
    public void certificates(Collection<CertificateEnd> all) {
        Map<List<String>, CertificateEnd> first = new LinkedHashMap<>();
        for (CertificateEnd each : all) {
            first.merge(
                    List.of(each.listener(), each.name()),
                    each,
                    (a, b) -> b.notAfter().isBefore(a.notAfter()) ? b : a);
        }
        certificates = List.copyOf(first.values());
    }

    private void bindMachine() {
        // The allocator's id differs at every start.
        meters.config().meterFilter(new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                if (!id.getName().startsWith("netty.allocator")) {
                    return id;
                }
                List<Tag> kept = id.getTags().stream()
                        .filter(tag -> !tag.getKey().equals("id"))
                        .toList();
                return id.replaceTags(kept);
            }
        });
        new JvmInfoMetrics().bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ClassLoaderMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        gc.bindTo(meters);
    }

    /** Exports what the log drops. */
    public void watch(AccessLog log) {
        dropped = log::dropped;
    }

    /** Exports whether the upstreams in force are up; each name once. */
    public void watchUpstreams(Supplier<? extends Collection<Upstream>> inForce) {
        current = inForce;
    }

    /** Exports a cache's size, and its hits where it records them, as {@code cache_*{cache=name}}. */
    public void watch(String name, Cache<?, ?> cache) {
        CaffeineCacheMetrics.monitor(meters, cache, name);
    }

    /** Exports an allocator's memory. At most one of each type. */
    public void watch(ByteBufAllocatorMetricProvider allocator) {
        new NettyAllocatorMetrics(allocator).bindTo(meters);
    }

    /** Exports the tasks that wait for each event loop. */
    public void watch(Iterable<EventExecutor> eventLoops) {
        new NettyEventExecutorMetrics(eventLoops).bindTo(meters);
    }

    /** Says whether the process is shutting down. */
    public void draining(boolean now) {
        draining = now;
    }

    @Override
    public void started() {
        active.increment();
    }

    @Override
    public void finished(ExchangeRecord e) {
        active.decrement();
        server(e).observe(e);
        if (e.upstreamDurationNanos() >= 0) {
            client(e).observe(e.upstreamDurationNanos() * NANO);
        }
        if (e.sessionAgeMillis() >= 0) {
            tokenAges.observe(e.sessionAgeMillis() * 1e-3);
        }
        diagnoses.add(e);
        add(authorization[e.authorization().ordinal()]);
        add(requestIds[e.idSource().ordinal()]);
        add(organization[e.organization().ordinal()]);
        add(tokenChecks[e.tokenCheck().ordinal()]);
    }

    private static void add(@Nullable CounterDataPoint counter) {
        if (counter != null) {
            counter.inc();
        }
    }

    @Override
    public void downstreamOpened() {
        downstreams.increment();
    }

    @Override
    public void downstreamClosed() {
        downstreams.decrement();
    }

    @Override
    public void tlsEnded(TlsOutcome outcome) {
        add(handshakes[outcome.ordinal()]);
    }

    @Override
    public void downstreamRefused(Refused why) {
        add(refusedConnections[why.ordinal()]);
    }

    @Override
    public void upstreamConnected(String upstream, long nanos, boolean ok) {
        UpstreamSeries series = connections[upstreams.index(upstream)];
        if (ok) {
            series.open.increment();
            series.connected.observe(nanos * NANO);
        } else {
            series.unconnected.observe(nanos * NANO);
        }
    }

    @Override
    public void upstreamClosed(String upstream) {
        connections[upstreams.index(upstream)].open.decrement();
    }

    @Override
    public void upstreamIdle(String upstream, int change) {
        connections[upstreams.index(upstream)].idle.add(change);
    }

    @Override
    public void upstreamWaiting(String upstream, int change) {
        connections[upstreams.index(upstream)].waiting.add(change);
    }

    @Override
    public void upstreamEjected(String upstream) {
        connections[upstreams.index(upstream)].ejections.inc();
    }

    @Override
    public void webSocketOpened() {
        webSockets.increment();
    }

    @Override
    public void webSocketClosed() {
        webSockets.decrement();
    }

    @Override
    public void webSocketFrames(Side from, long count) {
        CounterDataPoint counter = frames[from.ordinal()];
        if (counter != null) {
            counter.inc(count);
        }
    }

    private ServerSeries server(ExchangeRecord e) {
        int route = routes.index(e.route());
        int method = Methods.index(e.method());
        boolean https = e.scheme().equals("https");
        long key = Series.key(route, method, e.status(), e.reason(), e.verdict(), e.aborted(), https);
        ServerSeries series = server.get(key);
        return series != null ? series : server.add(key, () -> serverSeries(e, routes.value(route)));
    }

    private ServerSeries serverSeries(ExchangeRecord e, String route) {
        String method = Methods.label(e.method());
        Reason reason = e.reason();
        boolean onlyObserved = e.verdict() == VerdictKind.OBSERVE_DENY;
        CounterDataPoint refusal =
                reason == null ? null : (onlyObserved ? observed : refusals).labelValues(reason.code(), route);
        String error = onlyObserved ? error(null, e, e.status(), 500) : error(reason, e, e.status(), 500);
        return new ServerSeries(
                serverDuration.labelValues(
                        method, status(e.status()), route, e.scheme().equals("https") ? "https" : "http", error),
                requestBody.labelValues(method, route),
                responseBody.labelValues(method, route),
                added.labelValues(route),
                refusal);
    }

    private DistributionDataPoint client(ExchangeRecord e) {
        int upstream = upstreams.index(e.upstream());
        int method = Methods.index(e.method());
        Reason reason = e.verdict() == VerdictKind.OBSERVE_DENY ? null : e.reason();
        long key = Series.key(upstream, method, e.upstreamStatus(), reason, VerdictKind.ALLOW, e.aborted(), false);
        DistributionDataPoint series = client.get(key);
        return series != null
                ? series
                : client.add(
                        key,
                        () -> clientDuration.labelValues(
                                Methods.label(e.method()),
                                status(e.upstreamStatus()),
                                upstreams.value(upstream),
                                error(reason, e, e.upstreamStatus(), 400)));
    }

    private static String error(@Nullable Reason reason, ExchangeRecord e, int status, int from) {
        if (reason != null) {
            return reason.code();
        }
        if (e.aborted() != null) {
            return lower(e.aborted()) + "_aborted";
        }
        return status >= from ? status(status) : "";
    }

    private static String status(int code) {
        return code >= 100 && code <= 599 ? Integer.toString(code) : "";
    }

    private static String lower(Enum<?> value) {
        return value.name().equals("NONE") ? "" : value.name().toLowerCase(Locale.ROOT);
    }

    private static String outcome(AuthorizationFate fate) {
        return switch (fate) {
            case ABSENT -> "absent";
            case INTACT -> "identical";
            case ALTERED -> "altered";
            case UNSENT -> "";
        };
    }

    private Histogram histogram(String name, String help, double[] bounds, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars()
                .register(registry);
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    /** One counter for each value, made at once so that each is exported as 0; none where the label is empty. */
    private static <E extends Enum<E>> @Nullable CounterDataPoint[] counters(
            Counter counter, E[] values, Function<E, String> label) {
        @Nullable CounterDataPoint[] points = new CounterDataPoint[values.length];
        for (E value : values) {
            String text = label.apply(value);
            points[value.ordinal()] = text.isEmpty() ? null : counter.labelValues(text);
        }
        return points;
    }

    /** What a scrape gets. */
    public record Exposition(String contentType, byte[] body) {}

    /**
     * All series, in the format that an Accept field asks for: OpenMetrics, Prometheus' text, or its protobuf, which
     * alone carries native histograms. Takes milliseconds; not for event loops of the proxy.
     */
    public Exposition expose(@Nullable String accept) {
        return write(formats.findWriter(accept));
    }

    /** As {@link #expose}, always text. */
    public String scrape(@Nullable String accept) {
        ExpositionFormatWriter writer = formats.findWriter(accept);
        boolean binary = writer == formats.getPrometheusProtobufWriter();
        return new String(
                write(binary ? formats.getPrometheusTextFormatWriter() : writer).body(), StandardCharsets.UTF_8);
    }

    private Exposition write(ExpositionFormatWriter writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 << 10);
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Exposition(writer.getContentType(), out.toByteArray());
    }

    @Override
    public void close() {
        gc.close();
        meters.close();
    }

    /** Of one upstream. */
    private record UpstreamSeries(
            LongAdder open,
            LongAdder idle,
            LongAdder waiting,
            CounterDataPoint ejections,
            DistributionDataPoint connected,
            DistributionDataPoint unconnected) {}

    private record ServerSeries(
            DistributionDataPoint duration,
            DistributionDataPoint requestBody,
            DistributionDataPoint responseBody,
            DistributionDataPoint added,
            @Nullable CounterDataPoint refusal) {
        void observe(ExchangeRecord e) {
            if (e.status() == 101) {
                // The exchange lasts as long as its WebSocket, and its latency is that of the handshake.
                duration.observe((e.addedNanos() + e.upstreamDurationNanos()) * NANO);
            } else {
                duration.observe(e.durationNanos() * NANO);
                requestBody.observe(e.bytesIn());
                responseBody.observe(e.bytesOut());
            }
            if (e.addedNanos() >= 0) {
                added.observe(e.addedNanos() * NANO);
            }
            add(refusal);
        }
    }
}
