package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.NeedsTool;
import dev.headgate.config.ConfigException;
import dev.headgate.config.ConfigLoader;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS to an upstream with certificates of openssl's: whom Headgate believes, whom it shows what, and what fails how. */
@NeedsTool("openssl")
class UpstreamTlsTest {
    private static final char[] PASSWORD = "unguarded".toCharArray();
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    static Path keys;

    @TempDir
    Path directory;

    /** What a server does with a connection whose handshake is over, and whose request's head has been read; with its TCP too. */
    private interface Behaviour {
        void serve(Socket plain, SSLSocket socket, OutputStream out) throws IOException, InterruptedException;
    }

    @BeforeAll
    static void makeCertificates() throws Exception {
        authority("ca");
        authority("other");
        certificate("server", "ca", "DNS:api.example", "2");
        certificate("stranger", "other", "DNS:api.example", "2");
        certificate("expired", "ca", "DNS:api.example", "-1");
        certificate("misnamed", "ca", "DNS:other.example", "2");
        certificate("me", "ca", "DNS:headgate.example", "2");
    }

    private static void authority(String name) throws Exception {
        openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name + " -keyout "
                + keys.resolve(name + ".key") + " -out " + keys.resolve(name + ".crt"));
    }

    private static void certificate(String name, String issuer, String subject, String days) throws Exception {
        Path request = keys.resolve(name + ".csr");
        Path certificate = keys.resolve(name + ".crt");
        Path key = keys.resolve(name + ".key");
        openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -addext subjectAltName="
                + subject + " -keyout " + key + " -out " + request);
        openssl("x509 -req -in " + request + " -CA " + keys.resolve(issuer + ".crt") + " -CAkey "
                + keys.resolve(issuer + ".key") + " -CAcreateserial -days " + days + " -copy_extensions copy -out "
                + certificate);
        openssl("pkcs12 -export -in " + certificate + " -inkey " + key + " -out " + keys.resolve(name + ".p12")
                + " -passout pass:" + new String(PASSWORD));
    }

    private static void openssl(String arguments) throws Exception {
        Path told = keys.resolve("openssl.txt");
        Process process;
        try {
            process = new ProcessBuilder(("openssl " + arguments).split(" ", -1))
                    .redirectErrorStream(true)
                    .redirectOutput(told.toFile())
                    .start();
        } catch (IOException e) {
            Assumptions.abort("no openssl here");
            return;
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(told)).isZero();
    }

    /** An HTTPS server on a free port of the loopback. */
    private static final class Server implements AutoCloseable {
        final LinkedBlockingQueue<String> heads = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<List<SNIServerName>> names = new LinkedBlockingQueue<>();
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        private final SSLContext context = SSLContext.getInstance("TLS");
        private final boolean needsClient;
        private final ExecutorService threads = Executors.newCachedThreadPool();

        Server(String name, boolean needsClient, Behaviour behaviour) throws Exception {
            KeyStore own = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(keys.resolve(name + ".p12"))) {
                own.load(in, PASSWORD);
            }
            KeyManagerFactory shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            shown.init(own, PASSWORD);
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            try (InputStream in = Files.newInputStream(keys.resolve("ca.crt"))) {
                authorities.setCertificateEntry(
                        "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
            }
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(authorities);
            context.init(shown.getKeyManagers(), trusted.getTrustManagers(), null);
            this.needsClient = needsClient;
            threads.execute(() -> accept(behaviour));
        }

        private void accept(Behaviour behaviour) {
            try {
                while (true) {
                    Socket socket = listener.accept();
                    threads.execute(() -> serve(socket, behaviour));
                }
            } catch (IOException e) {
                // It listens no longer.
            }
        }

        private void serve(Socket plain, Behaviour behaviour) {
            try (SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                parameters.setNeedClientAuth(needsClient);
                socket.setSSLParameters(parameters);
                socket.setUseClientMode(false);
                socket.startHandshake();
                names.add(((ExtendedSSLSession) socket.getSession()).getRequestedServerNames());
                assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
                while (true) {
                    StringBuilder head = new StringBuilder();
                    while (!head.toString().endsWith("\r\n\r\n")) {
                        int octet = socket.getInputStream().read();
                        if (octet < 0) {
                            return;
                        }
                        head.append((char) octet);
                    }
                    heads.add(head.toString());
                    behaviour.serve(plain, socket, socket.getOutputStream());
                }
            } catch (SSLException | SocketException | InterruptedException e) {
                // The other side does not like it, or the test is over.
            } catch (IOException e) {
                Assertions.fail(e);
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            threads.shutdownNow();
        }
    }

    private static void ok(Socket plain, SSLSocket socket, OutputStream out) throws IOException {
        say(out, OK);
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String config(int port, String tls) {
        return RunningProxy.config(
                        "  - address: 127.0.0.1:0\n",
                        "https://api.example\n    addresses: [\"127.0.0.1:" + port + "\"]\n    tls: {" + tls + "}")
                + "timeouts: {upstreamResponse: 300ms, idle: 1s}\n";
    }

    private static String ca(String name) {
        return "ca: " + keys.resolve(name + ".crt");
    }

    private static String shows(String certificate, String key) {
        return ", certificate: " + keys.resolve(certificate + ".crt") + ", key: " + keys.resolve(key + ".key");
    }

    private RawClient.Response get(RunningProxy proxy) throws IOException {
        return RawClient.exchange(proxy.port(), RawClient.request("GET", "/", "", ""));
    }

    private void expectFailure(String server, boolean needsClient, String tls, String words) throws Exception {
        try (Server upstream = new Server(server, needsClient, UpstreamTlsTest::ok);
                RunningProxy proxy = RunningProxy.of(config(upstream.port(), tls), directory)) {
            RawClient.Response answer = get(proxy);
            assertThat(answer.field("x-headgate-reason"))
                    .as(answer.body())
                    .isEqualTo(Reason.UPSTREAM_UNREACHABLE.code());
            assertThat(answer.body()).contains("upstream genesys: " + words).doesNotContain("127.0.0.1");
            assertThat(proxy.record().reason()).isEqualTo(Reason.UPSTREAM_UNREACHABLE);
            assertThat(upstream.heads).isEmpty();
        }
    }

    @Test
    void anAuthorityOfItsOwn() throws Exception {
        try (Server upstream = new Server("server", false, UpstreamTlsTest::ok);
                RunningProxy proxy = RunningProxy.of(config(upstream.port(), ca("ca")), directory)) {
            assertThat(get(proxy).body()).isEqualTo("ok");
            assertThat(upstream.names.take()).hasToString("[type=host_name (0), value=api.example]");
            assertThat(upstream.heads.take()).contains("\r\nHost: api.example\r\n");
            assertThat(proxy.metrics())
                    .contains(
                            "headgate_upstream_up{upstream=\"genesys\"} 1",
                            "headgate_upstream_addresses{state=\"up\",upstream=\"genesys\"} 1",
                            "headgate_upstream_addresses{state=\"ejected\",upstream=\"genesys\"} 0",
                            "headgate_upstream_addresses{state=\"unhealthy\",upstream=\"genesys\"} 0",
                            "headgate_upstream_waiting{upstream=\"genesys\"} 0",
                            "headgate_upstream_ejections_total{upstream=\"genesys\"} 0");
        }
    }

    @Test
    void anotherAuthority() throws Exception {
        expectFailure("stranger", false, ca("ca"), "its certificate is of an authority that is not trusted here");
    }

    @Test
    void anAuthorityThatTheJdkDoesNotKnow() throws Exception {
        expectFailure("server", false, "verify: true", "its certificate is of an authority that is not trusted here");
    }

    @Test
    void anotherName() throws Exception {
        expectFailure("misnamed", false, ca("ca"), "its certificate is not for the name in url");
    }

    @Test
    void anExpiredCertificate() throws Exception {
        expectFailure("expired", false, ca("ca"), "its certificate has expired");
    }

    @Test
    void noCertificateWhereOneIsDemanded() throws Exception {
        expectFailure("server", true, ca("ca"), "it broke off TLS, perhaps for want of a certificate");
    }

    @Test
    void aCertificateWhereOneIsDemanded() throws Exception {
        try (Server upstream = new Server("server", true, UpstreamTlsTest::ok);
                RunningProxy proxy =
                        RunningProxy.of(config(upstream.port(), ca("ca") + shows("me", "me")), directory)) {
            assertThat(get(proxy).body()).isEqualTo("ok");
        }
    }

    @Test
    void withoutVerificationAnyCertificateDoes() throws Exception {
        try (Server upstream = new Server("misnamed", false, UpstreamTlsTest::ok);
                RunningProxy proxy = RunningProxy.of(config(upstream.port(), "verify: false"), directory)) {
            assertThat(get(proxy).body()).isEqualTo("ok");
            assertThat(ConfigLoader.loadWithWarnings(proxy.configFile, Map.of(), Set.of("forum-guest"))
                            .warnings())
                    .first()
                    .asString()
                    .contains("upstreams.genesys.tls.verify: false: whoever answers there gets the tokens");
        }
    }

    /** The file is the same, what it holds is not. */
    @Test
    void aReloadTakesAnotherAuthorityFromTheSameFile() throws Exception {
        Path ca = Files.copy(keys.resolve("other.crt"), directory.resolve("trusted.crt"));
        try (Server upstream = new Server("server", false, UpstreamTlsTest::ok);
                RunningProxy proxy = RunningProxy.of(config(upstream.port(), "ca: " + ca), directory)) {
            assertThat(get(proxy).status()).isEqualTo(502);
            Files.copy(keys.resolve("ca.crt"), ca, StandardCopyOption.REPLACE_EXISTING);
            assertThat(proxy.reload().reloaded()).isTrue();
            assertThat(get(proxy).body()).isEqualTo("ok");
            String idle = "headgate_upstream_connections{state=\"idle\",upstream=\"genesys\"} ";
            assertThat(proxy.metrics()).contains(idle + "1");

            // Nothing has changed for the upstream: its connection stays.
            assertThat(proxy.reload().reloaded()).isTrue();
            assertThat(proxy.metrics()).contains(idle + "1");
            proxy.write(config(upstream.port(), "ca: " + ca + ", verify: false"));
            assertThat(proxy.reload().reloaded()).isTrue();
            long start = System.nanoTime();
            while (!proxy.metrics().contains(idle + "0")) {
                assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
            }
        }
    }

    @Test
    void whatCannotBeMeantIsNoConfiguration() throws Exception {
        expectError(ca("ca") + shows("me", "server"), "tls.key: ", "the key of another certificate");
        expectError("key: " + keys.resolve("me.key"), "tls.key: ", "certificate and key together");
        String http = config(1, ca("ca")).replace("https://", "http://");
        expectErrorOf(http, "tls: a mapping", "https in url");
        expectErrorOf(config(0, ca("ca")), "addresses[0]: ", "a port from 1 to 65535");
    }

    private void expectError(String tls, String... words) throws Exception {
        expectErrorOf(config(1, tls), words);
    }

    private void expectErrorOf(String config, String... words) throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), config);
        Assertions.assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigLoader.load(file, Map.of(), Set.of("forum-guest")))
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    private void expectFault(Behaviour behaviour, Reason reason) throws Exception {
        try (Server upstream = new Server("server", false, behaviour);
                RunningProxy proxy = RunningProxy.of(config(upstream.port(), ca("ca")), directory)) {
            RawClient.Response answer = get(proxy);
            assertThat(answer.field("x-headgate-reason")).as(answer.body()).isEqualTo(reason.code());
            assertThat(proxy.record().reason()).isEqualTo(reason);
            assertThat(proxy.metrics()).contains("http_server_active_requests 0");
        }
    }

    @Test
    void faultsBeforeTheAnswer() throws Exception {
        expectFault((plain, socket, out) -> socket.close(), Reason.UPSTREAM_INVALID);
        expectFault(
                (plain, socket, out) -> {
                    plain.setSoLinger(true, 0);
                    plain.close();
                },
                Reason.UPSTREAM_INVALID);
        expectFault((plain, socket, out) -> Thread.sleep(5000), Reason.UPSTREAM_TIMEOUT);
        expectFault((plain, socket, out) -> say(out, "garbage\r\n\r\n"), Reason.UPSTREAM_INVALID);
        expectFault(
                (plain, socket, out) -> {
                    while (true) {
                        say(out, "H");
                        Thread.sleep(50);
                    }
                },
                Reason.UPSTREAM_TIMEOUT);
    }

    /** The client sees that its answer was cut. */
    @Test
    void faultsInTheAnswer() throws Exception {
        expectCut((plain, socket, out) -> {
            say(out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok");
            socket.close();
        });
        expectCut((plain, socket, out) -> {
            say(out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok");
            Thread.sleep(5000);
        });
        // Without the closure alert this may be half of it.
        expectCut((plain, socket, out) -> {
            say(out, "HTTP/1.1 200 OK\r\n\r\nok");
            plain.close();
        });
    }

    private void expectCut(Behaviour behaviour) throws Exception {
        try (Server upstream = new Server("server", false, behaviour);
                RunningProxy proxy = RunningProxy.of(config(upstream.port(), ca("ca")), directory)) {
            Assertions.assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
                try (RawClient client = new RawClient(proxy.port())) {
                    client.send(RawClient.request("GET", "/", "", ""));
                    assertThat(client.read().status()).isEqualTo(200);
                    for (int i = 0; i < 100 && !client.ended(); i++) {
                        // Until it breaks.
                    }
                }
            });
            ExchangeRecord record = proxy.record();
            assertThat(record.aborted()).isEqualTo(ExchangeRecord.Side.UPSTREAM);
            assertThat(proxy.metrics()).contains("http_server_active_requests 0");
        }
    }

    /** Where the end of the connection is that of the body, TLS says whether it was meant (RFC 9112 section 9.8). */
    @Test
    void aBodyUntilTheEnd() throws Exception {
        try (Server upstream = new Server("server", false, (plain, socket, out) -> {
                    say(out, "HTTP/1.1 200 OK\r\n\r\nok");
                    socket.close();
                });
                RunningProxy proxy = RunningProxy.of(config(upstream.port(), ca("ca")), directory);
                RawClient client = new RawClient(proxy.port())) {
            client.send(RawClient.request("GET", "/", "", ""));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(proxy.record().aborted()).isNull();
        }
    }
}
