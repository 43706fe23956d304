package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.headgate.NeedsTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Restarts by socket activation under load lose nothing: no connection is refused, and no request fails, though no
 * client tries again. How many restarts: {@code -Dtest.restarts=20}.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@NeedsTool("perl")
class RestartTest {
    private static final int RESTARTS = Integer.getInteger("test.restarts", 4);
    private static final long BETWEEN_REQUESTS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final String BODY = "{\"text\":\"" + "x".repeat(2000) + "\"}";

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong longest = new AtomicLong();
    private final AtomicBoolean done = new AtomicBoolean();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private HttpServer upstream;

    @BeforeEach
    void start() throws IOException {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.setExecutor(threads);
        upstream.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("x-length", Integer.toString(body.length));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        upstream.start();
    }

    @AfterEach
    void stop() {
        done.set(true);
        upstream.stop(0);
        threads.shutdownNow();
    }

    @Test
    void loseNothing() throws Exception {
        String url = "http://127.0.0.1:" + upstream.getAddress().getPort();
        Path config = Files.writeString(
                directory.resolve("headgate.yaml"),
                RunningProxy.config("  - address: systemd:edge\n", url) + "accessLog: {path: \"\"}\n");
        String socket = directory.resolve("notify").toString();
        try (NotifyListener manager = new NotifyListener(socket);
                SocketHolder holder = new SocketHolder("tcp", "edge", config, Map.of("NOTIFY_SOCKET", socket))) {
            int port = holder.port(0);
            long running = holder.start();
            manager.next("READY=1");
            List<Future<Integer>> fresh = new ArrayList<>();
            List<Future<Integer>> kept = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                fresh.add(threads.submit(() -> connectEachTime(port)));
                kept.add(threads.submit(() -> keepAlive(port)));
            }
            for (int i = 0; i < RESTARTS; i++) {
                long old = running;
                if (i % 2 == 0) {
                    // As systemd does: the next one starts when this one has ended.
                    holder.terminate(old);
                    assertThat(holder.exit(old)).as(holder.err()).isZero();
                    running = holder.start();
                    manager.next("READY=1");
                } else {
                    running = holder.start();
                    manager.next("READY=1");
                    holder.terminate(old);
                    assertThat(holder.exit(old)).as(holder.err()).isZero();
                }
            }
            done.set(true);
            int connections = sum(fresh);
            int requests = sum(kept);
            holder.terminate(running);
            assertThat(holder.exit(running)).as(holder.err()).isZero();
            System.err.printf(
                    "restarts: %d; requests on a connection each: %d; on kept connections: %d; failed: %d; longest: %d ms%n",
                    RESTARTS, connections, requests, failures.size(), longest.get());
            assertThat(failures).isEmpty();
            assertThat(holder.err()).doesNotContain("broken off");
            assertThat(List.of(connections, requests)).allMatch(count -> count > 10 * RESTARTS);
        }
    }

    private static int sum(List<Future<Integer>> counts) throws Exception {
        int sum = 0;
        for (Future<Integer> each : counts) {
            sum += each.get(30, TimeUnit.SECONDS);
        }
        return sum;
    }

    private int connectEachTime(int port) {
        int count = 0;
        while (!done.get()) {
            long began = System.nanoTime();
            try (RawClient client = new RawClient(port)) {
                client.send(RawClient.request("GET", "/fresh", "", ""));
                check(client.read(), "0");
                took(began);
            } catch (IOException e) {
                failures.add("fresh connection " + count + ": " + e);
            }
            count++;
            LockSupport.parkNanos(BETWEEN_REQUESTS);
        }
        return count;
    }

    private int keepAlive(int port) {
        int count = 0;
        while (!done.get()) {
            int onThis = 0;
            try (RawClient client = new RawClient(port)) {
                for (boolean open = true; open && !done.get(); count++, onThis++) {
                    client.send(RawClient.request("POST", "/kept", "", BODY));
                    RawClient.Response answer = client.read();
                    check(answer, Integer.toString(BODY.length()));
                    open = !answer.field("connection").equalsIgnoreCase("close");
                    LockSupport.parkNanos(BETWEEN_REQUESTS);
                }
            } catch (IOException e) {
                failures.add("request " + onThis + " of a kept connection: " + e);
            }
        }
        return count;
    }

    private void took(long began) {
        longest.accumulateAndGet(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began), Math::max);
    }

    private void check(RawClient.Response answer, String length) {
        if (answer.status() != 204 || !answer.field("x-length").equals(length)) {
            failures.add(answer.text());
        }
    }
}
