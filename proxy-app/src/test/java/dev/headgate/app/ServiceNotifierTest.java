package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServiceNotifierTest {
    private static final long PID = 4711;

    @TempDir
    Path directory;

    private String path() {
        return directory.resolve("notify").toString();
    }

    @Test
    void aWholeLife() throws Exception {
        try (NotifyListener manager = new NotifyListener(path());
                ServiceNotifier notifier = ServiceNotifier.of(Map.of("NOTIFY_SOCKET", path()), PID)) {
            notifier.ready("listening on http://[::]:8080");
            assertThat(manager.next()).containsExactly("READY=1", "STATUS=listening on http://[::]:8080");

            long before = System.nanoTime() / 1000;
            notifier.reloading();
            assertThat(manager.next())
                    .satisfiesExactly(
                            line -> assertThat(line).isEqualTo("RELOADING=1"),
                            line -> assertThat(Long.parseLong(line.replace("MONOTONIC_USEC=", "")))
                                    .isBetween(before, System.nanoTime() / 1000),
                            line -> assertThat(line).startsWith("STATUS="));
            notifier.reloaded(true);
            assertThat(manager.next()).containsExactly("READY=1", "STATUS=listening on http://[::]:8080");
            notifier.reloaded(false);
            assertThat(manager.next())
                    .containsExactly("READY=1", "STATUS=listening on http://[::]:8080; the last reload failed");

            notifier.stopping(Duration.ofSeconds(35));
            assertThat(manager.next())
                    .containsExactly("STOPPING=1", "EXTEND_TIMEOUT_USEC=45000000", "STATUS=draining for up to 35 s");
            notifier.reloading();
            notifier.reloaded(true);
            assertThat(manager.poll()).as("after STOPPING=1").isNull();
        }
    }

    @Test
    void anAbstractName() throws Exception {
        String name = "@headgate-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        try (NotifyListener manager = new NotifyListener(name);
                ServiceNotifier notifier = ServiceNotifier.of(Map.of("NOTIFY_SOCKET", name), PID)) {
            notifier.ready("serving");
            assertThat(manager.next()).containsExactly("READY=1", "STATUS=serving");
        }
    }

    @Test
    void theWatchdogIsFedWhileTheProcessAnswers() throws Exception {
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", path(), "WATCHDOG_USEC", "100000", "WATCHDOG_PID", Long.toString(PID));
        CountDownLatch asked = new CountDownLatch(5);
        try (NotifyListener manager = new NotifyListener(path());
                ServiceNotifier notifier = ServiceNotifier.of(environment, PID)) {
            notifier.watch(() -> {
                asked.countDown();
                return asked.getCount() > 2 ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
            });
            assertThat(manager.next()).containsExactly("WATCHDOG=1");
            assertThat(manager.next()).containsExactly("WATCHDOG=1");
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(manager.poll()).as("hanging").isNull();
        }
    }

    @Test
    void theWatchdogOfAnotherProcess() throws Exception {
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", path(), "WATCHDOG_USEC", "1000", "WATCHDOG_PID", Long.toString(PID + 1));
        try (NotifyListener manager = new NotifyListener(path());
                ServiceNotifier notifier = ServiceNotifier.of(environment, PID)) {
            notifier.watch(() -> {
                throw new AssertionError("asked");
            });
            notifier.ready("serving");
            assertThat(manager.next()).contains("READY=1");
            assertThat(manager.poll()).isNull();
        }
    }

    @Test
    void whereNobodyListensNothingHappens() {
        for (Map<String, String> environment : java.util.List.of(
                Map.<String, String>of(),
                Map.of("NOTIFY_SOCKET", ""),
                Map.of("NOTIFY_SOCKET", "vsock:2:1"),
                Map.of("NOTIFY_SOCKET", path()))) {
            try (ServiceNotifier notifier = ServiceNotifier.of(environment, PID)) {
                notifier.ready("serving");
                notifier.stopping(Duration.ZERO);
            }
        }
    }
}
