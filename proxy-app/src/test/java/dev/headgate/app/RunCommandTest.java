package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RunCommandTest {
    private static final String FREE = "  - address: 127.0.0.1:0\n";
    private static final String NOWHERE = "http://127.0.0.1:1";

    @TempDir
    Path directory;

    private Path write(String config) throws IOException {
        return Files.writeString(directory.resolve("headgate.yaml"), config);
    }

    private void assertRefused(Path config, String message) throws Exception {
        try (ChildProcess child = ChildProcess.run(config)) {
            assertThat(child.exit()).as(child.err()).isEqualTo(2);
            assertThat(child.err()).contains(message).doesNotContain("\tat ", "Exception");
            assertThat(child.out()).isEmpty();
        }
    }

    @Test
    void aBadConfiguration() throws Exception {
        Path config = write(RunningProxy.config(FREE, NOWHERE) + "limits:\n  head: 0B\n");
        int line = (int) Files.readString(config).lines().count();
        assertRefused(config, config + ":" + line + ":9: limits.head: 0B (expected: ");
    }

    @Test
    void aMissingFile() throws Exception {
        Path config = directory.resolve("absent.yaml");
        assertRefused(config, config.toString());
    }

    @Test
    void aBusyPort() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + busy.getLocalPort();
            assertRefused(
                    write(RunningProxy.config("  - address: " + address + "\n", NOWHERE)),
                    "headgate: cannot listen on " + address + ": address already in use\n");
        }
    }

    @Test
    void aBusyAdminPort() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + busy.getLocalPort();
            String config = RunningProxy.config(FREE, NOWHERE)
                    .replace("admin:\n  address: 127.0.0.1:0", "admin:\n  address: " + address);
            assertRefused(write(config), "headgate: cannot listen on " + address + ": address already in use\n");
        }
    }

    @Test
    void certificatesThatAreNone() throws Exception {
        Path certificate = Files.writeString(directory.resolve("edge.crt"), "no certificate\n");
        Path key = Files.writeString(directory.resolve("edge.key"), "no key\n");
        String listener = "  - address: 127.0.0.1:0\n    tls: {certificate: " + certificate + ", key: " + key + "}\n";
        assertRefused(write(RunningProxy.config(listener, NOWHERE)), certificate.toString());
    }

    @Test
    void certificatesThatAreMissing() throws Exception {
        String listener = "  - address: 127.0.0.1:0\n    tls: {certificate: absent.crt, key: absent.key}\n";
        assertRefused(write(RunningProxy.config(listener, NOWHERE)), "absent.crt");
    }

    @Test
    void anAccessLogThatCannotBeOpened() throws Exception {
        Path log = directory.resolve("absent").resolve("access.log");
        assertRefused(write(RunningProxy.config(FREE, NOWHERE) + "accessLog:\n  path: " + log + "\n"), log.toString());
    }

    @Test
    void sigtermLetsAnExchangeEnd() throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ChildProcess child = ChildProcess.run(
                        write(RunningProxy.config(FREE, "http://127.0.0.1:" + upstream.getLocalPort())))) {
            upstream.setSoTimeout(20_000);
            String url = child.after("headgate: listening on ");
            String admin = child.after("headgate: admin on ");
            assertThat(List.of(url, admin)).allMatch(text -> text.matches("http://127\\.0\\.0\\.1:[1-9][0-9]*"));
            int port = URI.create(url).getPort();
            int adminPort = URI.create(admin).getPort();
            assertThat(RawClient.exchange(adminPort, RawClient.request("GET", "/readyz", "", ""))
                            .status())
                    .isEqualTo(200);

            try (RawClient idle = new RawClient(port);
                    RawClient busy = new RawClient(port)) {
                idle.send(RawClient.request("GET", "/api/v2/guests/messages", "", ""));
                assertThat(idle.read().status()).isEqualTo(401);
                busy.send(RawClient.request("GET", "/slow", "x-request-id: slow-1\r\n", ""));
                try (Socket held = upstream.accept()) {
                    byte[] first = held.getInputStream().readNBytes(13);
                    assertThat(new String(first, StandardCharsets.ISO_8859_1)).isEqualTo("GET /slow HTT");

                    child.terminate();
                    assertThat(idle.ended()).isTrue();
                    // The listener is closed before connections are.
                    Assertions.assertThatExceptionOfType(ConnectException.class)
                            .isThrownBy(() -> new RawClient(port).close());

                    held.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"
                                    .getBytes(StandardCharsets.ISO_8859_1));
                    RawClient.Response answer = busy.read();
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo("done");
                    assertThat(answer.field("connection")).isEqualToIgnoringCase("close");
                    assertThat(busy.ended()).isTrue();
                }
            }
            assertThat(child.exit()).as(child.err()).isZero();
            List<JsonNode> log =
                    child.out().lines().map(RunningProxy.JSON::readTree).toList();
            assertThat(log).hasSize(2);
            assertThat(log.get(0).path("reason").asString()).isEqualTo("auth.missing");
            assertThat(log.get(1).path("request_id").asString()).isEqualTo("slow-1");
            assertThat(log.get(1).path("status").asInt()).isEqualTo(200);
            assertThat(log.get(1).has("aborted")).isFalse();
        }
    }
}
