package dev.headgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Finding;
import dev.headgate.gate.Reason;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.session.TokenFingerprint;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricsTest {
    private final Metrics metrics = new Metrics(List.of("/", "/api/v2/guests/"), List.of("genesys"), "1.2.3");

    @AfterEach
    void close() {
        metrics.close();
    }

    private void exchange(Exchanges exchange) {
        metrics.started();
        metrics.finished(exchange.record());
    }

    private List<String> samples() {
        return metrics.scrape(null)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    private List<String> samples(String prefix) {
        return samples().stream().filter(line -> line.startsWith(prefix)).toList();
    }

    @Test
    void exportsWhatAlertsNeedBeforeAnyExchange() {
        assertThat(samples())
                .contains(
                        "headgate_authorization_checks_total{outcome=\"altered\"} 0.0",
                        "headgate_authorization_checks_total{outcome=\"identical\"} 0.0",
                        "headgate_authorization_checks_total{outcome=\"absent\"} 0.0",
                        "headgate_log_events_dropped_total 0.0",
                        "headgate_draining 0.0",
                        "http_server_active_requests 0.0",
                        "headgate_upstream_connections{state=\"active\",upstream=\"genesys\"} 0.0",
                        "headgate_token_checks_total{outcome=\"stale\"} 0.0");
        assertThat(samples("headgate_build_info")).singleElement().asString().contains("version=\"1.2.3\"");
    }

    @Test
    void measuresAnExchange() {
        Exchanges exchange = Exchanges.good();
        exchange.sessionAgeMillis = 61_000;
        exchange.scheme = "https";
        exchange(exchange);
        String labels = "{error_type=\"\",http_request_method=\"POST\",http_response_status_code=\"200\","
                + "http_route=\"/api/v2/guests/\",url_scheme=\"https\"}";
        assertThat(samples())
                .contains(
                        "http_server_request_duration_seconds_count" + labels + " 1",
                        "http_server_request_duration_seconds_sum" + labels + " 0.001234567",
                        "http_client_request_duration_seconds_sum{error_type=\"\",http_request_method=\"POST\","
                                + "http_response_status_code=\"200\",upstream=\"genesys\"} 0.001",
                        "http_server_request_body_size_bytes_sum{http_request_method=\"POST\","
                                + "http_route=\"/api/v2/guests/\"} 300.0",
                        "http_server_response_body_size_bytes_sum{http_request_method=\"POST\","
                                + "http_route=\"/api/v2/guests/\"} 1024.0",
                        "headgate_added_latency_seconds_bucket{http_route=\"/api/v2/guests/\",le=\"1.0E-4\"} 1",
                        "headgate_authorization_checks_total{outcome=\"identical\"} 1.0",
                        "headgate_request_ids_total{source=\"generated\"} 1.0",
                        "headgate_org_header_total{action=\"added\"} 1.0",
                        "headgate_token_checks_total{outcome=\"confirmed\"} 1.0",
                        "headgate_token_age_seconds_bucket{le=\"60.0\"} 0",
                        "headgate_token_age_seconds_bucket{le=\"300.0\"} 1");
        assertThat(samples("headgate_refusals_total")).isEmpty();
    }

    @Test
    void hasTheBucketsThatAreDocumented() {
        exchange(Exchanges.good());
        assertThat(bounds("http_server_request_duration_seconds"))
                .containsExactly(.005, .01, .025, .05, .075, .1, .25, .5, .75, 1., 2.5, 5., 7.5, 10.);
        assertThat(bounds("headgate_added_latency_seconds"))
                .containsExactly(.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1);
    }

    private List<Double> bounds(String name) {
        return samples(name + "_bucket").stream()
                .map(line -> line.replaceAll(".*le=\"([^\"]*)\".*", "$1"))
                .filter(bound -> !bound.equals("+Inf"))
                .map(Double::valueOf)
                .toList();
    }

    @Test
    void countsARefusalByReason() {
        exchange(Exchanges.refused(Reason.AUTH_MISSING));
        exchange(Exchanges.refused(Reason.AUTH_MISSING));
        assertThat(samples())
                .contains("headgate_refusals_total{http_route=\"/api/v2/guests/\",reason=\"auth.missing\"} 2.0")
                .contains("http_server_request_duration_seconds_count{error_type=\"auth.missing\","
                        + "http_request_method=\"POST\",http_response_status_code=\"401\","
                        + "http_route=\"/api/v2/guests/\",url_scheme=\"http\"} 2");
        assertThat(samples("http_client_request_duration")).isEmpty();
        assertThat(samples("headgate_added_latency_seconds_count")).allMatch(line -> line.endsWith(" 0"));
    }

    @Test
    void keepsObservedRefusalsApart() {
        Exchanges exchange = Exchanges.good();
        exchange.verdict = VerdictKind.OBSERVE_DENY;
        exchange.reason = Reason.TOKEN_EXPIRED;
        exchange(exchange);
        assertThat(samples())
                .contains(
                        "headgate_observed_refusals_total{http_route=\"/api/v2/guests/\",reason=\"token.expired\"} 1.0");
        assertThat(samples("headgate_refusals_total")).isEmpty();
        assertThat(samples("http_server_request_duration_seconds_count"))
                .singleElement()
                .asString()
                .contains("error_type=\"\"");
    }

    @ParameterizedTest
    @EnumSource
    void countsEachReason(Reason reason) {
        exchange(Exchanges.refused(reason));
        assertThat(samples("headgate_refusals_total"))
                .containsExactly(
                        "headgate_refusals_total{http_route=\"/api/v2/guests/\",reason=\"" + reason.code() + "\"} 1.0");
    }

    private static Exchanges diagnosed(Finding finding, Confidence confidence) {
        Exchanges exchange = Exchanges.good();
        exchange.status = 403;
        exchange.upstreamStatus = 403;
        exchange.evidence = new Evidence(null, null, new Diagnosis(finding, confidence, "d"), ApiError.NONE);
        return exchange;
    }

    private static String diagnoses(Finding finding, Confidence confidence, int count) {
        return "headgate_diagnoses_total{confidence=\"" + confidence.name().toLowerCase(Locale.ROOT) + "\",diagnosis=\""
                + finding.code() + "\"} " + count + ".0";
    }

    @Test
    void countsADiagnosisByItsConfidence() {
        assertThat(samples("headgate_diagnoses_total")).isEmpty();
        exchange(diagnosed(Reason.PURPOSE_MISSING, Confidence.LIKELY));
        exchange(diagnosed(Reason.PURPOSE_MISSING, Confidence.LIKELY));
        exchange(diagnosed(Reason.PURPOSE_MISSING, Confidence.POSSIBLE));
        exchange(diagnosed(Cause.FLOW_SETTINGS, Confidence.POSSIBLE));
        exchange(Exchanges.good());
        assertThat(samples("headgate_diagnoses_total"))
                .containsExactlyInAnyOrder(
                        diagnoses(Reason.PURPOSE_MISSING, Confidence.LIKELY, 2),
                        diagnoses(Reason.PURPOSE_MISSING, Confidence.POSSIBLE, 1),
                        diagnoses(Cause.FLOW_SETTINGS, Confidence.POSSIBLE, 1));
        assertThat(samples("headgate_refusals_total")).isEmpty();
    }

    @Test
    void tellsEachDiagnosisFromTheOthers() {
        List<String> expected = new ArrayList<>();
        for (Finding finding : Stream.<Finding>concat(Stream.of(Reason.values()), Stream.of(Cause.values()))
                .toList()) {
            for (Confidence confidence : Confidence.values()) {
                exchange(diagnosed(finding, confidence));
                expected.add(diagnoses(finding, confidence, 1));
            }
        }
        assertThat(samples("headgate_diagnoses_total")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void countsAnObservedFindingAsADiagnosisOnlyWhereTheUpstreamRefused() {
        Exchanges taken = diagnosed(Reason.SCOPE_MISSING, Confidence.CERTAIN);
        taken.verdict = VerdictKind.OBSERVE_DENY;
        taken.reason = Reason.SCOPE_MISSING;
        taken.status = 200;
        taken.upstreamStatus = 200;
        exchange(taken);
        assertThat(samples("headgate_diagnoses_total")).isEmpty();
        taken.status = 403;
        taken.upstreamStatus = 403;
        exchange(taken);
        assertThat(samples("headgate_diagnoses_total"))
                .containsExactly(diagnoses(Reason.SCOPE_MISSING, Confidence.CERTAIN, 1));
        assertThat(samples("headgate_observed_refusals_total"))
                .singleElement()
                .asString()
                .endsWith(" 2.0");
    }

    @Test
    void tellsEndingsApart() {
        Exchanges timeout = Exchanges.good();
        timeout.status = 504;
        timeout.upstreamStatus = 0;
        timeout.reason = Reason.UPSTREAM_TIMEOUT;
        exchange(timeout);
        Exchanges gone = Exchanges.good();
        gone.status = 0;
        gone.aborted = Side.DOWNSTREAM;
        exchange(gone);
        Exchanges failed = Exchanges.good();
        failed.status = 503;
        failed.upstreamStatus = 503;
        exchange(failed);
        Exchanges notFound = Exchanges.good();
        notFound.status = 404;
        notFound.upstreamStatus = 404;
        exchange(notFound);
        assertThat(samples("http_server_request_duration_seconds_count"))
                .extracting(line -> line.replaceAll(".*error_type=\"([^\"]*)\".*status_code=\"([^\"]*)\".*", "$1/$2"))
                .containsExactlyInAnyOrder("upstream.timeout/504", "downstream_aborted/", "503/503", "/404");
        assertThat(samples("http_client_request_duration_seconds_count"))
                .extracting(line -> line.replaceAll(".*error_type=\"([^\"]*)\".*status_code=\"([^\"]*)\".*", "$1/$2"))
                .containsExactlyInAnyOrder("upstream.timeout/", "downstream_aborted/200", "503/503", "404/404");
    }

    @Test
    void countsAnAlteredAuthorization() {
        Exchanges exchange = Exchanges.good();
        exchange.authorization = AuthorizationFate.ALTERED;
        exchange(exchange);
        exchange(Exchanges.refused(Reason.TOKEN_UNKNOWN));
        assertThat(samples())
                .contains(
                        "headgate_authorization_checks_total{outcome=\"altered\"} 1.0",
                        "headgate_authorization_checks_total{outcome=\"identical\"} 0.0",
                        "headgate_authorization_checks_total{outcome=\"absent\"} 0.0");
    }

    @Test
    void makesNoLabelOfWhatAClientSends() {
        exchange(Exchanges.bare());
        metrics.upstreamConnected("unknown", 1, true);
        int before = samples().size();
        for (int i = 0; i < 10_000; i++) {
            Exchanges exchange = Exchanges.bare();
            exchange.requestId = "id-" + i;
            exchange.clientRequestId = "theirs-" + i;
            exchange.method = "M" + i;
            exchange.path = "/p/" + i;
            exchange.route = "/unknown/" + i;
            exchange.upstream = "unknown-" + i;
            exchange.status = i < 100 ? i : i + 600;
            exchange.token = new TokenFingerprint(i, i);
            exchange.detail = "d" + i;
            exchange.client = "10.0.0.1:" + i;
            exchange.scheme = "s" + i;
            exchange.protocol = "P/" + i;
            exchange.traceparent = "tp" + i;
            exchange.upstreamCorrelationId = "c" + i;
            exchange(exchange);
            metrics.upstreamConnected("unknown-" + i, 1, i % 2 == 0);
        }
        assertThat(samples()).hasSize(before);
        assertThat(samples("http_server_request_duration_seconds_count"))
                .containsExactly("http_server_request_duration_seconds_count{error_type=\"\","
                        + "http_request_method=\"_OTHER\",http_response_status_code=\"\",http_route=\"none\","
                        + "url_scheme=\"http\"} 10001");
    }

    @Test
    void countsEachExchangeOfManyThreadsOnce() throws Exception {
        int threads = 4;
        CountDownLatch ready = new CountDownLatch(threads);
        Thread[] workers = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            workers[t] = new Thread(() -> {
                ready.countDown();
                try {
                    ready.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                for (int i = 0; i < 4000; i++) {
                    Exchanges exchange = Exchanges.good();
                    exchange.status = 100 + i % 400;
                    exchange(exchange);
                }
            });
            workers[t].start();
        }
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(samples("http_server_request_duration_seconds_count"))
                .hasSize(400)
                .allMatch(line -> line.endsWith(" 40"));
        assertThat(samples()).contains("http_server_active_requests 0.0");
    }

    @Test
    void followsConnections() {
        metrics.started();
        metrics.downstreamOpened();
        metrics.downstreamOpened();
        metrics.downstreamClosed();
        metrics.upstreamConnected("genesys", 2_000_000, true);
        metrics.upstreamConnected("genesys", 2_000_000, true);
        metrics.upstreamConnected("genesys", 3_000_000, false);
        metrics.upstreamIdle("genesys", 1);
        metrics.draining(true);
        assertThat(samples())
                .contains(
                        "http_server_active_requests 1.0",
                        "headgate_downstream_connections 1.0",
                        "headgate_upstream_connections{state=\"idle\",upstream=\"genesys\"} 1.0",
                        "headgate_upstream_connections{state=\"active\",upstream=\"genesys\"} 1.0",
                        "headgate_upstream_connect_duration_seconds_count{outcome=\"connected\",upstream=\"genesys\"} 2",
                        "headgate_upstream_connect_duration_seconds_count{outcome=\"failed\",upstream=\"genesys\"} 1",
                        "headgate_draining 1.0");
        metrics.upstreamIdle("genesys", -1);
        metrics.upstreamClosed("genesys");
        assertThat(samples())
                .contains(
                        "headgate_upstream_connections{state=\"idle\",upstream=\"genesys\"} 0.0",
                        "headgate_upstream_connections{state=\"active\",upstream=\"genesys\"} 1.0");
    }

    @Test
    void exportsWhatTheLogDrops() {
        AccessLog log = AccessLog.to(new ByteArrayOutputStream(), Duration.ofSeconds(10));
        metrics.watch(log);
        log.close();
        log.finished(Exchanges.good().record());
        assertThat(samples()).contains("headgate_log_events_dropped_total 1.0");
    }

    @Test
    void exportsTheProcessAndItsParts() {
        metrics.watch(
                "sessions", Caffeine.newBuilder().maximumSize(1).recordStats().build());
        metrics.watch(UnpooledByteBufAllocator.DEFAULT);
        EventExecutorGroup loops = new DefaultEventExecutorGroup(1);
        try {
            metrics.watch(loops);
            assertThat(samples("jvm_memory_used_bytes")).isNotEmpty();
            assertThat(samples("process_cpu_usage")).hasSize(1);
            assertThat(samples("cache_size{cache=\"sessions\"}")).hasSize(1);
            assertThat(samples("netty_eventexecutor_workers")).hasSize(1);
            assertThat(samples("netty_allocator_memory_used"))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).doesNotContain("id="));
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void speaksOpenMetricsWhenAsked() {
        assertThat(metrics.scrape("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"))
                .endsWith("# EOF\n");
        assertThat(metrics.expose("application/openmetrics-text; version=1.0.0").contentType())
                .startsWith("application/openmetrics-text");
        assertThat(metrics.expose("text/plain").contentType()).startsWith("text/plain");
        String protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
        assertThat(metrics.expose(protobuf).contentType()).startsWith("application/vnd.google.protobuf");
        assertThat(metrics.scrape(protobuf)).contains("\nheadgate_draining 0.0\n");
    }
}
