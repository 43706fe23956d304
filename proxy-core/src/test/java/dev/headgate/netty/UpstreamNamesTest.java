package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.UpstreamOptions.Authority;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Upstreams by name: the hosts file, name servers, answers that change and answers that fail. */
@ExtendWith(LeakWatch.AfterClass.class)
class UpstreamNamesTest {
    @RegisterExtension
    final Wire wire = new Wire(TestedTransport.get());

    private Upstream before(DnsServerAddressStreamProvider nameServers, Authority... authorities) {
        UpstreamOptions d = UpstreamOptions.DEFAULT;
        UpstreamOptions options = new UpstreamOptions(
                List.of(authorities),
                d.preserveHost(),
                d.proxyHeader(),
                d.connections(),
                d.waiting(),
                d.ejection(),
                d.health(),
                nameServers);
        Upstream upstream = new Upstream("genesys", "api.example", 80, null, options);
        wire.before(upstream);
        return upstream;
    }

    private RawAnswer ask(RawSocket client) throws Exception {
        RawAnswer answer = client.send(Wire.get("/", "r")).answer();
        assertThat(wire.record().status()).isEqualTo(answer.status());
        return answer;
    }

    private String askUntil(RawSocket client, String wanted) throws Exception {
        long start = System.nanoTime();
        String got = "";
        while (!got.equals(wanted) && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
            RawAnswer answer = ask(client);
            got = answer.status() == 200 ? answer.body() : answer.reason();
        }
        return got;
    }

    @Test
    void aNameOfTheHostsFile() throws Exception {
        try (NameServer nobody = new NameServer("nobody.example", 1);
                AnsweringUpstream server = new AnsweringUpstream("local")) {
            Upstream upstream = before(nobody.provider(), new Authority("localhost", server.port()));
            assertThat(ask(wire.client()).body()).isEqualTo("local");
            assertThat(nobody.queries).hasValue(0);
            upstream.retire();
        }
    }

    /** It starts without an answer, gets one, and another; then the name server fails. */
    @Test
    void anAnswerCountsUntilItsTimeIsOver() throws Exception {
        try (NameServer names = new NameServer("api.example", 1);
                AnsweringUpstream first = new AnsweringUpstream("first");
                AnsweringUpstream second = new AnsweringUpstream("second", "127.0.0.2", first.port())) {
            Upstream upstream = before(names.provider(), new Authority("api.example", first.port()));
            RawSocket client = wire.client();
            RawAnswer none = ask(client);
            assertThat(none.status()).isEqualTo(502);
            assertThat(none.reason()).isEqualTo(Reason.UPSTREAM_UNREACHABLE.code());
            assertThat(none.body()).contains("its name does not resolve").doesNotContain("api.example");
            assertThat(upstream.isResolved()).isFalse();

            names.addresses = List.of("127.0.0.1");
            assertThat(askUntil(client, "first")).isEqualTo("first");
            assertThat(upstream.isResolved()).isTrue();

            names.addresses = List.of("127.0.0.2");
            assertThat(askUntil(client, "second")).isEqualTo("second");
            // The connection that was idle to the first one is closed, not kept for later.
            Ledger ledger = wire.edge().ledger;
            ledger.await("open connections", ledger.openUpstreams, 1);

            names.code = DnsResponseCode.SERVFAIL;
            int asked = names.queries.get();
            while (names.queries.get() == asked) {
                assertThat(ask(client).body()).isEqualTo("second");
            }
            assertThat(ask(client).body()).isEqualTo("second");
            upstream.retire();
        }
    }

    @Test
    void aDefectInALookUpDoesNotEndThem() throws Exception {
        try (NameServer names = new NameServer("api.example", 1);
                AnsweringUpstream server = new AnsweringUpstream("ok")) {
            names.addresses = List.of("127.0.0.1");
            AtomicInteger faults = new AtomicInteger();
            DnsServerAddressStreamProvider faulty = host -> {
                if (faults.getAndIncrement() == 0) {
                    throw new IllegalStateException("of the test");
                }
                return names.provider().nameServerAddressStream(host);
            };
            Upstream upstream = before(faulty, new Authority("api.example", server.port()));
            RawSocket client = wire.client();
            assertThat(ask(client).reason()).isEqualTo(Reason.UPSTREAM_UNREACHABLE.code());
            assertThat(askUntil(client, "ok")).isEqualTo("ok");
            upstream.retire();
        }
    }

    @Test
    void whatIsRetiredIsForgottenThoughNoNameResolves() throws Exception {
        wire.timeouts(10_000, 10_000, 100, 10_000);
        try (NameServer names = new NameServer("api.example", 1)) {
            Upstream upstream = before(names.provider(), new Authority("api.example", 1));
            RawSocket client = wire.client();
            upstream.retire();
            assertThat(ask(client).reason()).isEqualTo(Reason.UPSTREAM_UNREACHABLE.code());
            long start = System.nanoTime();
            while (!upstream.loops().isEmpty() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
                Thread.onSpinWait();
            }
            assertThat(upstream.loops()).isEmpty();
        }
    }

    @Test
    void allAddressesOfANameAreUsed() throws Exception {
        try (NameServer names = new NameServer("api.example", 60);
                AnsweringUpstream first = new AnsweringUpstream("first");
                AnsweringUpstream second = new AnsweringUpstream("second", "127.0.0.2", first.port())) {
            names.addresses = List.of("127.0.0.1", "127.0.0.2");
            Upstream upstream = before(names.provider(), new Authority("api.example", first.port()));
            RawSocket client = wire.client();
            assertThat(askUntil(client, "first")).isEqualTo("first");
            assertThat(askUntil(client, "second")).isEqualTo("second");
            assertThat(first.heads.peek()).contains("\r\nHost: api.example\r\n");
            upstream.retire();
        }
    }

    @Test
    void anIpv6Address() throws Exception {
        try (AnsweringUpstream server = new AnsweringUpstream("six", "::1", 0)) {
            before(UpstreamOptions.DEFAULT.nameServers(), new Authority("::1", server.port()));
            assertThat(ask(wire.client()).body()).isEqualTo("six");
        }
    }
}
