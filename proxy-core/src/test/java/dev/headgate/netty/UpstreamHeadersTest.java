package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.UpstreamOptions.Authority;
import dev.headgate.netty.UpstreamOptions.Health;
import dev.headgate.netty.UpstreamOptions.ProxyHeader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an upstream is told of the client: its Host, and its address by the PROXY protocol. */
@EachTransport
class UpstreamHeadersTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

    @RegisterExtension
    final Wire wire;

    UpstreamHeadersTest(Transport transport) {
        wire = new Wire(transport);
    }

    private Upstream before(boolean preserveHost, ProxyHeader header, @Nullable Health health) {
        UpstreamOptions d = UpstreamOptions.DEFAULT;
        UpstreamOptions options = new UpstreamOptions(
                List.of(new Authority("127.0.0.1", wire.upstream().port())),
                preserveHost,
                header,
                d.connections(),
                d.waiting(),
                d.ejection(),
                health,
                d.nameServers());
        Upstream upstream = new Upstream("genesys", "api.example", 80, null, options);
        wire.before(upstream);
        return upstream;
    }

    private void answer(RawSocket client, RawSocket server) throws Exception {
        server.send(OK);
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(wire.record().status()).isEqualTo(200);
    }

    private static String got(String host) {
        return head("GET / HTTP/1.1", "Host: " + host, "x-request-id: r", Wire.ORGANIZATION);
    }

    @Test
    void theHostIsTheUpstreams() throws Exception {
        before(false, ProxyHeader.NONE, null);
        RawSocket client = wire.client().send(Wire.get("/", "r"));
        RawSocket server = wire.upstream().accept();
        server.expect(got("api.example"));
        answer(client, server);
    }

    @Test
    void theHostIsTheClients() throws Exception {
        before(true, ProxyHeader.NONE, null);
        RawSocket client = wire.client().send(head("GET / HTTP/1.1", "hOST:  edge.test:80 ", "x-request-id: r"));
        RawSocket server = wire.upstream().accept();
        server.expect(head("GET / HTTP/1.1", "hOST:  edge.test:80 ", "x-request-id: r", Wire.ORGANIZATION));
        answer(client, server);
        client.send(head("GET / HTTP/1.0", "x-request-id: r"));
        server.expect(head("GET / HTTP/1.1", "x-request-id: r", "Host: api.example", Wire.ORGANIZATION));
        answer(client, server);
    }

    @Test
    void aConnectionOfVersion1IsOfOneClient() throws Exception {
        before(false, ProxyHeader.V1, null);
        RawSocket first = wire.client().send(Wire.get("/", "r"));
        RawSocket server = wire.upstream().accept();
        server.expect(
                "PROXY TCP4 127.0.0.1 127.0.0.1 " + first.socket.getLocalPort() + " "
                        + wire.edge().port() + "\r\n",
                got("api.example"));
        answer(first, server);
        first.send(Wire.get("/", "r"));
        server.expect(got("api.example"));
        answer(first, server);
        RawSocket second = wire.client().send(Wire.get("/", "r"));
        RawSocket other = wire.upstream().accept();
        other.expect(
                "PROXY TCP4 127.0.0.1 127.0.0.1 " + second.socket.getLocalPort() + " "
                        + wire.edge().port() + "\r\n",
                got("api.example"));
        answer(second, other);
    }

    @Test
    void version2() throws Exception {
        before(false, ProxyHeader.V2, null);
        RawSocket client = wire.client().send(Wire.get("/", "r"));
        RawSocket server = wire.upstream().accept();
        byte[] header = {
            0x21,
            0x11,
            0,
            12,
            127,
            0,
            0,
            1,
            127,
            0,
            0,
            1,
            (byte) (client.socket.getLocalPort() >> 8),
            (byte) client.socket.getLocalPort(),
            (byte) (wire.edge().port() >> 8),
            (byte) wire.edge().port()
        };
        server.expect(SIGNATURE, new String(header, StandardCharsets.ISO_8859_1), got("api.example"));
        answer(client, server);
    }

    @Test
    void aHealthCheckIsTheEdgesOwn() throws Exception {
        Health health = new Health("/health", Duration.ofHours(1), Duration.ofSeconds(5), 1, 1);
        Upstream upstream = before(false, ProxyHeader.V2, health);
        upstream.watch(wire.edge().loop(), wire.edge().transport, wire.edge().ledger);
        RawSocket server = wire.upstream().accept();
        server.expect(SIGNATURE, "\u0020\0\0\0", "GET /health HTTP/1.1\r\n");
        upstream.retire();
        Upstream other = new Upstream(
                "genesys",
                "api.example",
                80,
                null,
                new UpstreamOptions(
                        List.of(new Authority("127.0.0.1", wire.upstream().port())),
                        false,
                        ProxyHeader.V1,
                        1,
                        1,
                        UpstreamOptions.DEFAULT.ejection(),
                        health,
                        UpstreamOptions.DEFAULT.nameServers()));
        other.watch(wire.edge().loop(), wire.edge().transport, wire.edge().ledger);
        RawSocket second = wire.upstream().accept();
        second.expect("PROXY UNKNOWN\r\n", "GET /health HTTP/1.1\r\n");
        other.retire();
    }
}
