package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.NeedsTool;
import dev.headgate.OwnThread;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clients of others, over HTTP/2, with and without TLS. */
@EachTransport
@NeedsTool({"curl", "h2load", "nghttp", "openssl"})
class Http2ClientsTest {
    @TempDir
    static Path files;

    private static DownstreamTls tls;

    @RegisterExtension
    private final Wire wire;

    Http2ClientsTest(Transport transport) {
        this.wire = new Wire(transport).http2();
    }

    @BeforeAll
    static void certificate() throws Exception {
        Path certificate = files.resolve("edge.crt");
        Path key = files.resolve("edge.key");
        if (!Files.exists(certificate)) {
            run(
                            "openssl",
                            "req",
                            "-x509",
                            "-newkey",
                            "ec",
                            "-pkeyopt",
                            "ec_paramgen_curve:P-256",
                            "-nodes",
                            "-days",
                            "2",
                            "-subj",
                            "/CN=localhost",
                            "-addext",
                            "subjectAltName=DNS:localhost,IP:127.0.0.1",
                            "-keyout",
                            key.toString(),
                            "-out",
                            certificate.toString())
                    .get(10, TimeUnit.SECONDS);
        }
        SslContext context = SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                .sslProvider(SslProvider.JDK)
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        "h2",
                        "http/1.1"))
                .build();
        tls = new DownstreamTls(context, Map.of(), false, List.of("h2", "http/1.1"));
    }

    /** What it writes; it must end in time. A tool that is missing fails the test. */
    private static CompletableFuture<String> run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectErrorStream(true)
                .start();
        return OwnThread.call(() -> {
            try {
                String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
                return out;
            } finally {
                process.destroy();
            }
        });
    }

    private CompletableFuture<String> curl(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("curl", "-si", "--http2-prior-knowledge"));
        command.addAll(List.of(more));
        return run(command.toArray(String[]::new));
    }

    private String url(String path) {
        return "http://127.0.0.1:" + wire.edge().port() + path;
    }

    private String secureUrl(String path) {
        return "https://localhost:" + wire.edge().listen(tls) + path;
    }

    private void takeRecords(int n) throws InterruptedException {
        for (int i = 0; i < n; i++) {
            ExchangeRecord record = wire.record();
            assertThat(record.status()).isEqualTo(200);
            assertThat(record.protocol()).isEqualTo("HTTP/2");
        }
    }

    @Test
    void aGetArrivesInTheFormOfHttp1() throws Exception {
        CompletableFuture<String> answer =
                curl(url("/a?b=c"), "-H", "Authorization: Bearer  Ab=c", "-H", "x-request-id: one", "-A", "me");
        RawSocket upstream = wire.upstream().accept();
        upstream.expect(RawSocket.head(
                "GET /a?b=c HTTP/1.1",
                "host: " + wire.upstream().host(),
                "user-agent: me",
                "accept: */*",
                "authorization: Bearer  Ab=c",
                "x-request-id: one",
                Wire.ORGANIZATION));
        upstream.send("HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nKeep-Alive: timeout=9\r\nX-Mixed: Case\r\n\r\nok");
        assertThat(answer.get(10, TimeUnit.SECONDS))
                .isEqualTo("HTTP/2 200 \r\ncontent-length: 2\r\nx-mixed: Case\r\nx-request-id: one\r\n\r\nok");
        ExchangeRecord record = wire.record();
        assertThat(record.protocol()).isEqualTo("HTTP/2");
        assertThat(record.authorization()).isEqualTo(AuthorizationFate.INTACT);
    }

    @Test
    void aBodyWithoutALengthIsChunkedUpstream() throws Exception {
        CompletableFuture<String> answer = curl(
                url("/a"), "-H", "Transfer-Encoding: chunked", "-H", "Expect:", "-H", "x-request-id: one", "-d", "abc");
        RawSocket upstream = wire.upstream().accept();
        assertThat(upstream.readHead()).contains("transfer-encoding: chunked\r\n");
        assertThat(upstream.readUntilLastChunk()).isEqualTo("3\r\nabc\r\n0\r\n");
        upstream.expect("\r\n");
        upstream.send("HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("HTTP/2 200 \r\nx-request-id: one\r\n\r\nok");
        assertThat(wire.record().bytesIn()).isEqualTo(3);
    }

    @Test
    void aRefusalHasItsReason() throws Exception {
        CompletableFuture<String> answer = curl(url("/api/v2/guests/messages"), "-d", "{}");
        assertThat(answer.get(10, TimeUnit.SECONDS))
                .startsWith("HTTP/2 401 \r\n")
                .contains("\r\nx-headgate-reason: auth.missing\r\n");
        assertThat(wire.record().status()).isEqualTo(401);
    }

    @Test
    void curlAgreesOnHttp2() throws Exception {
        try (EchoUpstream unused = new EchoUpstream(wire.upstream())) {
            assertThat(run("curl", "-ksS", "-w", " %{http_version}", secureUrl("/a"))
                            .get(10, TimeUnit.SECONDS))
                    .isEqualTo("GET /a HTTP/1.1| 2");
            assertThat(wire.record().scheme()).isEqualTo("https");
        }
    }

    @Test
    void aListenerOfBothTakesHttp11() throws Exception {
        try (EchoUpstream unused = new EchoUpstream(wire.upstream())) {
            assertThat(run("curl", "-sS", "-w", " %{http_version}", "-X", "PUT", url("/a"))
                            .get(10, TimeUnit.SECONDS))
                    .isEqualTo("PUT /a HTTP/1.1| 1.1");
            assertThat(wire.record().protocol()).isEqualTo("HTTP/1.1");
        }
    }

    @Test
    void curlMayStayWithHttp11() throws Exception {
        try (EchoUpstream unused = new EchoUpstream(wire.upstream())) {
            assertThat(run("curl", "-ksS", "--http1.1", "-w", " %{http_version}", secureUrl("/a"))
                            .get(10, TimeUnit.SECONDS))
                    .isEqualTo("GET /a HTTP/1.1| 1.1");
            assertThat(wire.record().protocol()).isEqualTo("HTTP/1.1");
        }
    }

    @Test
    void h2load() throws Exception {
        try (EchoUpstream unused = new EchoUpstream(wire.upstream())) {
            for (String url : new String[] {url("/a"), secureUrl("/a")}) {
                String report =
                        run("h2load", "-n", "500", "-c", "4", "-m", "20", url).get(20, TimeUnit.SECONDS);
                assertThat(report)
                        .contains("Application protocol: h2")
                        .contains("500 succeeded, 0 failed, 0 errored, 0 timeout")
                        .contains("500 2xx, 0 3xx, 0 4xx, 0 5xx");
                takeRecords(500);
            }
        }
    }

    @Test
    void nghttpSendsContentAndTrailers() throws Exception {
        Path content = files.resolve("content");
        Files.writeString(content, "x".repeat(200_000));
        try (EchoUpstream unused = new EchoUpstream(wire.upstream())) {
            String answer = run(
                            "nghttp",
                            "-d",
                            content.toString(),
                            "--no-content-length",
                            "--trailer",
                            "x-sum: 1",
                            url("/a"))
                    .get(10, TimeUnit.SECONDS);
            assertThat(answer).startsWith("POST /a HTTP/1.1|").endsWith("\r\n0\r\nx-sum: 1\r\n\r\n");
            ExchangeRecord record = wire.record();
            assertThat(record.bytesIn()).isEqualTo(200_000);
            assertThat(record.aborted()).isNull();
        }
    }

    @Test
    void opensslAgreesOnH2AndGetsSettings() throws Exception {
        String[] url = secureUrl("").split(":");
        Process process = new ProcessBuilder(
                        "openssl", "s_client", "-alpn", "h2", "-quiet", "-connect", "127.0.0.1:" + url[2])
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            InputStream in = process.getInputStream();
            byte[] header = in.readNBytes(9);
            assertThat(header[3]).as("type of the first frame").isEqualTo((byte) RawHttp2.SETTINGS);
            assertThat(header).endsWith(0, 0, 0, 0, 0);
        } finally {
            process.destroy();
        }
    }

    @Test
    void javasClient() throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(files.resolve("edge.crt"))) {
            trusted.setCertificateEntry(
                    "edge", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(context)
                .build();
        URI uri = URI.create(secureUrl("/a"));
        try (EchoUpstream unused = new EchoUpstream(wire.upstream())) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                HttpRequest request = HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.ofString("content " + i))
                        .build();
                answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            }
            for (int i = 0; i < 50; i++) {
                HttpResponse<String> answer = answers.get(i).get(10, TimeUnit.SECONDS);
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.body()).isEqualTo("POST /a HTTP/1.1|content " + i);
            }
            takeRecords(50);
            HttpRequest refused = HttpRequest.newBuilder(uri.resolve("/api/v2/guests/messages"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build();
            HttpResponse<String> answer = client.send(refused, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.headers().firstValue("x-headgate-reason")).contains(Reason.AUTH_MISSING.code());
            assertThat(wire.record().reason()).isEqualTo(Reason.AUTH_MISSING);
        }
        // It keeps its connection for as long as it can be reached.
        wire.edge().initializer.drain().get(10, TimeUnit.SECONDS);
    }
}
