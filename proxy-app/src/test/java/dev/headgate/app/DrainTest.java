package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.OwnThread;
import dev.headgate.admin.ReloadOutcome;
import dev.headgate.config.ConfigException;
import dev.headgate.config.ConfigLoader;
import dev.headgate.config.ConfigLoader.Loaded;
import dev.headgate.netty.ExchangeListener;
import dev.headgate.observe.LoggedLines;
import dev.headgate.profile.BuiltInProfiles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DrainTest {
    private static final String ASKED = RawClient.request("GET", "/api/v2/guests/messages", "", "");
    private static final String CONFIG =
            RunningProxy.config("  - address: 127.0.0.1:0\n", "http://127.0.0.1:1") + "accessLog: {path: \"\"}\n";

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<ReloadOutcome> outcomes = new LinkedBlockingQueue<>();

    private Server start(String more, ExchangeListener also) throws Exception {
        Files.writeString(file(), CONFIG + more);
        return Server.start(load(), this::load, also, outcomes::add);
    }

    private Path file() {
        return directory.resolve("headgate.yaml");
    }

    private Loaded load() throws ConfigException {
        return ConfigLoader.loadWithWarnings(file(), Map.of(), BuiltInProfiles.ALL.keySet());
    }

    private static int port(String url) {
        return URI.create(url).getPort();
    }

    @Test
    void nothingIsReloadedWhileItDrains() throws Exception {
        String pause = "timeouts: {drainPause: 1h}\n";
        try (Server server = start(pause, exchange -> {})) {
            int admin = port(server.adminUrl());
            CompletableFuture<Void> drain = OwnThread.run(server::drain);
            String ready = RawClient.request("GET", "/readyz", "", "");
            long start = System.nanoTime();
            while (RawClient.exchange(admin, ready).status() != 503) {
                assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
            }
            Files.writeString(file(), CONFIG + pause + "guard: {mode: observe}\n");

            RawClient.Response refused = RawClient.exchange(
                    admin,
                    "POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            assertThat(refused.status()).as(refused.body()).isEqualTo(409);
            assertThat(refused.json().path("reloaded").asBoolean(true)).isFalse();
            assertThat(refused.json().path("errors").path(0).asString())
                    .isEqualTo("draining (expected: a reload before the signal to stop)");
            server.reload();
            assertThat(RawClient.exchange(port(server.urls().get(0)), ASKED).status())
                    .as("by the configuration of before")
                    .isEqualTo(401);

            server.hurry();
            drain.get(20, TimeUnit.SECONDS);
            assertThat(outcomes).isEmpty();
            assertThat(server.metrics().scrape(null)).doesNotContain("headgate_config_reloads_total{");
        }
    }

    @Test
    void aStuckEventLoopDoesNotKeepItFromEnding() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch freed = new CountDownLatch(1);
        ExchangeListener sticks = exchange -> {
            stuck.countDown();
            try {
                freed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        Duration limit = Duration.ofSeconds(2);
        try (LoggedLines lines = new LoggedLines();
                Server server = start("server: {threads: 1}\ntimeouts: {drain: 2s}\n", sticks);
                RawClient client = new RawClient(port(server.urls().get(0)))) {
            client.send(ASKED);
            assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
            try {
                long start = System.nanoTime();
                OwnThread.run(server::drain).get(20, TimeUnit.SECONDS);
                // It waits a second for the listener, and one for each of three questions that may be behind the limit.
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(limit, limit.plusSeconds(4).plusSeconds(5));
                assertThat(lines.next("WARN drain: "))
                        .isEqualTo("WARN drain: incomplete: an event loop does not answer");
            } finally {
                freed.countDown();
            }
        }
    }
}
