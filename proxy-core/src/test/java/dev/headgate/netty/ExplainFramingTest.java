package dev.headgate.netty;

import static dev.headgate.netty.RawSocket.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An explained answer keeps its bytes and its framing; what cannot be read whole is not begun. */
@EachTransport
class ExplainFramingTest {
    private static final String TOKEN = "guest-token-0123456789";
    private static final String CONTEXT = "0c1d2e3f-0000-4000-8000-00000000000c";
    private static final String ERROR = "{\"code\" : \"not.authorized\",\"contextId\":\"" + CONTEXT + "\"}\n";
    private static final ApiError SAID = new ApiError("not.authorized", CONTEXT);
    private static final String DIAGNOSIS =
            "x-headgate-diagnosis: flow.settings\r\nProxy-Status: headgate; received-status=403; details=\"flow.settings\"";

    private static final String FOREIGN = DIAGNOSIS.replace("flow.settings", "hop.refused");

    @RegisterExtension
    final Wire wire;

    ExplainFramingTest(Transport transport) {
        wire = new Wire(transport);
    }

    /** A client whose token is known; the connection upstream stays for its next request. */
    private RawSocket guest() throws Exception {
        RawSocket client = wire.client();
        String body = "{\"purpose\":\"chat\"}";
        client.send(Ask.identity().replaceAll("\\{.*", body).replaceAll("Length: \\d+", "Length: " + body.length()));
        RawSocket server = wire.upstream().accept();
        server.readHead();
        server.expect(body);
        server.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"guest_token\":\"" + TOKEN + "\"}");
        server.close();
        assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
        client.readUntilLastChunk();
        client.expect("\r\n");
        assertThat(wire.record().tokenCheck()).isEqualTo(TokenCheck.LEARNED);
        return client;
    }

    private static String ask(String method, String version, String id) {
        return head(
                method + " /api/v2/guests/files HTTP/" + version,
                "Host: edge.test",
                "Authorization: Bearer " + TOKEN,
                "x-request-id: " + id);
    }

    private RawSocket asked(RawSocket client, String method, String version, String id) throws Exception {
        client.send(ask(method, version, id));
        RawSocket server = wire.upstream().accept();
        assertThat(server.readHead()).startsWith(method + " /api/v2/guests/files HTTP/1.1\r\n");
        return server;
    }

    private void explained(ApiError said) throws Exception {
        explained(Cause.FLOW_SETTINGS, said);
    }

    private void explained(Cause cause, ApiError said) throws Exception {
        ExchangeRecord record = wire.record();
        assertThat(record.status()).isEqualTo(403);
        assertThat(record.evidence().diagnosis().finding()).isEqualTo(cause);
        assertThat(record.evidence().error()).isEqualTo(said);
    }

    private void stillUsable(RawSocket client, RawSocket server) throws Exception {
        client.send(ask("GET", "1.1", "next"));
        assertThat(server.readHead()).contains("x-request-id: next\r\n");
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 2", "x-request-id: next"), "ok");
        assertThat(wire.record().status()).isEqualTo(200);
    }

    private static String gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aBodyWithItsLength() throws Exception {
        RawSocket client = guest();
        RawSocket server = asked(client, "GET", "1.1", "r1");
        String length = "Content-Length: " + ERROR.length();
        server.send("HTTP/1.1 403 Forbidden\r\nProxy-Status: theirs; error=x\r\n" + length + "\r\n\r\n");
        server.send(ERROR.substring(0, 10));
        server.send(ERROR.substring(10));
        client.expect(
                head("HTTP/1.1 403 Forbidden", "Proxy-Status: theirs; error=x", length, "x-request-id: r1", DIAGNOSIS),
                ERROR);
        explained(SAID);
        stillUsable(client, server);
    }

    @Test
    void aCompressedBody() throws Exception {
        RawSocket client = guest();
        RawSocket server = null;
        for (String body : List.of(gzip(ERROR), "no gzip", gzip(ERROR).substring(0, 20), gzip("x".repeat(300_000)))) {
            String fields = "Content-Encoding: gzip\r\nContent-Length: " + body.length();
            if (server == null) {
                server = asked(client, "GET", "1.1", "r1");
            } else {
                client.send(ask("GET", "1.1", "r1"));
                server.readHead();
            }
            server.send("HTTP/1.1 403 Forbidden\r\n" + fields + "\r\n\r\n" + body);
            client.expect(head("HTTP/1.1 403 Forbidden", fields, "x-request-id: r1", DIAGNOSIS), body);
            explained(body.equals(gzip(ERROR)) ? SAID : ApiError.UNREAD);
        }
        stillUsable(client, server);
    }

    @Test
    void aCompressedBodyOfManyEmptyMembers() throws Exception {
        wire.limits(32 * 1024, 100, 1024 * 1024, 0);
        RawSocket client = guest();
        RawSocket server = asked(client, "GET", "1.1", "r1");
        String body = gzip("").repeat(50_000);
        String fields = "Content-Encoding: gzip\r\nContent-Length: " + body.length();
        server.send("HTTP/1.1 403 Forbidden\r\n" + fields + "\r\n\r\n" + body);
        client.expect(head("HTTP/1.1 403 Forbidden", fields, "x-request-id: r1", DIAGNOSIS), body);
        explained(ApiError.UNREAD);
        stillUsable(client, server);
    }

    @Test
    void aChunkedBody() throws Exception {
        RawSocket client = guest();
        RawSocket server = asked(client, "GET", "1.1", "r1");
        server.send("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (char octet : ERROR.toCharArray()) {
            server.send("1;x=y\r\n" + octet + "\r\n");
        }
        server.send("0\r\nX-Trailer: t\r\n\r\n");
        client.expect(head("HTTP/1.1 403 Forbidden", "Transfer-Encoding: chunked", "x-request-id: r1", DIAGNOSIS));
        String size = Integer.toHexString(ERROR.length()).toUpperCase(Locale.ROOT);
        String framed = client.readUntilLastChunk();
        assertThat(framed.toUpperCase(Locale.ROOT)).startsWith(size + "\r\n");
        assertThat(framed).contains(ERROR);
        client.expect("X-Trailer: t\r\n\r\n");
        explained(SAID);
        stillUsable(client, server);
    }

    @Test
    void noBodyAndHead() throws Exception {
        RawSocket client = guest();
        RawSocket server = asked(client, "HEAD", "1.1", "r1");
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n");
        client.expect(head(
                "HTTP/1.1 403 Forbidden",
                "Content-Encoding: gzip",
                "Content-Length: 99",
                "x-request-id: r1",
                DIAGNOSIS));
        explained(ApiError.UNREAD);
        client.send(ask("GET", "1.1", "r2"));
        server.readHead();
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        client.expect(head("HTTP/1.1 403 Forbidden", "Content-Length: 0", "x-request-id: r2", FOREIGN));
        explained(Cause.HOP_REFUSED, ApiError.NONE);
        stillUsable(client, server);
    }

    @Test
    void moreThanMayBeHeld() throws Exception {
        RawSocket client = guest();
        RawSocket server = asked(client, "GET", "1.1", "r1");
        String body = "{\"code\":\"not.authorized\",\"x\":\"" + "x".repeat(200_000) + "\"}";
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        client.expect(
                head("HTTP/1.1 403 Forbidden", "Content-Length: " + body.length(), "x-request-id: r1", DIAGNOSIS),
                body);
        explained(ApiError.UNREAD);
        stillUsable(client, server);
    }

    @Test
    void justAsMuchAsMayBeHeld() throws Exception {
        RawSocket client = guest();
        RawSocket server = asked(client, "GET", "1.1", "r1");
        String body = ERROR + " ".repeat(64 * 1024 - ERROR.length());
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        client.expect(
                head("HTTP/1.1 403 Forbidden", "Content-Length: " + body.length(), "x-request-id: r1", DIAGNOSIS),
                body);
        explained(SAID);
    }

    @Test
    void aBodyUpToTheClose() throws Exception {
        RawSocket client = guest();
        RawSocket server = asked(client, "GET", "1.1", "r1");
        server.send("HTTP/1.1 403 Forbidden\r\n\r\n" + ERROR);
        server.close();
        client.expect(head("HTTP/1.1 403 Forbidden", "x-request-id: r1", DIAGNOSIS, "Transfer-Encoding: chunked"));
        assertThat(client.readUntilLastChunk()).contains(ERROR);
        client.expect("\r\n");
        explained(SAID);
        RawSocket next = asked(client, "GET", "1.1", "r2");
        next.send("HTTP/1.0 403 Forbidden\r\n\r\n");
        next.close();
        client.expect(
                head("HTTP/1.1 403 Forbidden", "x-request-id: r2", FOREIGN, "Transfer-Encoding: chunked"), "0\r\n\r\n");
        explained(Cause.HOP_REFUSED, ApiError.NONE);
    }

    @Test
    void anHttp10Client() throws Exception {
        guest();
        for (String framing : List.of("Transfer-Encoding: chunked", "Content-Length: " + ERROR.length())) {
            RawSocket client = wire.client();
            RawSocket server = asked(client, "GET", "1.0", "r1");
            boolean chunked = framing.startsWith("T");
            String body = chunked ? Integer.toHexString(ERROR.length()) + "\r\n" + ERROR + "\r\n0\r\n\r\n" : ERROR;
            server.send("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n" + framing + "\r\n\r\n" + body);
            String kept = chunked ? "" : framing + "\r\n";
            assertThat(client.readToEnd())
                    .isEqualTo("HTTP/1.1 403 Forbidden\r\n" + kept + "x-request-id: r1\r\n" + DIAGNOSIS
                            + "\r\nConnection: close\r\n\r\n" + ERROR);
            explained(SAID);
        }
    }

    @Test
    void anInterimAnswerBeforeIt() throws Exception {
        RawSocket client = guest();
        RawSocket server = asked(client, "GET", "1.1", "r1");
        server.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        client.expect(head("HTTP/1.1 103 Early Hints", "Link: </a>", "x-request-id: r1"));
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: " + ERROR.length() + "\r\n\r\n" + ERROR);
        client.expect(
                head("HTTP/1.1 403 Forbidden", "Content-Length: " + ERROR.length(), "x-request-id: r1", DIAGNOSIS),
                ERROR);
        explained(SAID);
        stillUsable(client, server);
    }

    @Test
    void anUpstreamThatDiesInTheBody() throws Exception {
        RawSocket client = guest();
        for (String framing : List.of("Content-Length: 99", "Transfer-Encoding: chunked")) {
            RawSocket server = asked(client, "GET", "1.1", "r1");
            server.send(
                    "HTTP/1.1 403 Forbidden\r\n" + framing + "\r\n\r\n" + (framing.startsWith("T") ? "9\r\n{" : "{"));
            server.close();
            failed(client, Reason.UPSTREAM_INVALID);
        }
        RawSocket server = asked(client, "GET", "1.1", "r1");
        server.send("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n");
        failed(client, Reason.UPSTREAM_INVALID);
        RawSocket next = asked(client, "GET", "1.1", "r2");
        // The interim answer tells that the edge has read what came with it: with io_uring, Netty 4.2 may not see a
        // reset that comes together with data.
        next.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n{");
        client.expect(head("HTTP/1.1 103 Early Hints", "x-request-id: r2"));
        next.reset();
        failed(client, Reason.UPSTREAM_INVALID);
        stillUsable(client, asked200(client));
    }

    /** A request that is answered, to have a connection upstream again. */
    private RawSocket asked200(RawSocket client) throws Exception {
        RawSocket server = asked(client, "GET", "1.1", "again");
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        client.expect(head("HTTP/1.1 200 OK", "Content-Length: 0", "x-request-id: again"));
        assertThat(wire.record().status()).isEqualTo(200);
        return server;
    }

    private void failed(RawSocket client, Reason reason) throws Exception {
        RawAnswer answer = client.answer();
        assertThat(answer.status()).isEqualTo(reason.status());
        assertThat(answer.reason()).isEqualTo(reason.code());
        assertThat(answer.field("x-headgate-diagnosis")).isNull();
        assertThat(answer.field("connection")).isNull();
        ExchangeRecord record = wire.record();
        assertThat(record.reason()).isEqualTo(reason);
        assertThat(record.upstreamStatus()).isEqualTo(403);
        assertThat(record.aborted()).isNull();
    }

    @Test
    void anUpstreamThatStallsInTheBody() throws Exception {
        wire.timeouts(10_000, 200, 2_000, 10_000);
        RawSocket client = guest();
        RawSocket server = asked(client, "GET", "1.1", "r1");
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\n{");
        failed(client, Reason.UPSTREAM_TIMEOUT);
        server.awaitGone();
    }

    @Test
    void aClientThatLeavesMeanwhile() throws Exception {
        RawSocket client = guest();
        RawSocket server = asked(client, "GET", "1.1", "r1");
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\n{");
        client.reset();
        server.awaitGone();
        ExchangeRecord record = wire.record();
        assertThat(record.aborted()).isEqualTo(Side.DOWNSTREAM);
        assertThat(record.status()).isZero();
    }
}
