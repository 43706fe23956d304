package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.headgate.NeedsTool;
import dev.headgate.config.Certificates;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Debian's Chromium, the proxy, and the sandbox: a page creates an identity, sends a message, and opens a WebSocket. */
@NeedsTool({"chromium", "openssl"})
class BrowserTest {
    private static final String PAGE = """
            <!doctype html><script>
            (async () => {
              const steps = [];
              try {
                const created = await fetch('/api/v2/guests/identities', {method: 'POST',
                  headers: {'Content-Type': 'application/json'}, body: JSON.stringify({purpose: 'chat', name: 'Ada'})});
                const guest = await created.json();
                steps.push('identity ' + created.status);
                const sent = await fetch('/api/v2/guests/messages', {method: 'POST',
                  headers: {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + guest.guest_token},
                  body: JSON.stringify({guestId: guest.guestId, conversationId: guest.conversationId, text: 'Hi'})});
                steps.push('message ' + sent.status);
                const socket = new WebSocket(location.origin.replace('http', 'ws') + '/v1?deploymentId=7a8b');
                const heard = await new Promise((resolve, reject) => {
                  socket.onerror = () => reject('WebSocket failed');
                  socket.onopen = () => socket.send(JSON.stringify({action: 'configureSession', deploymentId: '7a8b',
                    token: crypto.randomUUID ? crypto.randomUUID() : '6c5b5f2e-3f0e-4a3f-9d43-2d51a3c1f0aa',
                    tracingId: 'browser'}));
                  socket.onmessage = message => resolve(JSON.parse(message.data));
                });
                steps.push(heard.class + ' ' + heard.tracingId);
                socket.close(1000);
              } catch (e) {
                steps.push('' + e);
              }
              await fetch('/told', {method: 'POST', body: steps.join(', ')});
            })();
            </script>
            """;

    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private Sandbox sandbox;
    private HttpServer pages;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults());
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.createContext("/", exchange -> {
            byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        pages.createContext("/told", exchange -> {
            told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        pages.start();
    }

    @AfterEach
    void stop() {
        pages.stop(0);
        sandbox.close();
    }

    private RunningProxy proxy(String listener) throws Exception {
        String config = RunningProxy.config(listener, sandbox.url())
                .replace(
                        "upstreams:\n",
                        "upstreams:\n  pages:\n    url: http://127.0.0.1:"
                                + pages.getAddress().getPort() + "\n")
                .replace("  - path: /\n    upstream: genesys\n", """
                          - path: /v1
                            upstream: genesys
                            profile: webmessaging
                          - path: /
                            upstream: pages
                        """);
        return RunningProxy.of(config, directory);
    }

    private Process browse(String url) throws IOException {
        return new ProcessBuilder(Chromium.command(directory, url))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("chromium.log").toFile())
                .start();
    }

    @ParameterizedTest
    @CsvSource({"false, false, HTTP/1.1", "true, false, HTTP/1.1", "true, true, HTTP/2"})
    void aPageChats(boolean tls, boolean http2, String protocol) throws Exception {
        String listener = "  - address: 127.0.0.1:0\n";
        if (tls) {
            Certificates made = Certificates.in(directory).selfSigned("edge", "DNS:localhost,IP:127.0.0.1");
            listener += "    tls: {certificate: " + made.certificate("edge") + ", key: " + made.key("edge")
                    + "}\n    http2: " + http2 + "\n";
        }
        try (RunningProxy proxy = proxy(listener)) {
            Process browser = browse(proxy.url() + "/page");
            try {
                assertThat(told.poll(60, TimeUnit.SECONDS))
                        .as(
                                "what the page tells; Chromium says: %s",
                                Files.readString(directory.resolve("chromium.log")))
                        .isEqualTo("identity 200, message 200, SessionResponse browser");
            } finally {
                browser.descendants().forEach(ProcessHandle::destroyForcibly);
                browser.destroyForcibly().waitFor();
            }
            ExchangeRecord record;
            do {
                record = proxy.record();
                assertThat(record.protocol()).isEqualTo(protocol);
            } while (!record.path().startsWith("/v1"));
            assertThat(record.status()).isEqualTo(101);
        }
    }
}
