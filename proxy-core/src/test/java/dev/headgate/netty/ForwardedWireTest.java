package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.NeedsTool;
import dev.headgate.gate.ForwardedSettings.Write;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the upstream is told of where a request comes from, byte for byte, and what the record says. */
@NeedsTool("curl")
class ForwardedWireTest {
    private static final String ANSWER = "HTTP/1.1 204 No Content\r\n\r\n";

    @RegisterExtension
    private final Wire wire = new Wire(TestedTransport.get());

    /** Sends a request with those lines behind its id, and gives those that the upstream gets behind it. */
    private List<String> told(RawSocket client, String... lines) throws IOException {
        List<String> head = new ArrayList<>(List.of("GET /a HTTP/1.1", "Host: edge.test:81", "x-request-id: one"));
        head.addAll(List.of(lines));
        client.send(RawSocket.head(head.toArray(String[]::new)));
        RawSocket upstream = wire.upstream().accept();
        List<String> got = new ArrayList<>(upstream.readHead().strip().lines().toList());
        assertThat(got.subList(0, 3))
                .containsExactly("GET /a HTTP/1.1", "Host: " + wire.upstream().host(), "x-request-id: one");
        assertThat(got.remove(Wire.ORGANIZATION)).isTrue();
        upstream.send(ANSWER);
        upstream.endOutput();
        assertThat(client.readHead()).startsWith("HTTP/1.1 204");
        return got.subList(3, got.size());
    }

    private void expectClient(String client, String peer) throws InterruptedException {
        ExchangeRecord record = wire.record();
        assertThat(record.client()).isEqualTo(client);
        assertThat(record.peer()).isEqualTo(peer);
    }

    @Test
    void aStrangersWordGivesWay() throws Exception {
        wire.forwarded(Write.X_FORWARDED, "10.0.0.0/8");
        assertThat(told(
                        wire.client(),
                        "X-Forwarded-For: 10.0.0.7",
                        "X-Between: kept",
                        "x-forwarded-proto: https",
                        "X-FORWARDED-HOST: evil.test",
                        "X-Forwarded-Port: 443",
                        "Forwarded: for=10.0.0.7",
                        "Forwarded-By: kept"))
                .containsExactly(
                        "X-Between: kept",
                        "Forwarded-By: kept",
                        "X-Forwarded-For: 127.0.0.1",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Host: edge.test:81");
        expectClient("127.0.0.1", null);
    }

    @Test
    void toATrustedPeersWordThisHopIsAdded() throws Exception {
        wire.forwarded(Write.X_FORWARDED, "127.0.0.0/8", "10.0.0.0/8");
        RawSocket client = wire.client();
        assertThat(told(
                        client,
                        "X-Forwarded-For: 203.0.113.9,  192.0.2.1",
                        "X-Forwarded-Proto: https",
                        "X-Forwarded-Host: chat.test",
                        "X-Forwarded-Port: 443",
                        "x-forwarded-for: 10.1.1.1",
                        "Forwarded: for=192.0.2.1"))
                .containsExactly(
                        "X-Forwarded-Proto: https",
                        "X-Forwarded-Host: chat.test",
                        "X-Forwarded-Port: 443",
                        "Forwarded: for=192.0.2.1",
                        "X-Forwarded-For: 203.0.113.9,  192.0.2.1, 10.1.1.1, 127.0.0.1");
        expectClient("192.0.2.1", "127.0.0.1");
        // The next request on the connection may be somebody else's.
        assertThat(told(client, "X-Forwarded-For: 2001:DB8::1"))
                .containsExactly(
                        "X-Forwarded-For: 2001:DB8::1, 127.0.0.1",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Host: edge.test:81");
        expectClient("2001:db8::1", "127.0.0.1");
        assertThat(told(client))
                .containsExactly(
                        "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: edge.test:81");
        expectClient("127.0.0.1", null);
    }

    @Test
    void forwardedIsWrittenAsOfRfc7239() throws Exception {
        wire.forwarded(Write.FORWARDED, "127.0.0.1");
        RawSocket client = wire.client();
        assertThat(told(client, "Forwarded: for=\"[2001:db8::1]:4711\";proto=https", "X-Forwarded-Proto: https"))
                .containsExactly(
                        "X-Forwarded-Proto: https",
                        "Forwarded: for=\"[2001:db8::1]:4711\";proto=https, "
                                + "for=127.0.0.1;proto=http;host=\"edge.test:81\"");
        expectClient("2001:db8::1", "127.0.0.1");
    }

    @Test
    void bothAreWritten() throws Exception {
        wire.forwarded(Write.BOTH);
        assertThat(told(wire.client(), "Forwarded: for=10.0.0.7"))
                .containsExactly(
                        "X-Forwarded-For: 127.0.0.1",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Host: edge.test:81",
                        "Forwarded: for=127.0.0.1;proto=http;host=\"edge.test:81\"");
        expectClient("127.0.0.1", null);
    }

    /** Also then a trusted peer is believed. */
    @Test
    void noneLeavesWhatCame() throws Exception {
        wire.forwarded(Write.NONE, "127.0.0.1");
        String[] lines = {"X-Forwarded-For:  192.0.2.1 , 127.0.0.1", "Forwarded: x", "X-Forwarded-Proto: https"};
        assertThat(told(wire.client(), lines)).containsExactly(lines);
        expectClient("192.0.2.1", "127.0.0.1");
    }

    @Test
    void http2TellsTheSame() throws Exception {
        wire.http2().forwarded(Write.X_FORWARDED, "127.0.0.1");
        Process curl = new ProcessBuilder(
                        "curl",
                        "-sS",
                        "--http2-prior-knowledge",
                        "-H",
                        "x-forwarded-for: 192.0.2.1",
                        "http://127.0.0.1:" + wire.edge().port() + "/a")
                .redirectErrorStream(true)
                .start();
        RawSocket upstream = wire.upstream().accept();
        assertThat(upstream.readHead())
                .contains("\r\nX-Forwarded-For: 192.0.2.1, 127.0.0.1\r\n")
                .contains("\r\nX-Forwarded-Host: 127.0.0.1:" + wire.edge().port() + "\r\n")
                .doesNotContain("x-forwarded-for");
        upstream.send(ANSWER);
        String out = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(out).isEmpty();
        expectClient("192.0.2.1", "127.0.0.1");
    }
}
