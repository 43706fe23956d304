package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.ForwardedSettings;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ConnectionListener.Refused;
import dev.headgate.netty.Limits.MinimumRate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections beyond what may be open, and bodies that come too slowly. */
@EachTransport
class ConnectionLimitTest {
    @RegisterExtension
    private final Wire wire;

    ConnectionLimitTest(Transport transport) {
        this.wire = new Wire(transport);
    }

    private static Limits limits(int connections, int perClient, MinimumRate bodyRate) {
        return new Limits(32 * 1024, 100, 64 * 1024, 0, connections, perClient, bodyRate, null, null);
    }

    private void expectRefused(RawSocket client, Refused why) throws Exception {
        client.awaitGone();
        assertThat(wire.edge().ledger.refused.poll(10, TimeUnit.SECONDS)).isEqualTo(why);
    }

    @Test
    void oneTooManyIsClosedAndTheOthersGoOn() throws Exception {
        wire.limits(limits(2, 0, MinimumRate.NONE)).threads(2);
        RawSocket one = wire.client();
        RawSocket two = wire.client();
        wire.edge().ledger.await("open", wire.edge().ledger.openDownstreams, 2);
        expectRefused(wire.client(), Refused.CONNECTIONS);
        wire.warmUp(one);
        two.close();
        wire.edge().ledger.await("open", wire.edge().ledger.openDownstreams, 1);
        RawSocket four = wire.client();
        wire.edge().ledger.await("open", wire.edge().ledger.openDownstreams, 2);
        four.send("\r\n");
        expectRefused(wire.client(), Refused.CONNECTIONS);
    }

    @Test
    void soManyOfEachClient() throws Exception {
        wire.limits(limits(0, 2, MinimumRate.NONE)).proxyProtocol();
        List<RawSocket> clients = new ArrayList<>();
        String[] sources = {"192.0.2.1", "192.0.2.1", "192.0.2.2"};
        for (String source : sources) {
            clients.add(wire.client().send("PROXY TCP4 " + source + " 127.0.0.1 1 2\r\n", Wire.get("/a", "one")));
            RawSocket upstream = wire.upstream().accept();
            upstream.readHead();
            upstream.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            assertThat(clients.get(clients.size() - 1).readHead()).startsWith("HTTP/1.1 204");
            assertThat(wire.record().client()).isEqualTo(source);
        }
        expectRefused(
                wire.client().send("PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\n", Wire.get("/a", "one")),
                Refused.CONNECTIONS_PER_CLIENT);
        clients.get(0).close();
        wire.edge().ledger.await("open", wire.edge().ledger.openDownstreams, 2);
        RawSocket again = wire.client().send("PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\n", Wire.get("/a", "one"));
        RawSocket upstream = wire.upstream().accept();
        upstream.readHead();
        upstream.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        assertThat(again.readHead()).startsWith("HTTP/1.1 204");
        wire.record();
    }

    /** A balancer that is trusted to name clients brings many of them. */
    @Test
    void aTrustedPeerIsNoSingleClient() throws Exception {
        wire.limits(limits(0, 1, MinimumRate.NONE)).forwarded(ForwardedSettings.Write.NONE, "127.0.0.1");
        for (int i = 0; i < 3; i++) {
            wire.client();
        }
        wire.edge().ledger.await("open", wire.edge().ledger.openDownstreams, 3);
        assertThat(wire.edge().ledger.refused).isEmpty();
    }

    @Test
    void aBodyThatComesTooSlowlyIsA408() throws Exception {
        wire.limits(limits(0, 0, new MinimumRate(1_000_000, Duration.ofMillis(200))));
        RawSocket client = wire.client();
        client.send(Wire.post("/a", "one", "Content-Length: 5000000"), "some of it");
        RawAnswer answer = client.answer();
        assertThat(answer.head()).startsWith("HTTP/1.1 408");
        assertThat(answer.body()).contains("body: 10 bytes in ").contains("limits.minimumBodyRate");
        client.awaitGone();
        assertThat(wire.record().reason()).isEqualTo(Reason.BODY_TIMEOUT);
        wire.upstream().accept().awaitGone();
    }

    @Test
    void aBodyThatComesFastEnoughPasses() throws Exception {
        wire.limits(limits(0, 0, new MinimumRate(10, Duration.ofMillis(100))));
        RawSocket client = wire.client();
        client.send(Wire.post("/a", "one", "Content-Length: 12"), "0123456789");
        RawSocket upstream = wire.upstream().accept();
        upstream.expect(wire.posted("/a", "one", "Content-Length: 12"), "0123456789");
        client.send("ab");
        upstream.expect("ab");
        upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(client.readHead()).startsWith("HTTP/1.1 204");
        assertThat(wire.record().status()).isEqualTo(204);
    }
}
