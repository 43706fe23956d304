package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Cors;
import dev.headgate.gate.Gate;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Reason;
import dev.headgate.gate.check.Checks;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An answered preflight takes its own request off the connection, and nothing more. */
@EachTransport
class CorsFramingTest {
    private static final String ANSWER = head(
            "HTTP/1.1 204 No Content",
            "x-request-id: p",
            "Access-Control-Allow-Origin: https://shop.example",
            "Vary: Origin",
            "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE",
            "Access-Control-Max-Age: 600",
            "Vary: Access-Control-Request-Method, Access-Control-Request-Headers");

    @RegisterExtension
    final Wire wire;

    CorsFramingTest(Transport transport) {
        wire = new Wire(transport);
    }

    private RawSocket client() throws Exception {
        GateSettings before = wire.edge().edge.snapshot().gate().settings();
        GateSettings settings = new GateSettings(
                before.organization(),
                before.requestIdHeader(),
                before.acceptRequestIds(),
                before.supersededGraceMillis(),
                before.clockSkewMillis(),
                new Cors(Set.of("https://shop.example"), false, 600));
        Upstream upstream = new Upstream("genesys", "127.0.0.1", wire.upstream().port(), null);
        wire.edge()
                .edge
                .swap(new Snapshot(
                        new Gate(settings, Checks.ALL),
                        List.of(new Route("/", upstream, null)),
                        wire.edge().edge.snapshot().recorder(),
                        new Limits(32 * 1024, 100, 64 * 1024, 0),
                        new Timeouts(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(75),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(30))));
        return wire.client();
    }

    private static String preflight(String version, String... more) {
        return head(
                "OPTIONS /a HTTP/" + version,
                "Host: edge.test",
                "x-request-id: p",
                "Origin: https://shop.example",
                "Access-Control-Request-Method: POST" + (more.length == 0 ? "" : "\r\n" + String.join("\r\n", more)));
    }

    private void expectPreflight(RawSocket client) throws Exception {
        client.expect(ANSWER);
        ExchangeRecord record = wire.record();
        assertThat(record.status()).isEqualTo(204);
        assertThat(record.requestId()).isEqualTo("p");
        assertThat(record.bytesOut()).isZero();
    }

    private void forwards(RawSocket client, String id) throws Exception {
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/b", id));
        server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 2", "x-request-id: " + id, "Vary: Origin"), "ok");
        assertThat(wire.record().status()).isEqualTo(200);
    }

    @Test
    void theConnectionStaysForTheNext() throws Exception {
        RawSocket client = client();
        for (int i = 0; i < 3; i++) {
            client.send(preflight("1.1"));
            expectPreflight(client);
        }
        client.send(Wire.get("/b", "r1"));
        forwards(client, "r1");
    }

    @Test
    void aPipelinedRequestIsTheNext() throws Exception {
        RawSocket client = client();
        client.send(preflight("1.1"), preflight("1.1"), Wire.get("/b", "r1"), preflight("1.1"));
        expectPreflight(client);
        expectPreflight(client);
        forwards(client, "r1");
        expectPreflight(client);
    }

    @Test
    void itsBodyIsReadToItsEnd() throws Exception {
        RawSocket client = client();
        client.send(preflight("1.1", "Content-Length: 5"), "GET /", Wire.get("/b", "r1"));
        expectPreflight(client);
        forwards(client, "r1");
        client.send(preflight("1.1", "Content-Length: 5"), "a");
        client.expect(ANSWER);
        client.send("bcde", Wire.get("/b", "r3"));
        assertThat(wire.record().bytesIn()).isLessThanOrEqualTo(5);
        forwards(client, "r3");
    }

    @Test
    void aBodyOfUnknownLengthIsNotWaitedFor() throws Exception {
        RawSocket client = client();
        client.send(preflight("1.1", "Transfer-Encoding: chunked"), "3\r\nGET\r\n0\r\n\r\n", Wire.get("/b", "r2"));
        client.expect(ANSWER.substring(0, ANSWER.length() - 2), "Connection: close\r\n\r\n");
        client.expectEnd();
        assertThat(wire.record().status()).isEqualTo(204);
    }

    @Test
    void aBodyThatIsTooLongToWaitForEndsTheConnection() throws Exception {
        for (String field : List.of("Content-Length: 1000000", "Content-Length: 5\r\nExpect: 100-continue")) {
            RawSocket client = client();
            client.send(preflight("1.1", field));
            client.expect(ANSWER.substring(0, ANSWER.length() - 2), "Connection: close\r\n\r\n");
            client.expectEnd();
            assertThat(wire.record().status()).isEqualTo(204);
        }
    }

    @Test
    void theClientMayWantNoMore() throws Exception {
        for (String request : List.of(preflight("1.0"), preflight("1.1", "Connection: close"))) {
            RawSocket client = client();
            client.send(request);
            client.expect(ANSWER.substring(0, ANSWER.length() - 2), "Connection: close\r\n\r\n");
            client.expectEnd();
            assertThat(wire.record().status()).isEqualTo(204);
        }
    }

    @Test
    void aRefusedPreflightLeavesItsConnectionUsable() throws Exception {
        RawSocket client = client();
        client.send(preflight("1.1", "Content-Length: 5").replace("shop", "evil"), "GET /", preflight("1.1"));
        RawAnswer answer = client.answer();
        assertThat(answer.reason()).isEqualTo("cors.origin");
        assertThat(answer.field("access-control-allow-origin")).isNull();
        assertThat(wire.record().reason()).isEqualTo(Reason.CORS_ORIGIN);
        expectPreflight(client);
    }
}
