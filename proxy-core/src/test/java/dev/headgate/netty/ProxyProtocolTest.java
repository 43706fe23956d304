package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.NeedsTool;
import dev.headgate.gate.ForwardedSettings.Write;
import dev.headgate.netty.ConnectionListener.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that begin with a header of the PROXY protocol, or should. */
@EachTransport
@NeedsTool("curl")
class ProxyProtocolTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @RegisterExtension
    private final Wire wire;

    ProxyProtocolTest(Transport transport) {
        this.wire = new Wire(transport).proxyProtocol();
    }

    @BeforeEach
    void tellTheClient() {
        wire.forwarded(Write.X_FORWARDED, "192.0.2.0/24");
    }

    private void expectForwarded(RawSocket client, String address) throws Exception {
        RawSocket upstream = wire.upstream().accept();
        assertThat(upstream.readHead()).contains("\r\nX-Forwarded-For: " + address + "\r\n");
        upstream.send(ANSWER);
        assertThat(client.answer().body()).isEqualTo("ok");
        assertThat(wire.record().client()).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 203.0.113.9 192.0.2.1 56324 443, 203.0.113.9",
        "PROXY TCP6 2001:db8:0::9 2001:db8::1 56324 443, 2001:db8::9",
        "PROXY UNKNOWN, 127.0.0.1",
    })
    void version1TellsTheClient(String header, String address) throws Exception {
        RawSocket client = wire.client();
        client.send(header + "\r\n" + Wire.get("/a", "one"));
        expectForwarded(client, address);
    }

    /** TCP over IPv4 and IPv6 with a TLV, LOCAL, and a UNIX socket. */
    @ParameterizedTest
    @CsvSource({
        "2111000c cb007109 c0000201 dc0401bb, 203.0.113.9",
        "21210028 20010db8000000000000000000000009 20010db8000000000000000000000001 dc0401bb 04000100, 2001:db8::9",
        "2000 0000, 127.0.0.1",
        "2011000c cb007109 c0000201 dc0401bb, 127.0.0.1",
    })
    void version2TellsTheClient(String header, String address) throws Exception {
        RawSocket client = wire.client();
        client.send(bytes(SIGNATURE + header.replace(" ", ""), Wire.get("/a", "one")));
        expectForwarded(client, address);
    }

    private static byte[] bytes(String hex, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(HexFormat.of().parseHex(hex));
        bytes.write(text.getBytes(StandardCharsets.ISO_8859_1));
        return bytes.toByteArray();
    }

    @Test
    void octetByOctet() throws Exception {
        RawSocket client = wire.client();
        for (byte b : ("PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n" + Wire.get("/a", "one"))
                .getBytes(StandardCharsets.ISO_8859_1)) {
            client.send(new byte[] {b});
        }
        expectForwarded(client, "203.0.113.9");
    }

    /** The header tells who the peer is; whether that one is believed is another question. */
    @Test
    void theSourceIsThePeerThatMayBeTrusted() throws Exception {
        RawSocket client = wire.client();
        client.send("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n")
                .send(RawSocket.head("GET /a HTTP/1.1", "Host: a", "X-Forwarded-For: 203.0.113.9"));
        RawSocket upstream = wire.upstream().accept();
        assertThat(upstream.readHead()).contains("\r\nX-Forwarded-For: 203.0.113.9, 192.0.2.7\r\n");
        upstream.send(ANSWER);
        assertThat(client.answer().body()).isEqualTo("ok");
        ExchangeRecord record = wire.record();
        assertThat(record.client()).isEqualTo("203.0.113.9");
        assertThat(record.peer()).isEqualTo("192.0.2.7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "PROXY TCP4 203.0.113.9 192.0.2.1 56324\r\n",
                "PROXY TCP4 203.0.113.999 192.0.2.1 56324 443\r\n",
                "PROXY TCP4 localhost 192.0.2.1 56324 443\r\n",
                "PROXY TCP6 203.0.113.9 192.0.2.1 56324 443\r\n",
                "PROXY HTTP 203.0.113.9 192.0.2.1 56324 443\r\n",
                "PROXY TCP4 203.0.113.9 192.0.2.1 56324 443                                                              "
                        + "                    \r\n",
            })
    void anythingElseIsClosedAndCounted(String bytes) throws Exception {
        RawSocket client = wire.client();
        client.send(bytes);
        client.awaitGone();
        assertThat(wire.edge().ledger.refused.poll(10, TimeUnit.SECONDS)).isEqualTo(Refused.PROXY_PROTOCOL);
        assertThat(wire.edge().ledger.refused).isEmpty();
    }

    @Test
    void aHeaderMustComeInTime() throws Exception {
        wire.timeouts(100, 75_000, 2_000, 30_000);
        RawSocket client = wire.client();
        client.send("PROXY TCP4 203");
        client.awaitGone();
        assertThat(wire.edge().ledger.refused.poll(10, TimeUnit.SECONDS)).isEqualTo(Refused.PROXY_PROTOCOL);
    }

    @Test
    void curlSendsOne() throws Exception {
        Process curl = new ProcessBuilder(
                        "curl",
                        "-sS",
                        "--haproxy-protocol",
                        "http://127.0.0.1:" + wire.edge().port() + "/a")
                .redirectErrorStream(true)
                .start();
        RawSocket upstream = wire.upstream().accept();
        assertThat(upstream.readHead()).contains("\r\nX-Forwarded-For: 127.0.0.1\r\n");
        upstream.send(ANSWER);
        String out = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(out).isEqualTo("ok");
        assertThat(wire.record().status()).isEqualTo(200);
    }
}
