package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.UpstreamOptions.Authority;
import dev.headgate.netty.UpstreamOptions.Ejection;
import dev.headgate.netty.UpstreamOptions.Health;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several addresses of one upstream: who gets the next request, and who gets none. */
@EachTransport
class UpstreamAddressesTest {
    private static final Ejection NEVER = new Ejection(0, Duration.ofSeconds(30), 0);

    @RegisterExtension
    final Wire wire;

    private final AtomicLong clock = new AtomicLong();

    UpstreamAddressesTest(Transport transport) {
        wire = new Wire(transport);
    }

    private Upstream before(Ejection ejection, @Nullable Health health, int... ports) {
        UpstreamOptions d = UpstreamOptions.DEFAULT;
        List<Authority> authorities = Arrays.stream(ports)
                .mapToObj(port -> new Authority("127.0.0.1", port))
                .toList();
        UpstreamOptions options = new UpstreamOptions(
                authorities, false, d.proxyHeader(), d.connections(), d.waiting(), ejection, health, d.nameServers());
        Upstream upstream = new Upstream("genesys", "api.example", 80, null, options, clock::get);
        wire.before(upstream);
        return upstream;
    }

    /** What the server that answers is called. */
    private String ask(RawSocket client) throws Exception {
        RawAnswer answer = client.send(Wire.get("/", "r")).answer();
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(wire.record().status()).isEqualTo(200);
        return answer.body();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds until " + what)
                    .isLessThan(TimeUnit.SECONDS.toNanos(10));
            Thread.onSpinWait();
        }
    }

    @Test
    void whoIsSlowGetsFewer() throws Exception {
        try (AnsweringUpstream slow = new AnsweringUpstream("slow");
                AnsweringUpstream quick = new AnsweringUpstream("quick")) {
            before(NEVER, null, slow.port(), quick.port());
            slow.gate = new CountDownLatch(1);
            RawSocket client = wire.client();
            Ledger ledger = wire.edge().ledger;
            for (int i = 0; slow.heads.isEmpty(); i++) {
                client.send(Wire.get("/", "r"));
                await("the request is somewhere", () -> !ledger.records.isEmpty() || !slow.heads.isEmpty());
                if (slow.heads.isEmpty()) {
                    assertThat(client.answer().body()).isEqualTo("quick");
                    assertThat(wire.record().status()).isEqualTo(200);
                }
                assertThat(i).isLessThan(100);
            }
            RawSocket other = wire.client();
            for (int i = 0; i < 20; i++) {
                assertThat(ask(other)).isEqualTo("quick");
            }
            slow.gate.countDown();
            assertThat(client.answer().body()).isEqualTo("slow");
            assertThat(wire.record().status()).isEqualTo(200);
        }
    }

    @Test
    void whoRefusesIsLeftOutForAWhile() throws Exception {
        ScriptedUpstream dead = new ScriptedUpstream();
        int port = dead.port();
        dead.close();
        try (AnsweringUpstream alive = new AnsweringUpstream("alive")) {
            Upstream upstream = before(new Ejection(3, Duration.ofSeconds(30), 50), null, port, alive.port());
            RawSocket client = wire.client();
            Ledger ledger = wire.edge().ledger;
            for (int i = 0; i < 200 && ledger.ejections.get() == 0; i++) {
                assertThat(ask(client)).isEqualTo("alive");
            }
            assertThat(ledger.ejections).hasValue(1);
            assertThat(ledger.failedUpstreams).hasValue(3);
            for (int i = 0; i < 50; i++) {
                assertThat(ask(client)).isEqualTo("alive");
            }
            assertThat(ledger.failedUpstreams).hasValue(3);
            assertThat(upstream.isUp()).isTrue();

            clock.addAndGet(Duration.ofSeconds(30).toNanos());
            try (AnsweringUpstream back = new AnsweringUpstream("back", "127.0.0.1", port)) {
                for (int i = 0; back.heads.isEmpty(); i++) {
                    ask(client);
                    assertThat(i).isLessThan(200);
                }
            }
        }
    }

    @Test
    void aPostGoesToAnotherAddressWhereOneRefuses() throws Exception {
        ScriptedUpstream dead = new ScriptedUpstream();
        int port = dead.port();
        dead.close();
        try (AnsweringUpstream alive = new AnsweringUpstream("alive")) {
            Upstream upstream = before(NEVER, null, port, alive.port());
            for (int i = 0; i < 20; i++) {
                RawSocket client = wire.client();
                client.send(Wire.post("/", "r", "Content-Length: 3"), "abc");
                assertThat(client.answer().body()).isEqualTo("alive");
                ExchangeRecord record = wire.record();
                assertThat(record.status()).isEqualTo(200);
                assertThat(record.upstreamAddress())
                        .isEqualTo("127.0.0.1:" + alive.port())
                        .isSameAs(upstream.addresses()[1].text());
            }
            assertThat(alive.heads).hasSize(20);
        }
    }

    @Test
    void whereAllAreLeftOutAllAreUsed() throws Exception {
        ScriptedUpstream first = new ScriptedUpstream();
        ScriptedUpstream second = new ScriptedUpstream();
        first.close();
        second.close();
        Upstream upstream = before(new Ejection(1, Duration.ofSeconds(30), 100), null, first.port(), second.port());
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r"));
        assertThat(client.answer().reason()).isEqualTo(Reason.UPSTREAM_UNREACHABLE.code());
        ExchangeRecord record = wire.record();
        assertThat(record.reason()).isEqualTo(Reason.UPSTREAM_UNREACHABLE);
        assertThat(record.upstreamAddress()).as("no connection").isNull();
        assertThat(wire.edge().ledger.ejections).hasValue(2);
        assertThat(upstream.isUp()).isFalse();
        try (AnsweringUpstream back = new AnsweringUpstream("back", "127.0.0.1", first.port())) {
            assertThat(ask(client)).isEqualTo("back");
        }
    }

    /** It is used all the same, and said to be down. */
    @Test
    void theOnlyAddressIsNeverLeftOut() throws Exception {
        ScriptedUpstream dead = new ScriptedUpstream();
        dead.close();
        Upstream upstream = before(new Ejection(2, Duration.ofSeconds(30), 50), null, dead.port());
        RawSocket client = wire.client();
        for (int i = 0; i < 2; i++) {
            assertThat(upstream.isUp()).isTrue();
            client.send(Wire.get("/", "r"));
            assertThat(client.answer().status()).isEqualTo(502);
            assertThat(wire.record().reason()).isEqualTo(Reason.UPSTREAM_UNREACHABLE);
        }
        assertThat(upstream.isUp()).isFalse();
        assertThat(wire.edge().ledger.ejections).hasValue(0);
        try (AnsweringUpstream back = new AnsweringUpstream("back", "127.0.0.1", dead.port())) {
            assertThat(ask(client)).isEqualTo("back");
            assertThat(upstream.isUp()).isTrue();
        }
    }

    @Test
    void whoIsSilentIsLeftOut() throws Exception {
        wire.timeouts(10_000, 10_000, 2000, 100);
        before(
                new Ejection(1, Duration.ofSeconds(30), 100),
                null,
                wire.upstream().port());
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r"));
        assertThat(client.answer().reason()).isEqualTo(Reason.UPSTREAM_TIMEOUT.code());
        ExchangeRecord record = wire.record();
        assertThat(record.reason()).isEqualTo(Reason.UPSTREAM_TIMEOUT);
        assertThat(record.upstreamAddress())
                .as("a connection without an answer")
                .isEqualTo("127.0.0.1:" + wire.upstream().port());
        assertThat(wire.edge().ledger.ejections).hasValue(1);
    }

    @Test
    void whoIsUnwellIsLeftOutUntilItIsWell() throws Exception {
        Health health = new Health("/health", Duration.ofMillis(20), Duration.ofSeconds(2), 2, 2);
        try (AnsweringUpstream sick = new AnsweringUpstream("sick");
                AnsweringUpstream well = new AnsweringUpstream("well")) {
            sick.status = 500;
            Upstream upstream = before(NEVER, health, sick.port(), well.port());
            upstream.watch(wire.edge().loop(), wire.edge().transport, wire.edge().ledger);
            await("it is unhealthy", () -> upstream.addresses()[0].isUnhealthy());
            assertThat(upstream.isUp()).isTrue();
            assertThat(sick.heads.poll())
                    .isEqualTo(RawSocket.head(
                            "GET /health HTTP/1.1",
                            "host: api.example",
                            "user-agent: headgate-health",
                            "connection: close"));
            RawSocket client = wire.client();
            for (int i = 0; i < 20; i++) {
                assertThat(ask(client)).isEqualTo("well");
            }
            sick.status = 302;
            await("it is healthy", () -> !upstream.addresses()[0].isUnhealthy());
            well.status = 503;
            await("the other is unhealthy", () -> upstream.addresses()[1].isUnhealthy());
            sick.status = 200;
            assertThat(ask(client)).isEqualTo("sick");
            well.close();
            upstream.retire();
        }
    }

    @Test
    void whatIsRetiredClosesWhatIsIdle() throws Exception {
        try (AnsweringUpstream server = new AnsweringUpstream("ok")) {
            Upstream upstream = before(NEVER, null, server.port());
            RawSocket client = wire.client();
            ask(client);
            Ledger ledger = wire.edge().ledger;
            assertThat(ledger.openUpstreams).hasValue(1);
            upstream.retire();
            ledger.await("open connections", ledger.openUpstreams, 0);
            // An exchange that began before still goes there, and its connection is not kept.
            ask(client);
            ledger.await("open connections", ledger.openUpstreams, 0);
        }
    }

    @Test
    void anAddressOfIpv6StandsInBrackets() throws IOException {
        Upstream upstream = before(NEVER, null, 1);
        InetAddress address = InetAddress.getByName("2001:DB8:0:0:0:0:0:1");
        assertThat(new UpstreamAddress(upstream, new InetSocketAddress(address, 443)).text())
                .isEqualTo("[2001:db8::1]:443");
    }

    @Test
    void anEjectionGrows() throws IOException {
        Upstream upstream = before(new Ejection(2, Duration.ofSeconds(10), 50), null, 1, 2);
        UpstreamAddress address = upstream.addresses()[0];
        UpstreamAddress other = upstream.addresses()[1];
        fail(address, 2);
        fail(other, 5);
        assertThat(other.isEjected(clock.get())).as("more than half").isFalse();
        for (int time = 1; time <= 3; time++) {
            clock.addAndGet(Duration.ofSeconds(10L * time).toNanos() - 1);
            assertThat(address.isEjected(clock.get())).as("time " + time).isTrue();
            clock.incrementAndGet();
            assertThat(address.isEjected(clock.get())).as("time " + time).isFalse();
            fail(address, 1);
            address.succeeded();
            fail(address, 1);
            assertThat(address.isEjected(clock.get())).isFalse();
            fail(address, 1);
            assertThat(address.isEjected(clock.get())).isTrue();
        }
        clock.addAndGet(Duration.ofSeconds(40 + 10).toNanos());
        fail(address, 2);
        clock.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(address.isEjected(clock.get())).as("after a good time").isFalse();
    }

    @Test
    void eachAddressIsInOneState() throws IOException {
        Upstream upstream = before(new Ejection(1, Duration.ofSeconds(10), 100), null, 1, 2, 3);
        assertStates(upstream, 3, 0, 0);
        fail(upstream.addresses()[0], 1);
        assertStates(upstream, 2, 1, 0);
        upstream.addresses()[0].unhealthy(true);
        upstream.addresses()[1].unhealthy(true);
        assertStates(upstream, 1, 0, 2);
        upstream.addresses()[0].unhealthy(false);
        assertStates(upstream, 1, 1, 1);
        clock.addAndGet(Duration.ofSeconds(10).toNanos());
        assertStates(upstream, 2, 0, 1);
    }

    private static void assertStates(Upstream upstream, int up, int ejected, int unhealthy) {
        assertThat(Arrays.stream(AddressState.values()).map(upstream::addresses))
                .containsExactly(up, ejected, unhealthy);
    }

    /** One event loop's clock may be behind another's. */
    @Test
    void whoAsksDoesNotEndAnEjection() throws IOException {
        Upstream upstream = before(new Ejection(1, Duration.ofSeconds(10), 50), null, 1, 2);
        UpstreamAddress address = upstream.addresses()[0];
        fail(address, 1);
        assertThat(address.isEjected(Duration.ofSeconds(10).toNanos())).isFalse();
        assertThat(address.isEjected(clock.get())).isTrue();
    }

    private static ChannelFactory<Channel> none(AtomicInteger asked) {
        return () -> {
            asked.incrementAndGet();
            throw new ChannelException("too many open files");
        };
    }

    @Test
    void withoutASocketNoAddressIsToBlame() throws Exception {
        try (AnsweringUpstream first = new AnsweringUpstream("ok");
                AnsweringUpstream second = new AnsweringUpstream("ok")) {
            Upstream upstream = before(new Ejection(1, Duration.ofSeconds(30), 100), null, first.port(), second.port());
            AtomicInteger asked = new AtomicInteger();
            upstream.sockets(none(asked));
            RawSocket client = wire.client();
            for (int i = 1; i <= 3; i++) {
                RawAnswer answer = client.send(Wire.get("/", "r")).answer();
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body()).contains("no socket");
                assertThat(wire.record().reason()).isEqualTo(Reason.UPSTREAM_UNREACHABLE);
                assertThat(asked).as("another address is of no use").hasValue(i);
            }
            assertThat(wire.edge().ledger.ejections).hasValue(0);
            upstream.sockets(wire.edge().transport.sockets());
            assertThat(ask(client)).isEqualTo("ok");
        }
    }

    @Test
    void withoutASocketNoAddressIsUnhealthy() throws Exception {
        Health health = new Health("/health", Duration.ofMillis(20), Duration.ofSeconds(2), 1, 1);
        try (AnsweringUpstream server = new AnsweringUpstream("ok")) {
            Upstream upstream = before(NEVER, health, server.port());
            AtomicInteger asked = new AtomicInteger();
            upstream.sockets(none(asked));
            upstream.watch(wire.edge().loop(), wire.edge().transport, wire.edge().ledger);
            await("checks have failed", () -> asked.get() >= 3);
            assertThat(upstream.addresses()[0].isUnhealthy()).isFalse();
            server.status = 500;
            upstream.sockets(wire.edge().transport.sockets());
            await("checks go on", () -> upstream.addresses()[0].isUnhealthy());
            upstream.retire();
        }
    }

    @Test
    void whatIsRetiredIsForgottenThoughItRefuses() throws Exception {
        ScriptedUpstream dead = new ScriptedUpstream();
        dead.close();
        Upstream upstream = before(NEVER, null, dead.port());
        RawSocket client = wire.client();
        upstream.retire();
        assertThat(client.send(Wire.get("/", "r")).answer().status()).isEqualTo(502);
        assertThat(wire.record().status()).isEqualTo(502);
        await("it is forgotten", () -> upstream.loops().isEmpty());
    }

    @Test
    void aDefectBehindAFailedConnectionEndsTheClientsConnection() throws Exception {
        ScriptedUpstream dead = new ScriptedUpstream();
        dead.close();
        before(NEVER, null, dead.port());
        RawSocket client = wire.client();
        wire.edge().ledger.faulty = true;
        assertThat(client.send(Wire.get("/", "r")).answer().status()).isEqualTo(502);
        assertThat(wire.record().status()).isEqualTo(502);
        client.expectEnd();
    }

    @Test
    void aDefectBehindAnAnswerEndsTheClientsConnection() throws Exception {
        try (AnsweringUpstream server = new AnsweringUpstream("ok")) {
            before(NEVER, null, server.port());
            RawSocket client = wire.client();
            wire.edge().ledger.faulty = true;
            assertThat(ask(client)).isEqualTo("ok");
            client.expectEnd();
        }
    }

    private static void fail(UpstreamAddress address, int times) {
        for (int i = 0; i < times; i++) {
            address.failed();
        }
    }
}
