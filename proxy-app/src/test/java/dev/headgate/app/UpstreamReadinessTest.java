package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A name without an address at the start keeps the edge from being ready; later none does. */
class UpstreamReadinessTest {
    private static final String LISTENER = "  - address: 127.0.0.1:0\n";
    private static final String NOWHERE = RunningProxy.config(LISTENER, "http://genesys.invalid");
    private static final String LOCAL = RunningProxy.config(LISTENER, "http://localhost:1");

    @TempDir
    Path directory;

    private static HttpResponse<String> readiness(RunningProxy proxy) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(proxy.adminUrl() + "/readyz"))
                                .build(),
                        BodyHandlers.ofString());
    }

    @Test
    void notReadyUntilEachNameHasHadAnAddress() throws Exception {
        try (RunningProxy proxy = RunningProxy.of(NOWHERE, directory)) {
            HttpResponse<String> answer = readiness(proxy);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).startsWith("not ready: upstream genesys: genesys.invalid does not resolve");
            assertThat(proxy.metrics()).contains("headgate_upstream_up{upstream=\"genesys\"} 0");

            proxy.write(LOCAL);
            assertThat(proxy.reload().reloaded()).isTrue();
            long start = System.nanoTime();
            while (readiness(proxy).statusCode() != 200) {
                assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
            }
            proxy.write(NOWHERE);
            assertThat(proxy.reload().reloaded()).isTrue();
            assertThat(readiness(proxy).statusCode()).isEqualTo(200);
        }
    }
}
