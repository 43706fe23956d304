package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.headgate.NeedsTool;
import dev.headgate.OwnThread;
import dev.headgate.config.Certificates;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with a self-signed certificate of the day. */
@NeedsTool("openssl")
class TlsTest {
    private static final char[] PASSWORD = "unguarded".toCharArray();

    @TempDir
    Path directory;

    private Path certificate;
    private Path key;

    @BeforeEach
    void makeCertificate() throws Exception {
        makeCertificate("rsa:2048");
    }

    private void makeCertificate(String kind) throws Exception {
        certificate = directory.resolve("edge.crt");
        key = directory.resolve("edge.key");
        openssl("req -x509 -newkey " + kind
                + " -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1" + " -keyout "
                + key + " -out " + certificate);
    }

    private void openssl(String arguments) throws Exception {
        Certificates.in(directory).openssl(arguments);
    }

    private Certificate read() throws Exception {
        try (InputStream in = Files.newInputStream(certificate)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("edge", read());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private RunningProxy listening(String upstream) throws Exception {
        assertThat(Files.readString(key)).startsWith("-----BEGIN PRIVATE KEY-----");
        return RunningProxy.listening(
                "  - address: 127.0.0.1:0\n    tls: {certificate: " + certificate + ", key: " + key + "}\n",
                upstream,
                directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aListenerWithTls(String protocol) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
                RunningProxy proxy = listening(sandbox.url())) {
            assertThat(proxy.url()).startsWith("https://127.0.0.1:");
            SSLContext context = trusting();
            SSLParameters parameters = context.getDefaultSSLParameters();
            parameters.setProtocols(new String[] {protocol});
            HttpResponse<String> created = HttpClient.newBuilder()
                    .sslContext(context)
                    .sslParameters(parameters)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(
                            HttpRequest.newBuilder(URI.create(proxy.url() + "/api/v2/guests/identities"))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"purpose\":\"chat\"}"))
                                    .build(),
                            BodyHandlers.ofString());

            assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
            assertThat(created.sslSession())
                    .hasValueSatisfying(
                            session -> assertThat(session.getProtocol()).isEqualTo(protocol));
            assertThat(created.body()).contains("guest_token");
            assertThat(proxy.record().scheme()).isEqualTo("https");
        }
    }

    /** Each handshake gets one certificate or the other, and none fails. */
    @Test
    void aWebSocketSpeaksOverTls() throws Exception {
        LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
        StringBuilder parts = new StringBuilder();
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.defaults());
                RunningProxy proxy = listening(sandbox.url())) {
            WebSocket socket = HttpClient.newBuilder()
                    .sslContext(trusting())
                    .build()
                    .newWebSocketBuilder()
                    .buildAsync(
                            URI.create("wss://localhost:" + proxy.port() + "/v1?deploymentId=d"),
                            new WebSocket.Listener() {
                                @Override
                                public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                                    parts.append(data);
                                    if (last) {
                                        heard.add(parts.toString());
                                    }
                                    from.request(1);
                                    return null;
                                }

                                @Override
                                public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                                    heard.add("close " + code);
                                    return null;
                                }
                            })
                    .get(10, TimeUnit.SECONDS);
            String text = "x".repeat(300_000);
            socket.sendText("{\"action\":\"echo\",\"token\":\"t\",\"message\":{\"text\":\"" + text + "\"}}", true)
                    .get(10, TimeUnit.SECONDS);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).contains(text);
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("close 1000");
            ExchangeRecord record = proxy.record();
            assertThat(record.status()).isEqualTo(101);
            assertThat(record.scheme()).isEqualTo("https");
            assertThat(record.aborted()).isNull();
        }
    }

    @Test
    void certificatesAreSwappedDuringHandshakes() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.defaults());
                RunningProxy proxy = listening(sandbox.url())) {
            Certificate first = read();
            SSLContext anyone = trustingAll();
            AtomicBoolean done = new AtomicBoolean();
            Set<Certificate> seen = ConcurrentHashMap.newKeySet();
            List<CompletableFuture<Integer>> clients = new ArrayList<>();
            for (int c = 0; c < 4; c++) {
                clients.add(OwnThread.call(() -> shakeHands(proxy.port(), anyone, done, seen)));
            }
            for (int swap = 0; swap < 50; swap++) {
                if (swap % 10 == 0) {
                    makeCertificate("ec -pkeyopt ec_paramgen_curve:P-256");
                }
                assertThat(proxy.reload().errors()).isEmpty();
            }
            makeCertificate("ec -pkeyopt ec_paramgen_curve:P-256");
            assertThat(proxy.reload().reloaded()).isTrue();
            assertThat(shakeHands(proxy.port(), anyone, new AtomicBoolean(true), seen))
                    .isOne();
            done.set(true);
            for (CompletableFuture<Integer> client : clients) {
                assertThat(client.get(20, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(seen).contains(read()).hasSizeGreaterThan(1);
            assertThat(read()).isNotEqualTo(first);
        }
    }

    /** As often as it can; at least once. */
    private static int shakeHands(int port, SSLContext context, AtomicBoolean done, Set<Certificate> seen) {
        int count = 0;
        do {
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
                socket.startHandshake();
                seen.add(socket.getSession().getPeerCertificates()[0]);
                count++;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } while (!done.get());
        return count;
    }

    private static SSLContext trustingAll() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                null,
                new TrustManager[] {
                    new X509ExtendedTrustManager() {
                        @Override
                        public void checkClientTrusted(X509Certificate[] chain, String type) {}

                        @Override
                        public void checkServerTrusted(X509Certificate[] chain, String type) {}

                        @Override
                        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

                        @Override
                        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

                        @Override
                        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

                        @Override
                        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

                        @Override
                        public X509Certificate[] getAcceptedIssuers() {
                            return new X509Certificate[0];
                        }
                    }
                },
                null);
        return context;
    }

    @Test
    void anUpstreamThatNobodyVouchesFor() throws Exception {
        HttpsServer upstream = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        upstream.setHttpsConfigurator(new HttpsConfigurator(serving()));
        upstream.start();
        try (RunningProxy proxy =
                RunningProxy.before("https://127.0.0.1:" + upstream.getAddress().getPort(), directory, "")) {
            RawClient.Response answer = RawClient.exchange(proxy.port(), RawClient.request("GET", "/", "", ""));

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.field("x-headgate-reason")).isEqualTo("upstream.unreachable");
            ExchangeRecord record = proxy.record();
            assertThat(record.reason()).isNotNull();
            assertThat(record.requestId()).isEqualTo(answer.field("x-request-id"));
        } finally {
            upstream.stop(0);
        }
    }

    @Test
    void anUpstreamThatSpeaksNoTls() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.defaults());
                RunningProxy proxy = RunningProxy.before(sandbox.url().replace("http://", "https://"), directory, "")) {
            RawClient.Response answer = RawClient.exchange(proxy.port(), RawClient.request("GET", "/", "", ""));

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.field("x-headgate-reason")).isEqualTo("upstream.unreachable");
            assertThat(sandbox.seen()).isEmpty();
        }
    }

    private SSLContext serving() throws Exception {
        Path store = directory.resolve("edge.p12");
        openssl("pkcs12 -export -in " + certificate + " -inkey " + key + " -out " + store + " -passout pass:"
                + new String(PASSWORD));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
