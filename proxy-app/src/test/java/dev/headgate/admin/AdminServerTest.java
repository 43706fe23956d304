package dev.headgate.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.observe.Metrics;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AdminServerTest {
    private static final String HOST = "127.0.0.1";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Metrics metrics = new Metrics(List.of("/"), List.of("genesys"), "1");
    private final AtomicReference<Readiness> readiness = new AtomicReference<>(Readiness.STARTING);
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(HOST, 0, metrics, readiness::get);
    }

    @AfterEach
    void stop() {
        server.close();
        metrics.close();
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String raw(int port, String request) throws IOException {
        try (Socket socket = new Socket(HOST, port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void livesFromTheStart() throws Exception {
        HttpResponse<String> response = send("GET", "/livez");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok\n");
    }

    @ParameterizedTest
    @CsvSource({"STARTING, 503, starting", "READY, 200, ready", "DRAINING, 503, draining"})
    void tellsReadiness(Readiness now, int status, String text) throws Exception {
        readiness.set(now);
        HttpResponse<String> response = send("GET", "/readyz?verbose");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(text + "\n");
    }

    @Test
    void servesMetricsInTheFormatAskedFor() throws Exception {
        HttpResponse<String> text = send("GET", "/metrics");
        assertThat(text.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(text.body()).contains("\nheadgate_draining 0.0\n");
        HttpResponse<String> open = send("GET", "/metrics", "Accept", "application/openmetrics-text;version=1.0.0");
        assertThat(open.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/openmetrics-text"));
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz", "/metrics", "/nowhere"})
    void answersHeadAsGetWithoutTheBody(String path) throws Exception {
        HttpResponse<String> get = send("GET", path);
        HttpResponse<String> head = send("HEAD", path);
        assertThat(head.statusCode()).isEqualTo(get.statusCode());
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/livez/", "/metrics/x", "//livez", "/LIVEZ", "/livez%00"})
    void knowsNoOtherPath(String path) throws Exception {
        HttpResponse<String> response = send("GET", path);
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).isEqualTo("not found (expected: one of /metrics /livez /readyz)\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void takesNoOtherMethod(String method) throws Exception {
        HttpResponse<String> response = send(method, "/metrics");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
        assertThat(response.body()).isEqualTo("method not allowed (expected: one of GET, HEAD)\n");
    }

    @Test
    void servesPagesOfOthers() throws Exception {
        try (AdminServer other = AdminServer.start(
                HOST,
                0,
                Map.of(
                        "/explain/",
                        AdminPage.of(request -> AdminResponse.text(HttpResponseStatus.OK, request.uri())),
                        "/broken",
                        AdminPage.of(request -> {
                            throw new IllegalStateException("defect");
                        }),
                        "/failing",
                        request -> CompletableFuture.failedFuture(new IllegalStateException("defect"))))) {
            assertThat(raw(other.port(), "GET /explain/abc/d HTTP/1.1\r\nHost: a\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("\r\n\r\n/explain/abc/d\n");
            for (String path : List.of("/broken", "/failing")) {
                assertThat(raw(other.port(), "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                        .startsWith("HTTP/1.1 500 ")
                        .doesNotContain("defect");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"9000, 0, 0", "100, 9000, 0", "100, 100, 70000"})
    void refusesWhatIsTooLarge(int target, int field, int body) throws Exception {
        String response = raw(
                server.port(),
                "GET /" + "a".repeat(target) + " HTTP/1.1\r\nHost: a\r\nX: " + "b".repeat(field)
                        + "\r\nContent-Length: " + body + "\r\n\r\n");
        assertThat(response).startsWith("HTTP/1.1 4").contains(body > 0 ? "413" : "431");
    }

    /** A page whose name leads to this address asks within its own origin. */
    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "localhost:9090, 200",
        "127.0.0.1:9090, 200",
        "[::1]:9090, 200",
        "headgate:9090, 200",
        "evil.example, 403",
        "evil.example:9090, 403",
        "127.0.0.1.evil.example, 403",
        "localhost.evil.example:9090, 403"
    })
    void answersNoPageOnLoopback(String host, int status) throws Exception {
        AdminPage secret =
                request -> CompletableFuture.completedFuture(AdminResponse.text(HttpResponseStatus.OK, "secret"));
        try (AdminServer other = AdminServer.start("127.0.0.1", 0, Map.of("/secret", secret))) {
            assertThat(raw(other.port(), "GET /secret HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 " + status + " ")
                    .contains("x-content-type-options: nosniff\r\n");
        }
        assertThat(raw(server.port(), "GET /livez HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .as("what tells nothing of a guest's may be asked for by any name")
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void refusesGarbage() throws Exception {
        assertThat(raw(server.port(), "\u0016\u0003\u0001 \r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void answersTheFirstOfAPipelineOnly() throws Exception {
        String request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";
        String response = raw(server.port(), request.repeat(50));
        assertThat(response.split("HTTP/1.1 200", -1)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /livez HTTP/1.1\r\nHost", "GET /livez HTTP/1.1\r\nContent-Length: 9\r\n\r\n1"})
    void endsAConnectionThatTakesTooLong(String part) throws Exception {
        try (AdminServer hasty =
                AdminServer.start(HOST, 0, AdminServer.pages(metrics, readiness::get), Duration.ofMillis(200))) {
            assertThat(raw(hasty.port(), part)).isEmpty();
        }
    }

    @Test
    void namesAnAddressThatIsTaken() {
        assertThatThrownBy(() -> AdminServer.start(HOST, server.port(), metrics, readiness::get))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("admin.address: cannot listen on 127.0.0.1:" + server.port());
    }

    @Test
    void refusesConnectionsAfterClosing() {
        int port = server.port();
        server.close();
        assertThatThrownBy(() -> raw(port, "GET /livez HTTP/1.1\r\n\r\n")).isInstanceOf(IOException.class);
    }
}
