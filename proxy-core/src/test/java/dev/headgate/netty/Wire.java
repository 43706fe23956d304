package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.AddressRange;
import dev.headgate.gate.ForwardedSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Clients, the edge and an upstream, wired for one test. After it, nothing may be left open, and each exchange's record
 * must have been taken: so a test names exactly those that it caused.
 */
final class Wire implements BeforeEachCallback, AfterEachCallback {
    /** The organisation's field as the edge adds it. */
    static final String ORGANIZATION = "X-Genesys-Cloud-Id: " + RunningEdge.ORGANIZATION;

    private final Transport transport;
    private final List<RawSocket> clients = new ArrayList<>();
    private Limits limits = new Limits(32 * 1024, 100, 64 * 1024, 0);
    private Timeouts timeouts = new Timeouts(seconds(10), seconds(75), seconds(2), seconds(30));
    private ForwardedSettings forwarded = ForwardedSettings.NONE;
    private boolean proxyProtocol;
    private int threads = 1;
    private boolean http2;
    private @Nullable Upstream before;
    private boolean tapFrames;
    private @Nullable ScriptedUpstream upstream;
    private @Nullable RunningEdge edge;

    Wire(Transport transport) {
        this.transport = transport;
    }

    static Stream<Transport> transports() {
        return Stream.of(Transport.values()).filter(Transport::isAvailable);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        upstream = new ScriptedUpstream();
    }

    Wire limits(int head, int fields, int checkedBody, long body) {
        limits = new Limits(head, fields, checkedBody, body);
        return this;
    }

    Wire limits(Limits all) {
        limits = all;
        return this;
    }

    Wire forwarded(ForwardedSettings.Write write, String... trust) {
        forwarded =
                new ForwardedSettings(Stream.of(trust).map(AddressRange::parse).toList(), write);
        return this;
    }

    /** Connections must begin with a header of the PROXY protocol. */
    Wire proxyProtocol() {
        proxyProtocol = true;
        return this;
    }

    /** In milliseconds. */
    Wire timeouts(int head, int idle, int upstreamConnect, int upstreamResponse) {
        timeouts = new Timeouts(
                Duration.ofMillis(head),
                Duration.ofMillis(idle),
                Duration.ofMillis(upstreamConnect),
                Duration.ofMillis(upstreamResponse));
        return this;
    }

    /** In milliseconds, without an octet in a WebSocket. */
    Wire webSocketTimeout(int millis) {
        timeouts = new Timeouts(
                timeouts.head(),
                timeouts.idle(),
                timeouts.upstreamConnect(),
                timeouts.upstreamResponse(),
                Duration.ofMillis(millis));
        return this;
    }

    Wire tapFrames() {
        tapFrames = true;
        return this;
    }

    Wire threads(int count) {
        threads = count;
        return this;
    }

    /** Clients may speak HTTP/2 from the first byte on. */
    Wire http2() {
        http2 = true;
        return this;
    }

    /** Forwards to there, and not to {@link #upstream()}. */
    Wire before(Upstream other) {
        before = other;
        return this;
    }

    ScriptedUpstream upstream() {
        assert upstream != null;
        return upstream;
    }

    /** Started when first asked for. */
    RunningEdge edge() {
        if (edge == null) {
            Upstream to = before != null
                    ? before
                    : new Upstream("genesys", "127.0.0.1", upstream().port(), null);
            edge = new RunningEdge(
                    transport, threads, to, limits, timeouts, false, http2, forwarded, proxyProtocol, tapFrames);
        }
        return edge;
    }

    /** A new client's connection to the edge. */
    RawSocket client() throws IOException {
        RawSocket client = RawSocket.connect(edge().port());
        clients.add(client);
        return client;
    }

    /** A request for a route without a profile; its answer will carry {@code id}. */
    static String get(String path, String id) {
        return RawSocket.head("GET " + path + " HTTP/1.1", "Host: edge.test", "x-request-id: " + id);
    }

    /** What the upstream gets of {@link #get}. */
    String gotten(String path, String id) {
        return RawSocket.head(
                "GET " + path + " HTTP/1.1", "Host: " + upstream().host(), "x-request-id: " + id, ORGANIZATION);
    }

    /** A POST's head, with one more field. */
    static String post(String path, String id, String field) {
        return RawSocket.head("POST " + path + " HTTP/1.1", "Host: edge.test", "x-request-id: " + id, field);
    }

    /** What the upstream gets of {@link #post}. */
    String posted(String path, String id, String field) {
        return RawSocket.head(
                "POST " + path + " HTTP/1.1", "Host: " + upstream().host(), "x-request-id: " + id, field, ORGANIZATION);
    }

    /** The next exchange's record; waits for it. */
    ExchangeRecord record() throws InterruptedException {
        return edge().record();
    }

    /** Sends a request, answers it, and takes its record: a first exchange on {@code client}. */
    RawSocket warmUp(RawSocket client) throws IOException, InterruptedException {
        client.send(get("/warm", "warm"));
        RawSocket server = upstream().accept();
        server.expect(gotten("/warm", "warm"));
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        client.expect("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-request-id: warm\r\n\r\nok");
        assertThat(record().status()).isEqualTo(200);
        return server;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try {
            RunningEdge running = edge;
            if (running != null) {
                settle(running);
            }
        } finally {
            for (RawSocket client : clients) {
                client.close();
            }
            upstream().close();
            if (edge != null) {
                edge.close();
            }
        }
    }

    private void settle(RunningEdge running) throws Exception {
        for (RawSocket client : clients) {
            client.close();
        }
        Ledger ledger = running.ledger;
        ledger.await("client connections still open", ledger.openDownstreams, 0);
        ledger.await("exchanges without an end", ledger.openExchanges, 0);
        assertThat(running.records)
                .as("records of more exchanges than the test caused")
                .isEmpty();
        assertThat(running.initializer.drain().get(10, TimeUnit.SECONDS)).isZero();
        ledger.await("upstream connections still open", ledger.openUpstreams, 0);
        ledger.await("requests counted as waiting", ledger.waiting, 0);
        ledger.await("upstream connections counted as idle", ledger.idleUpstreams, 0);
    }

    private static Duration seconds(int n) {
        return Duration.ofSeconds(n);
    }
}
