package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.IdSource;
import dev.headgate.netty.ExchangeRecord.OrganizationFate;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes out is what came in, but for the few lines that a proxy must change. */
@EachTransport
class VerbatimTest {
    @RegisterExtension
    final Wire wire;

    VerbatimTest(Transport transport) {
        wire = new Wire(transport);
    }

    @Test
    void anOddHeadKeepsEveryByte() throws Exception {
        RawSocket client = wire.client();
        client.send(head(
                "GET /a%20b//c;p=1?q=|{}^\"&r HTTP/1.1",
                "ACCEPT:*/*",
                "hOsT:   edge.test:81\t ",
                "X-Odd:\t two  spaces, \"quoted; \"  ",
                "x-empty:",
                "aUTHORIZATION:  Bearer  \tabc\u00e9==\t",
                "Cookie: a=1",
                "X-Request-ID:  given-1 ",
                "cookie: b=2",
                "X-Odd: again"));
        RawSocket server = wire.upstream().accept();
        server.expect(head(
                "GET /a%20b//c;p=1?q=|{}^\"&r HTTP/1.1",
                "ACCEPT:*/*",
                "hOsT: " + wire.upstream().host(),
                "X-Odd:\t two  spaces, \"quoted; \"  ",
                "x-empty:",
                "aUTHORIZATION:  Bearer  \tabc\u00e9==\t",
                "Cookie: a=1",
                "X-Request-ID:  given-1 ",
                "cookie: b=2",
                "X-Odd: again",
                Wire.ORGANIZATION));
        server.send("HTTP/1.1 204 No Content\r\n\r\n");
        client.expect(head("HTTP/1.1 204 No Content", "x-request-id: given-1"));
        ExchangeRecord record = wire.record();
        assertThat(record.authorization()).isEqualTo(AuthorizationFate.INTACT);
        assertThat(record.organization()).isEqualTo(OrganizationFate.ADDED);
        assertThat(record.idSource()).isEqualTo(IdSource.CLIENT);
    }

    @Test
    void theOrganisationIsReplacedAndHopByHopFieldsStay() throws Exception {
        RawSocket client = wire.client();
        client.send(head(
                "GET / HTTP/1.1",
                "Connection: X-Hop, keep-alive",
                "x-genesys-cloud-id: somebody-else",
                "Keep-Alive: timeout=5",
                "A: 1",
                "TE: trailers",
                "X-Hop: gone",
                "Upgrade: h2c",
                "Proxy-Connection: keep-alive",
                "Proxy-Authorization: Basic eDp5",
                "B: 2",
                "Host: edge.test",
                "x-request-id: r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(head(
                "GET / HTTP/1.1",
                "A: 1",
                "B: 2",
                "Host: " + wire.upstream().host(),
                "x-request-id: r1",
                Wire.ORGANIZATION));
        server.send("HTTP/1.1 204 No Content\r\n\r\n");
        client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r1"));
        assertThat(wire.record().organization()).isEqualTo(OrganizationFate.REPLACED);
    }

    @Test
    void theRightOrganisationStaysWhereItIs() throws Exception {
        RawSocket client = wire.client();
        String line = "X-GENESYS-cloud-id:" + RunningEdge.ORGANIZATION;
        client.send(head("GET / HTTP/1.1", line, "Host: edge.test", "x-request-id: r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(head("GET / HTTP/1.1", line, "Host: " + wire.upstream().host(), "x-request-id: r1"));
        server.send("HTTP/1.1 204 No Content\r\n\r\n");
        client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r1"));
        assertThat(wire.record().organization()).isEqualTo(OrganizationFate.KEPT);
    }

    @Test
    void anyLegalAuthorizationArrivesAsItWasSent() throws Exception {
        Random random = new Random(20261101);
        RawSocket client = wire.client();
        RawSocket server = null;
        for (int i = 0; i < 60; i++) {
            String value = authorization(random, i < 30 ? 1 + random.nextInt(64) : 1 + random.nextInt(16 * 1024));
            client.send(head("GET / HTTP/1.1", "Host: edge.test", "Authorization:" + value, "x-request-id: r1"));
            server = server == null ? wire.upstream().accept() : server;
            server.expect(head(
                    "GET / HTTP/1.1",
                    "Host: " + wire.upstream().host(),
                    "Authorization:" + value,
                    "x-request-id: r1",
                    Wire.ORGANIZATION));
            server.send("HTTP/1.1 204 No Content\r\n\r\n");
            client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r1"));
            assertThat(wire.record().authorization()).isEqualTo(AuthorizationFate.INTACT);
        }
    }

    /** Field content (RFC 9110 section 5.5) with blanks anywhere, weighted towards what parsers trip over. */
    private static String authorization(Random random, int length) {
        byte[] value = new byte[length];
        String tricky = " \t\",;:=\\()<>[]{}%/+-._~@?!'`|";
        for (int i = 0; i < length; i++) {
            int kind = random.nextInt(4);
            value[i] = (byte)
                    (kind == 0
                            ? tricky.charAt(random.nextInt(tricky.length()))
                            : kind == 1 ? 0x80 + random.nextInt(0x80) : 0x21 + random.nextInt(0x5e));
        }
        return new String(value, StandardCharsets.ISO_8859_1);
    }

    @Test
    void absoluteFormBecomesOriginForm() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = null;
        String[][] forms = {
            {"GET http://edge.test/a?b HTTP/1.1", "GET /a?b HTTP/1.1"},
            {"GET HTTP://edge.test HTTP/1.1", "GET / HTTP/1.1"},
            {"GET http://edge.test?b=/c HTTP/1.1", "GET /?b=/c HTTP/1.1"},
            {"OPTIONS http://edge.test HTTP/1.1", "OPTIONS * HTTP/1.1"},
            {"OPTIONS * HTTP/1.1", "OPTIONS * HTTP/1.1"},
        };
        for (String[] form : forms) {
            client.send(head(form[0], "Host: edge.test", "x-request-id: r1"));
            server = server == null ? wire.upstream().accept() : server;
            server.expect(head(form[1], "Host: " + wire.upstream().host(), "x-request-id: r1", Wire.ORGANIZATION));
            server.send("HTTP/1.1 204 No Content\r\n\r\n");
            client.expect(head("HTTP/1.1 204 No Content", "x-request-id: r1"));
            assertThat(wire.record().status()).isEqualTo(204);
        }
    }

    @Test
    void http10GoesUpstreamAsHttp11() throws Exception {
        RawSocket client = wire.client();
        client.send(head("GET /old HTTP/1.0", "x-request-id: r1", "Connection: keep-alive"));
        RawSocket server = wire.upstream().accept();
        server.expect(head(
                "GET /old HTTP/1.1",
                "x-request-id: r1",
                "Host: " + wire.upstream().host(),
                Wire.ORGANIZATION));
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 1", "x-request-id: r1", "Connection: keep-alive"), "a");
        client.send(head("GET /old HTTP/1.0", "Host: edge.test", "x-request-id: r2"));
        server.expect(wire.gotten("/old", "r2"));
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb");
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 1", "x-request-id: r2", "Connection: close"), "b");
        client.expectEnd();
        assertThat(wire.record().protocol()).isEqualTo("HTTP/1.0");
        assertThat(wire.record().protocol()).isEqualTo("HTTP/1.0");
    }

    @Test
    void anUnusableRequestIdIsReplaced() throws Exception {
        String[][] unusable = {
            {"x-request-id: has blank"},
            {"x-request-id:"},
            {"x-request-id: " + "a".repeat(129)},
            {"x-request-id: caf\u00e9"},
            {"x-request-id: one", "X-Request-Id: two"},
            {"x-request-id: same", "x-request-id: same"},
        };
        RawSocket client = wire.client();
        RawSocket server = null;
        for (String[] lines : unusable) {
            client.send(head("GET / HTTP/1.1", "Host: edge.test", String.join("\r\n", lines)));
            server = server == null ? wire.upstream().accept() : server;
            String seen = server.readHead();
            String id = RawAnswer.field(seen, "x-request-id");
            assertThat(id).matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
            assertThat(seen)
                    .isEqualTo(head(
                            "GET / HTTP/1.1",
                            "Host: " + wire.upstream().host(),
                            "x-request-id: " + id,
                            Wire.ORGANIZATION));
            server.send("HTTP/1.1 204 No Content\r\n\r\n");
            client.expect(head("HTTP/1.1 204 No Content", "x-request-id: " + id));
            ExchangeRecord record = wire.record();
            assertThat(record.requestId()).isEqualTo(id);
            assertThat(record.idSource()).as(Arrays.toString(lines)).isEqualTo(IdSource.REPLACED);
            assertThat(record.clientRequestId()).hasSizeLessThanOrEqualTo(128);
        }
    }

    @Test
    void eachValidRequestIdIsKept() throws Exception {
        RawSocket client = wire.client();
        RawSocket server = null;
        for (String id : new String[] {"a", "AZaz09._~+/=:@-", "x".repeat(128)}) {
            client.send(Wire.get("/", id));
            server = server == null ? wire.upstream().accept() : server;
            server.expect(wire.gotten("/", id));
            server.send("HTTP/1.1 204 No Content\r\n\r\n");
            client.expect(head("HTTP/1.1 204 No Content", "x-request-id: " + id));
            assertThat(wire.record().requestId()).isEqualTo(id);
        }
    }

    @Test
    void aResponseKeepsEveryByteButHopByHopFieldsAndTheRequestId() throws Exception {
        RawSocket client = wire.client();
        client.send(Wire.get("/", "r1"));
        RawSocket server = wire.upstream().accept();
        server.expect(wire.gotten("/", "r1"));
        server.send(
                head(
                        "HTTP/1.1 299 Strange \t reas\u00f6n",
                        "dATE:x",
                        "Connection: X-Hop",
                        "Set-Cookie: a=1",
                        "Keep-Alive: timeout=5",
                        "X-Request-Id: theirs",
                        "set-cookie:\tb=2 ",
                        "x-request-id: theirs-too",
                        "X-Hop: gone",
                        "Upgrade: h2c",
                        "Proxy-Connection: close",
                        "ININ-Correlation-Id: corr-1",
                        "content-LENGTH:  3 ",
                        "X-Last:"),
                "abc");
        client.expect(
                head(
                        "HTTP/1.1 299 Strange \t reas\u00f6n",
                        "dATE:x",
                        "Set-Cookie: a=1",
                        "set-cookie:\tb=2 ",
                        "ININ-Correlation-Id: corr-1",
                        "content-LENGTH:  3 ",
                        "X-Last:",
                        "x-request-id: r1"),
                "abc");
        ExchangeRecord record = wire.record();
        assertThat(record.upstreamRequestId()).isEqualTo("theirs");
        assertThat(record.upstreamCorrelationId()).isEqualTo("corr-1");
        assertThat(record.status()).isEqualTo(299);
    }
}
