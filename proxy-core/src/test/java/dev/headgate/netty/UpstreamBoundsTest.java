package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** As many connections and waiting requests as the upstream may have, and no more. */
@EachTransport
class UpstreamBoundsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @RegisterExtension
    final Wire wire;

    UpstreamBoundsTest(Transport transport) {
        wire = new Wire(transport);
    }

    static UpstreamOptions bounds(int connections, int waiting) {
        UpstreamOptions d = UpstreamOptions.DEFAULT;
        return new UpstreamOptions(
                d.authorities(),
                d.preserveHost(),
                d.proxyHeader(),
                connections,
                waiting,
                d.ejection(),
                d.health(),
                d.nameServers());
    }

    private void before(int port, UpstreamOptions options) {
        wire.before(new Upstream("genesys", "127.0.0.1", port, null, options));
    }

    private static void expectOk(RawSocket client, String id) throws Exception {
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 2", "x-request-id: " + id), "ok");
    }

    private void expectOverloaded(RawSocket client, String id) throws Exception {
        RawAnswer answer = client.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.reason()).isEqualTo("upstream.overloaded");
        assertThat(answer.field("x-request-id")).isEqualTo(id);
        assertThat(answer.field("proxy-status")).contains("error=connection_limit_reached");
    }

    @Test
    void whoFindsNoPlaceToWaitIsRefused() throws Exception {
        before(wire.upstream().port(), bounds(1, 1));
        RawSocket first = wire.client().send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        RawSocket second = wire.client().send(Wire.post("/", "r2", "Content-Length: 3"), "abc");
        Ledger ledger = wire.edge().ledger;
        ledger.await("waiting requests", ledger.waiting, 1);

        RawSocket third = wire.client().send(Wire.get("/", "r3"));
        expectOverloaded(third, "r3");
        assertThat(wire.record().reason()).isEqualTo(Reason.UPSTREAM_OVERLOADED);

        server.send(OK);
        expectOk(first, "r1");
        server.expect(wire.posted("/", "r2", "Content-Length: 3"), "abc");
        ledger.await("waiting requests", ledger.waiting, 0);
        server.send(OK);
        expectOk(second, "r2");
        third.send(Wire.get("/", "r4"));
        server.expect(wire.gotten("/", "r4"));
        server.send(OK);
        expectOk(third, "r4");
        assertThat(List.of(
                        wire.record().status(),
                        wire.record().status(),
                        wire.record().status()))
                .containsOnly(200);
    }

    @Test
    void whoWaitsTooLongIsRefused() throws Exception {
        wire.timeouts(10_000, 10_000, 100, 10_000);
        before(wire.upstream().port(), bounds(1, 5));
        RawSocket first = wire.client().send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        RawSocket second = wire.client().send(Wire.get("/", "r2"));
        expectOverloaded(second, "r2");
        assertThat(wire.record().reason()).isEqualTo(Reason.UPSTREAM_OVERLOADED);
        server.send(OK);
        expectOk(first, "r1");
        assertThat(wire.record().status()).isEqualTo(200);
    }

    @Test
    void aClosedConnectionMakesRoom() throws Exception {
        before(wire.upstream().port(), bounds(1, 5));
        RawSocket first = wire.client().send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        RawSocket second = wire.client().send(Wire.get("/", "r2"));
        Ledger ledger = wire.edge().ledger;
        ledger.await("waiting requests", ledger.waiting, 1);
        server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        RawSocket next = wire.upstream().accept();
        next.expect(wire.gotten("/", "r2"));
        next.send(OK);
        expectOk(first, "r1");
        expectOk(second, "r2");
        assertThat(List.of(wire.record().status(), wire.record().status())).containsOnly(200);
    }

    /** What the first waiter is woken for passes to another event loop's, as its client is gone. */
    @Test
    void aWakeUpPassesToTheOtherEventLoop() throws Exception {
        wire.threads(2);
        before(wire.upstream().port(), bounds(1, 5));
        RawSocket first = wire.client();
        RawSocket leaving = wire.client();
        RawSocket staying = wire.client();
        first.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        Ledger ledger = wire.edge().ledger;
        leaving.send(Wire.get("/", "r2"));
        ledger.await("waiting requests", ledger.waiting, 1);
        staying.send(Wire.get("/", "r3"));
        ledger.await("waiting requests", ledger.waiting, 2);
        leaving.reset();
        assertThat(wire.record().status()).isZero();
        server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        RawSocket next = wire.upstream().accept();
        next.expect(wire.gotten("/", "r3"));
        next.send(OK);
        expectOk(first, "r1");
        expectOk(staying, "r3");
        assertThat(List.of(wire.record().status(), wire.record().status())).containsOnly(200);
    }

    @Test
    void whoseClientIsGoneIsNotServed() throws Exception {
        before(wire.upstream().port(), bounds(1, 1));
        RawSocket first = wire.client().send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        RawSocket second = wire.client().send(Wire.get("/", "r2"));
        Ledger ledger = wire.edge().ledger;
        ledger.await("waiting requests", ledger.waiting, 1);
        second.reset();
        assertThat(wire.record().aborted()).isEqualTo(ExchangeRecord.Side.DOWNSTREAM);
        RawSocket third = wire.client().send(Wire.get("/", "r3"));
        server.send(OK);
        expectOk(first, "r1");
        server.expect(wire.gotten("/", "r3"));
        server.send(OK);
        expectOk(third, "r3");
        assertThat(List.of(wire.record().status(), wire.record().status())).containsOnly(200);
    }

    /** The one connection goes from event loop to event loop. */
    @Test
    void theBoundIsOneForAllEventLoops() throws Exception {
        wire.threads(3);
        try (AnsweringUpstream server = new AnsweringUpstream("ok")) {
            before(server.port(), bounds(1, 100));
            List<RawSocket> clients = new ArrayList<>();
            for (int c = 0; c < 6; c++) {
                clients.add(wire.client());
            }
            for (int round = 0; round < 5; round++) {
                for (RawSocket client : clients) {
                    client.send(Wire.get("/", "r" + round));
                }
                for (RawSocket client : clients) {
                    RawAnswer answer = client.answer();
                    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                }
            }
            for (int i = 0; i < 30; i++) {
                assertThat(wire.record().status()).isEqualTo(200);
            }
            assertThat(wire.edge().ledger.mostUpstreams).hasValue(1);
        }
    }
}
