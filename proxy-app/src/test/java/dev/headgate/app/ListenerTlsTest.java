package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.NeedsTool;
import dev.headgate.admin.ReloadOutcome;
import dev.headgate.config.Certificates;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.observe.LoggedLines;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS towards clients, by clients that are not ours: openssl and curl. */
@NeedsTool({"openssl", "curl"})
class ListenerTlsTest {
    private static final String NOWHERE = "http://127.0.0.1:1";
    private static final String REQUEST =
            "GET /api/v2/guests/messages HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
    private static final String ANSWERED = "HTTP/1.1 401 Unauthorized";
    private static final String WILD = "certificates: [{certificate: wild.crt, key: wild.key}]";

    @TempDir
    static Path shared;

    @TempDir
    Path directory;

    private Certificates certificates;

    @BeforeAll
    static void make() throws Exception {
        Certificates.in(shared)
                .selfSigned("a", "DNS:a.example,IP:127.0.0.1")
                .selfSigned("wild", "DNS:b.example,DNS:*.wild.example")
                .selfSigned("ca", "DNS:ca")
                .selfSigned("stranger", "DNS:stranger")
                .signed("client", "ca")
                .signed("fake", "stranger");
    }

    @BeforeEach
    void copy() throws Exception {
        try (var files = Files.list(shared)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        certificates = Certificates.in(directory);
    }

    private static String listener(String settings) {
        return "  - address: 127.0.0.1:0\n    tls: {certificate: a.crt, key: a.key"
                + (settings.isEmpty() ? "" : ", " + settings) + "}\n";
    }

    private static String config(String settings) {
        return RunningProxy.config(listener(settings), NOWHERE);
    }

    private RunningProxy start(String config, SslProvider provider) throws Exception {
        return RunningProxy.of(config, directory, provider);
    }

    /** What s_client prints while it sends a request and reads until the end. */
    private String client(int port, String options) throws Exception {
        return certificates.run(
                "openssl s_client -ign_eof -connect 127.0.0.1:" + port + (options.isEmpty() ? "" : " " + options),
                REQUEST);
    }

    @Test
    void boringSslLoadsHere() {
        assertThat(OpenSsl.isAvailable()).isTrue();
        assertThat(ServerTls.provider()).isEqualTo(SslProvider.OPENSSL);
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENSSL", "JDK"})
    void versions(SslProvider provider) throws Exception {
        try (RunningProxy proxy = start(config(""), provider)) {
            assertThat(client(proxy.port(), "-tls1_3")).contains("New, TLSv1.3, Cipher is TLS_AES_", ANSWERED);
            assertThat(client(proxy.port(), "-tls1_2"))
                    .contains("New, TLSv1.2, Cipher is ECDHE-ECDSA-AES128-GCM-SHA256", ANSWERED);
            assertThat(client(proxy.port(), "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"))
                    .contains("Cipher is (NONE)")
                    .doesNotContain(ANSWERED);
            assertThat(client(proxy.port(), "-tls1_1 -cipher DEFAULT@SECLEVEL=0"))
                    .contains("alert protocol version")
                    .doesNotContain(ANSWERED);
            assertThat(proxy.metrics())
                    .contains("headgate_tls_handshakes_total{outcome=\"ok\"} 2.0")
                    .contains("headgate_tls_handshakes_total{outcome=\"failed\"} 2.0")
                    .contains("headgate_tls_handshakes_total{outcome=\"timeout\"} 0.0");

            proxy.write(config("minimumVersion: TLSv1.3"));
            assertThat(proxy.reload().errors()).isEmpty();
            assertThat(client(proxy.port(), "-tls1_3")).contains(ANSWERED);
            assertThat(client(proxy.port(), "-tls1_2"))
                    .contains("alert protocol version")
                    .doesNotContain(ANSWERED);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENSSL", "JDK"})
    void theNameChoosesTheCertificate(SslProvider provider) throws Exception {
        try (RunningProxy proxy = start(config(WILD), provider)) {
            assertThat(client(proxy.port(), "-servername b.example")).contains("subject=CN = wild", ANSWERED);
            assertThat(client(proxy.port(), "-servername X.wild.EXAMPLE")).contains("subject=CN = wild");
            for (String other : List.of(
                    "-servername a.example",
                    "-servername x.y.wild.example",
                    "-servername wild.example",
                    "-noservername")) {
                assertThat(client(proxy.port(), other)).as(other).contains("subject=CN = a\n", ANSWERED);
            }

            proxy.write(config(WILD + ", unknownServerName: refuse"));
            assertThat(proxy.reload().errors()).isEmpty();
            assertThat(client(proxy.port(), "-servername a.example")).contains("subject=CN = a\n", ANSWERED);
            assertThat(client(proxy.port(), "-servername x.wild.example")).contains("subject=CN = wild");
            for (String refused :
                    List.of("-servername wild.example", "-noservername", "-tls1_2 -servername c.example")) {
                assertThat(client(proxy.port(), refused))
                        .as(refused)
                        .contains("unrecognized name", "no peer certificate available");
            }
            assertThat(proxy.metrics()).contains("headgate_tls_handshakes_total{outcome=\"unknown_name\"} 3.0");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENSSL", "JDK"})
    void saysWhyAHandshakeFailed(SslProvider provider) throws Exception {
        String distrust = "-verify_return_error -CAfile " + certificates.certificate("stranger");
        String fake = "-tls1_2 -cert " + certificates.certificate("fake") + " -key " + certificates.key("fake");
        String demands = "clientCertificates: {ca: ca.crt}";
        assertThat(warning(provider, "", "-tls1_1 -cipher DEFAULT@SECLEVEL=0"))
                .isEqualTo("the client offers no version of TLS that is used here; see minimumVersion");
        assertThat(warning(provider, "", "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"))
                .isEqualTo("the client offers no cipher suite that is used here");
        String alert =
                "the client broke it off with the alert unknown_ca: it does not trust the certificate it was shown";
        assertThat(warning(provider, "", "-tls1_2 " + distrust)).isEqualTo(alert);
        // The alert comes without encryption; only the JDK's TLS, and only from 25 on, reads it all the same.
        boolean reads = provider == SslProvider.JDK && Runtime.version().feature() >= 25;
        assertThat(warning(provider, "", "-tls1_3 " + distrust))
                .isEqualTo(
                        reads
                                ? alert
                                : "the client sent what is not encrypted: most likely an alert, because it does not trust the"
                                        + " certificate it was shown");
        assertThat(warning(provider, "", "-alpn h9"))
                .isEqualTo("the client offers no protocol (ALPN) that is spoken here");
        assertThat(warning(provider, demands, "-tls1_3"))
                .isEqualTo("the client showed no certificate, and clientCertificates demands one");
        assertThat(warning(provider, demands, fake))
                .isEqualTo("the client's certificate is of an authority that clientCertificates.ca does not hold");
        assertThat(warning(provider, "unknownServerName: refuse", "-servername x\u001b[31m.example"))
                .isEqualTo("no certificate is for the name that the client asks for, x\\x1b[31m.example");
    }

    /** What is said of the one handshake that such a client attempts. */
    private String warning(SslProvider provider, String settings, String options) throws Exception {
        String beginning = "WARN TLS handshake with 127.0.0.1 failed: ";
        try (LoggedLines lines = new LoggedLines();
                RunningProxy proxy = start(config(settings), provider)) {
            assertThat(client(proxy.port(), options)).doesNotContain(ANSWERED);
            return lines.next(beginning).substring(beginning.length());
        }
    }

    @Test
    void saysThatAClientCameWithoutTls() throws Exception {
        String beginning = "WARN TLS handshake with 127.0.0.1 failed: ";
        try (LoggedLines lines = new LoggedLines();
                RunningProxy proxy = start(config(""), ServerTls.provider());
                RawClient plain = new RawClient(proxy.port())) {
            plain.send(REQUEST);
            assertThat(lines.next(beginning)).isEqualTo(beginning + "the client began without TLS");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENSSL", "JDK"})
    void theProtocolInside(SslProvider provider) throws Exception {
        try (RunningProxy proxy = start(config(""), provider)) {
            assertThat(client(proxy.port(), "-alpn h9,http/1.1")).contains("ALPN protocol: http/1.1", ANSWERED);
            assertThat(client(proxy.port(), "")).contains("No ALPN negotiated", ANSWERED);
            for (String version : List.of("-tls1_2", "-tls1_3")) {
                assertThat(client(proxy.port(), version + " -alpn h9,spdy/3"))
                        .contains("alert no application protocol")
                        .doesNotContain(ANSWERED);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"OPENSSL, -tls1_2", "OPENSSL, -tls1_3", "JDK, -tls1_2", "JDK, -tls1_3"})
    void certificatesOfClients(SslProvider provider, String version) throws Exception {
        try (RunningProxy proxy = start(config("clientCertificates: {ca: ca.crt}"), provider)) {
            String good =
                    version + " -cert " + certificates.certificate("client") + " -key " + certificates.key("client");
            String fake = version + " -cert " + certificates.certificate("fake") + " -key " + certificates.key("fake");
            assertThat(client(proxy.port(), good)).contains(ANSWERED);
            assertThat(client(proxy.port(), version))
                    .contains("SSL alert number")
                    .doesNotContain(ANSWERED);
            String refused = client(proxy.port(), fake);
            assertThat(refused).contains("SSL alert number").doesNotContain(ANSWERED);
            if (provider == SslProvider.OPENSSL) {
                // unknown_ca (RFC 8446 section 6.2)
                assertThat(refused).contains("SSL alert number 48");
            }

            proxy.write(config("clientCertificates: {ca: ca.crt, require: false}"));
            assertThat(proxy.reload().errors()).isEmpty();
            assertThat(client(proxy.port(), good)).contains(ANSWERED);
            assertThat(client(proxy.port(), version)).contains(ANSWERED);
            assertThat(client(proxy.port(), fake)).contains("SSL alert number").doesNotContain(ANSWERED);
        }
    }

    @ParameterizedTest
    @CsvSource({"OPENSSL, -tls1_2", "OPENSSL, -tls1_3", "JDK, -tls1_2", "JDK, -tls1_3"})
    void aTicketResumesASession(SslProvider provider, String version) throws Exception {
        try (RunningProxy proxy = start(config(""), provider)) {
            String session = directory.resolve("session").toString();
            assertThat(client(proxy.port(), version + " -sess_out " + session)).contains("New, TLSv1.", ANSWERED);
            assertThat(client(proxy.port(), version + " -sess_in " + session)).contains("Reused, TLSv1.", ANSWERED);
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2", "-tls1_3"})
    void ticketsOutliveReloadsAndOneRotation(String version) throws Exception {
        try (RunningProxy proxy = start(config(WILD), SslProvider.OPENSSL)) {
            String session = directory.resolve("session").toString();
            String resume = version + " -sess_in " + session;
            assertThat(client(proxy.port(), version + " -sess_out " + session)).contains("New, TLSv1.");

            certificates.selfSigned("a", "DNS:a.example,DNS:renewed.example");
            proxy.write(config(""));
            assertThat(proxy.reload().errors()).isEmpty();
            assertThat(client(proxy.port(), resume)).contains("Reused, TLSv1.", ANSWERED);
            proxy.ticketKeys().rotate();
            assertThat(client(proxy.port(), resume)).contains("Reused, TLSv1.", ANSWERED);
            proxy.ticketKeys().rotate();
            assertThat(client(proxy.port(), resume)).contains("New, TLSv1.", ANSWERED);
        }
    }

    @Test
    void ticketsAreRotatedInTime() throws Exception {
        try (RunningProxy proxy = start(config("tickets: 200ms"), SslProvider.OPENSSL)) {
            String session = directory.resolve("session").toString();
            client(proxy.port(), "-sess_out " + session);
            // Each attempt takes time, so two intervals pass soon.
            for (int i = 0; !client(proxy.port(), "-sess_in " + session).contains("New, TLSv1."); i++) {
                assertThat(i).isLessThan(100);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2", "-tls1_3"})
    void noTickets(String version) throws Exception {
        try (RunningProxy proxy = start(config("tickets: 0s"), SslProvider.OPENSSL)) {
            String session = directory.resolve("session").toString();
            assertThat(client(proxy.port(), version + " -sess_out " + session))
                    .contains(ANSWERED)
                    .doesNotContain("TLS session ticket:");
            assertThat(Path.of(session)).doesNotExist();
        }
    }

    /** A ticket of a listener that does not ask for certificates must not stand in for one. */
    @ParameterizedTest
    @CsvSource({"-tls1_2", "-tls1_3"})
    void aTicketIsNoClientCertificate(String version) throws Exception {
        String both = listener("") + listener("clientCertificates: {ca: ca.crt}");
        try (RunningProxy proxy = start(RunningProxy.config(both, NOWHERE), SslProvider.OPENSSL)) {
            String session = directory.resolve("session").toString();
            int open = URI.create(proxy.urls().get(0)).getPort();
            int closed = URI.create(proxy.urls().get(1)).getPort();
            assertThat(client(open, version + " -sess_out " + session)).contains(ANSWERED);
            assertThat(client(open, version + " -sess_in " + session)).contains("Reused, TLSv1.", ANSWERED);
            assertThat(client(closed, version + " -sess_in " + session))
                    .contains("SSL alert number")
                    .doesNotContain("Reused", ANSWERED);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENSSL", "JDK"})
    void curl(SslProvider provider) throws Exception {
        try (RunningProxy proxy = start(config(""), provider)) {
            String curl = "curl -s -S -i --http1.1 --cacert " + certificates.certificate("a") + " --resolve a.example:"
                    + proxy.port() + ":127.0.0.1 https://";
            String path = ":" + proxy.port() + "/api/v2/guests/messages";
            assertThat(certificates.run(curl + "a.example" + path, "")).startsWith(ANSWERED);
            assertThat(certificates.run(curl + "127.0.0.1" + path, "")).startsWith(ANSWERED);
            assertThat(proxy.record().scheme()).isEqualTo("https");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENSSL", "JDK"})
    void http2(SslProvider provider) throws Exception {
        try (RunningProxy proxy = start(config(""), provider)) {
            String curl = "curl -s -S -i --cacert " + certificates.certificate("a") + " https://127.0.0.1:"
                    + proxy.port() + "/api/v2/guests/messages";
            assertThat(certificates.run(curl, "")).startsWith("HTTP/2 401");
            assertThat(client(proxy.port(), "-alpn h2,http/1.1")).contains("ALPN protocol: h2");

            proxy.write(config("").replace("listeners:\n  - ", "listeners:\n  - http2: false\n    "));
            assertThat(proxy.reload().errors()).isEmpty();
            assertThat(certificates.run(curl, "")).startsWith(ANSWERED);
            assertThat(client(proxy.port(), "-alpn h2")).contains("alert no application protocol");
        }
    }

    @Test
    void http2WithoutTls() throws Exception {
        try (RunningProxy proxy = RunningProxy.before(NOWHERE, directory, "")) {
            String curl = "curl -s -S -i --http2-prior-knowledge http://127.0.0.1:" + proxy.port()
                    + "/api/v2/guests/messages";
            assertThat(RawClient.exchange(proxy.port(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                            .status())
                    .isEqualTo(400);
            proxy.write(RunningProxy.config("  - address: 127.0.0.1:0\n    http2: true\n", NOWHERE));
            assertThat(proxy.reload().errors()).isEmpty();
            assertThat(certificates.run(curl, "")).startsWith("HTTP/2 401");
        }
    }

    @Test
    void plainHttpOnATlsPort() throws Exception {
        try (RunningProxy proxy = start(config(""), ServerTls.provider())) {
            for (String request : List.of(REQUEST, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "p", "x".repeat(200_000))) {
                try (RawClient plain = new RawClient(proxy.port())) {
                    plain.send(request);
                    assertThat(plain.read().text())
                            .isEqualTo("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                    + "Content-Length: 91\r\nConnection: close\r\n\r\n"
                                    + "This port speaks HTTPS, and the request came without TLS: use https:// instead of"
                                    + " http://.\n");
                    assertThat(plain.ended()).isTrue();
                }
            }
            for (String garbage : List.of("\r\n\r\n", "\0", "\200\56\1\3\1", "\27\3\3\0\1x")) {
                try (RawClient other = new RawClient(proxy.port())) {
                    other.send(garbage);
                    assertThat(other.ended()).isTrue();
                }
            }
            assertThat(client(proxy.port(), "")).contains(ANSWERED);
            assertThat(proxy.metrics())
                    .contains("headgate_tls_handshakes_total{outcome=\"plaintext\"} 4.0")
                    .contains("headgate_tls_handshakes_total{outcome=\"failed\"} 4.0");
        }
    }

    /** One byte at a time, in several records (RFC 8446 section 5.1). */
    @Test
    void aClientHelloInPieces() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("b.example", 443);
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(32 * 1024);
        engine.wrap(ByteBuffer.allocate(0), record);
        byte[] hello = Arrays.copyOfRange(record.array(), 5, record.position());
        StringBuilder pieces = new StringBuilder();
        for (int from = 0; from < hello.length; from += 100) {
            int length = Math.min(100, hello.length - from);
            pieces.append("\26\3\1\0").append((char) length);
            pieces.append(new String(hello, from, length, StandardCharsets.ISO_8859_1));
        }
        try (RunningProxy proxy = start(config(WILD), ServerTls.provider());
                RawClient client = new RawClient(proxy.port())) {
            for (String octet : pieces.toString().split("")) {
                client.send(octet);
            }
            assertThat(client.octets(6))
                    .as("a record of type 22 with a ServerHello, 2")
                    .startsWith("\26\3\3")
                    .endsWith("\2");
        }
    }

    /** Whatever the ClientHello says, the client gets an alert or no byte, and the next one is served. */
    @Test
    void broken() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("b.example", 443);
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(32 * 1024);
        engine.wrap(ByteBuffer.allocate(0), record);
        Random random = new Random(7);
        try (RunningProxy proxy = start(config(WILD), ServerTls.provider())) {
            for (int i = 0; i < 200; i++) {
                byte[] bytes = Arrays.copyOf(record.array(), record.position());
                // Lengths are behind the versions and random octets.
                for (int k = 0; k < 8; k++) {
                    bytes[43 + random.nextInt(bytes.length - 43)] = (byte) random.nextInt();
                }
                try (RawClient client = new RawClient(proxy.port())) {
                    client.send(new String(bytes, StandardCharsets.ISO_8859_1));
                    assertThat(client.octets(1)).isIn("", "\25", "\26");
                }
            }
            assertThat(client(proxy.port(), "-servername b.example")).contains("subject=CN = wild", ANSWERED);
        }
    }

    @Test
    void tlsOnAPlainPort() throws Exception {
        try (RunningProxy proxy = RunningProxy.before(NOWHERE, directory, "")) {
            assertThat(client(proxy.port(), "")).contains("wrong version number");
            ExchangeRecord record = proxy.record();
            assertThat(record.status()).isEqualTo(400);
            assertThat(record.detail())
                    .isEqualTo("head: begins like a TLS ClientHello (0x16), where plain HTTP is spoken");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENSSL", "JDK"})
    void aHandshakeThatDoesNotEnd(SslProvider provider) throws Exception {
        try (RunningProxy proxy = start(config("") + "timeouts: {head: 200ms}\n", provider);
                RawClient silent = new RawClient(proxy.port());
                RawClient half = new RawClient(proxy.port())) {
            half.send("\26\3\1\2\0\1\0\1\374\3\3");
            assertThat(silent.ended()).isTrue();
            assertThat(half.ended()).isTrue();
            assertThat(proxy.metrics()).contains("headgate_tls_handshakes_total{outcome=\"timeout\"} 2.0");
        }
    }

    @Test
    void whenCertificatesEnd() throws Exception {
        try (RunningProxy proxy = start(config(WILD), ServerTls.provider())) {
            String name = "headgate_tls_certificate_not_after_timestamp_seconds{listener=\"127.0.0.1:0\",name=\"";
            assertThat(proxy.metrics())
                    .contains(name + certificates.certificate("a") + "\"} ", name + certificates.certificate("wild"));
            proxy.write(config(""));
            assertThat(proxy.reload().errors()).isEmpty();
            assertThat(proxy.metrics())
                    .contains(name + certificates.certificate("a") + "\"} ")
                    .doesNotContain(name + certificates.certificate("wild"));
        }
    }

    @Test
    void aBadCertificateChangesNothingAndSaysWhy() throws Exception {
        try (RunningProxy proxy = start(config("") + "reload: {watch: 50ms}\n", ServerTls.provider())) {
            String before = Files.readString(certificates.certificate("a"));
            Files.copy(
                    certificates.certificate("wild"),
                    certificates.certificate("a"),
                    StandardCopyOption.REPLACE_EXISTING);
            ReloadOutcome seen = proxy.outcome();
            assertThat(seen.reloaded()).isFalse();
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(proxy.adminUrl() + "/reload"))
                                    .POST(BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body())
                    .contains("headgate.yaml:3:", "listeners[0].tls.key", "the key of another certificate");
            assertThat(client(proxy.port(), "")).contains("subject=CN = a\n", ANSWERED);
            proxy.outcome();

            certificates.selfSigned("a", "DNS:renewed.example");
            while (!proxy.outcome().reloaded()) {
                // Of the two files one was written first.
                assertThat(client(proxy.port(), "")).contains("subject=CN = a\n");
            }
            assertThat(client(proxy.port(), "-showcerts")).contains(ANSWERED).doesNotContain(before.strip());
        }
    }
}
