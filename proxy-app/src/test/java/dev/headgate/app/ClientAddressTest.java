package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.NeedsTool;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import dev.headgate.sandbox.SeenRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Where clients really are, from the configuration to what the upstream, the log and the operator are told. */
@NeedsTool({"curl", "openssl"})
class ClientAddressTest {
    @TempDir
    Path directory;

    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private static String run(String... command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            Assumptions.abort("no " + command[0] + " here");
            return "";
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return out;
    }

    /** The lines about hops of the request that the upstream has seen last. */
    private List<String> told() {
        SeenRequest last = sandbox.seen().get(sandbox.seen().size() - 1);
        return last.fields().stream()
                .map(field -> field.name() + ": " + field.value())
                .filter(line -> line.matches("(?i)(x-)?forwarded.*"))
                .toList();
    }

    @Test
    void behindAProxyThatIsTrusted() throws Exception {
        try (RunningProxy proxy =
                RunningProxy.before(sandbox.url(), directory, "forwarded:\n  trust: [127.0.0.1]\n  write: both\n")) {
            RawClient.exchange(
                    proxy.port(),
                    RawClient.request(
                            "GET",
                            "/a",
                            "x-request-id: one\r\nX-Forwarded-For: 10.9.9.9, 203.0.113.9\r\nX-Forwarded-Proto: https\r\n",
                            ""));
            assertThat(told())
                    .containsExactly(
                            "X-Forwarded-Proto: https",
                            "X-Forwarded-For: 10.9.9.9, 203.0.113.9, 127.0.0.1",
                            "X-Forwarded-Host: chat.example",
                            "Forwarded: for=127.0.0.1;proto=http;host=\"chat.example\"");
            proxy.record();
            JsonNode explained = explain(proxy, "one");
            assertThat(explained.path("client").asString()).isEqualTo("203.0.113.9");
            assertThat(explained.path("peer").asString()).isEqualTo("127.0.0.1");
            assertThat(explained.path("fields").path("X-Forwarded-For").asString())
                    .isEqualTo("kept, and this hop added");
            assertThat(explained.path("fields").path("X-Forwarded-Proto").asString())
                    .isEqualTo("kept");
            JsonNode line = proxy.closeAndReadLog().get(0);
            assertThat(line.path("client").asString()).isEqualTo("203.0.113.9");
            assertThat(line.path("peer").asString()).isEqualTo("127.0.0.1");
        }
    }

    private static JsonNode explain(RunningProxy proxy, String id) throws Exception {
        String answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(proxy.adminUrl() + "/explain/" + id))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        return RunningProxy.JSON.readTree(answer).path("exchanges").get(0);
    }

    @Test
    void byDefaultNobodyIsTrusted() throws Exception {
        try (RunningProxy proxy = RunningProxy.before(sandbox.url(), directory, "")) {
            RawClient.exchange(
                    proxy.port(),
                    RawClient.request("GET", "/a", "x-request-id: one\r\nX-Forwarded-For: 203.0.113.9\r\n", ""));
            assertThat(told())
                    .containsExactly(
                            "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: chat.example");
            proxy.record();
            assertThat(explain(proxy, "one")
                            .path("fields")
                            .path("X-Forwarded-For")
                            .asString())
                    .isEqualTo("replaced: the client is not in forwarded.trust");
            JsonNode line = proxy.closeAndReadLog().get(0);
            assertThat(line.path("client").asString()).isEqualTo("127.0.0.1");
            assertThat(line.has("peer")).isFalse();
        }
    }

    @Test
    void tlsBehindAHeaderOfTheProxyProtocolUntilAReload() throws Exception {
        Path certificate = directory.resolve("edge.crt");
        Path key = directory.resolve("edge.key");
        run(("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout " + key + " -out "
                        + certificate)
                .split(" ", -1));
        String tls = "    tls: {certificate: " + certificate + ", key: " + key + "}\n";
        try (RunningProxy proxy = RunningProxy.listening(
                "  - address: 127.0.0.1:0\n    proxyProtocol: true\n" + tls, sandbox.url(), directory)) {
            List<String> curl = new ArrayList<>(List.of("curl", "-sk", "-o", "-", "-w", "%{http_code}", "--http1.1"));
            String url = proxy.url() + "/a";
            curl.addAll(List.of("-H", "Host: chat.example", url));
            assertThat(run(curl.toArray(String[]::new))).isEqualTo("000");
            assertThat(proxy.metrics())
                    .contains("headgate_downstream_connections_refused_total{reason=\"proxy_protocol\"} 1.0")
                    .contains("headgate_downstream_connections_refused_total{reason=\"connections\"} 0.0")
                    .contains("headgate_downstream_connections 0.0");
            curl.add(1, "--haproxy-protocol");
            assertThat(run(curl.toArray(String[]::new))).doesNotEndWith("000");
            assertThat(told())
                    .containsExactly(
                            "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: chat.example");
            proxy.record();
            proxy.write(RunningProxy.config("  - address: 127.0.0.1:0\n" + tls, sandbox.url()));
            assertThat(proxy.reload().reloaded()).isTrue();
            curl.remove(1);
            assertThat(run(curl.toArray(String[]::new))).doesNotEndWith("000");
            proxy.record();
        }
    }
}
