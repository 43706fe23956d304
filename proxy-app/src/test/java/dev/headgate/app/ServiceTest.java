package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headgate.NeedsTool;
import dev.headgate.config.ConfigLoader;
import dev.headgate.config.ConfigLoader.Loaded;
import dev.headgate.profile.BuiltInProfiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process as a service of systemd's: what it tells, how it stops, and which sockets it takes over. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@NeedsTool("perl")
class ServiceTest {
    private static final String FREE = "  - address: 127.0.0.1:0\n";
    private static final String EDGE = "  - address: systemd:edge\n";
    private static final String NOWHERE = "http://127.0.0.1:1";
    private static final String MESSAGES = RawClient.request("GET", "/api/v2/guests/messages", "", "");
    private static final String READYZ = RawClient.request("GET", "/readyz", "", "");

    @TempDir
    Path directory;

    private Path write(String config) throws IOException {
        return Files.writeString(directory.resolve("headgate.yaml"), config);
    }

    private String notifySocket() {
        return directory.resolve("notify").toString();
    }

    private static int port(String url) {
        return URI.create(url).getPort();
    }

    @Test
    void tellsSystemdOfStartReloadAndStop() throws Exception {
        Path config = write(RunningProxy.config(FREE, NOWHERE));
        Map<String, String> environment = Map.of("NOTIFY_SOCKET", notifySocket(), "WATCHDOG_USEC", "200000");
        try (NotifyListener manager = new NotifyListener(notifySocket());
                ChildProcess child = ChildProcess.run(directory, environment, "run", config.toString())) {
            assertThat(manager.next())
                    .contains("READY=1")
                    .anyMatch(line -> line.startsWith("STATUS=listening on http"));
            assertThat(manager.next()).containsExactly("WATCHDOG=1");
            assertThat(RawClient.exchange(port(child.after("headgate: listening on ")), MESSAGES)
                            .status())
                    .isEqualTo(401);

            child.hangUp();
            assertThat(manager.next("RELOADING=1")).anyMatch(line -> line.matches("MONOTONIC_USEC=[0-9]+"));
            manager.next("READY=1");
            assertThat(manager.next("WATCHDOG=1")).hasSize(1);

            child.terminate();
            assertThat(manager.next("STOPPING=1")).contains("EXTEND_TIMEOUT_USEC=40000000");
            assertThat(child.exit()).as(child.err()).isZero();
        }
    }

    @Test
    void servesDuringThePauseAndThenDrains() throws Exception {
        Path config = write(RunningProxy.config(FREE, NOWHERE) + "timeouts: {drainPause: 1500ms}\n");
        try (ChildProcess child = ChildProcess.run(config)) {
            int port = port(child.after("headgate: listening on "));
            int admin = port(child.after("headgate: admin on "));
            assertThat(RawClient.exchange(admin, READYZ).status()).isEqualTo(200);
            long asked = System.nanoTime();
            child.terminate();
            awaitDraining(admin);
            RawClient.Response answer = RawClient.exchange(port, MESSAGES);
            assertThat(answer.field("x-headgate-reason")).isEqualTo("auth.missing");
            assertThat(answer.field("connection")).isEmpty();
            assertThat(child.exit()).as(child.err()).isZero();
            assertThat(System.nanoTime() - asked).isGreaterThan(1_500_000_000L);
        }
    }

    private static void awaitDraining(int admin) throws IOException {
        RawClient.Response ready = RawClient.exchange(admin, READYZ);
        while (ready.status() == 200) {
            ready = RawClient.exchange(admin, READYZ);
        }
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.body()).isEqualToIgnoringNewLines("draining");
    }

    @Test
    void theSecondSignalEndsPauseAndDrain() throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ChildProcess child =
                        ChildProcess.run(write(RunningProxy.config(FREE, "http://127.0.0.1:" + upstream.getLocalPort())
                                + "timeouts: {drainPause: 1h, drain: 1h}\n"))) {
            upstream.setSoTimeout(20_000);
            int port = port(child.after("headgate: listening on "));
            int admin = port(child.after("headgate: admin on "));
            try (RawClient busy = new RawClient(port)) {
                busy.send(RawClient.request("GET", "/slow", "", ""));
                try (Socket held = upstream.accept()) {
                    assertThat(held.getInputStream().read()).isPositive();
                    child.terminate();
                    awaitDraining(admin);
                    child.terminate();
                    assertThat(child.exit()).isZero();
                    assertThat(child.err()).contains("drain: 1 connections broken off at the second signal");
                    assertThatExceptionOfType(IOException.class).isThrownBy(busy::read);
                }
            }
        }
    }

    @Test
    void aSocketOfSystemdOutlivesTheProcess() throws Exception {
        Path config = write(RunningProxy.config(EDGE, NOWHERE));
        Map<String, String> environment = Map.of("NOTIFY_SOCKET", notifySocket());
        try (NotifyListener manager = new NotifyListener(notifySocket());
                SocketHolder holder = new SocketHolder("tcp,tcp", "edge:spare", config, environment);
                RawClient early = new RawClient(holder.port(0))) {
            early.send(MESSAGES);
            long first = holder.start();
            assertThat(manager.next()).contains("STATUS=listening on http://127.0.0.1:" + holder.port(0));
            assertThat(early.read().status()).isEqualTo(401);
            assertThat(holder.err())
                    .contains("warning: sockets passed by systemd that no listener uses: spare (expected: ");

            write(RunningProxy.config(EDGE + "  - address: systemd:spare\n", NOWHERE));
            ChildProcess.signal("HUP", first);
            manager.next("READY=1");
            assertThat(RawClient.exchange(holder.port(1), MESSAGES).status()).isEqualTo(401);
            write(RunningProxy.config(EDGE, NOWHERE));
            ChildProcess.signal("HUP", first);
            manager.next("READY=1");
            write(RunningProxy.config(EDGE + "  - address: systemd:spare\n", NOWHERE));
            ChildProcess.signal("HUP", first);
            manager.next("READY=1");
            assertThat(RawClient.exchange(holder.port(1), MESSAGES).status()).isEqualTo(401);

            holder.terminate(first);
            assertThat(holder.exit(first)).as(holder.err()).isZero();
            try (RawClient between = new RawClient(holder.port(0))) {
                between.send(MESSAGES);
                long second = holder.start();
                assertThat(between.read().status()).isEqualTo(401);
                holder.terminate(second);
                assertThat(holder.exit(second)).as(holder.err()).isZero();
            }
        }
    }

    private void assertRefused(InheritedSockets sockets, String more, String message) throws Exception {
        Path config = write(RunningProxy.config(EDGE, NOWHERE) + "accessLog: {path: \"\"}\n" + more);
        Loaded loaded = ConfigLoader.loadWithWarnings(config, Map.of(), BuiltInProfiles.ALL.keySet());
        assertThatExceptionOfType(Server.CannotStart.class)
                .isThrownBy(() -> Server.start(
                        loaded,
                        null,
                        exchange -> {},
                        outcome -> {},
                        new Server.Environment(sockets, ServerTls.provider())))
                .withMessageStartingWith("cannot listen on systemd:edge: " + message);
    }

    private static InheritedSockets passed(String names, String pid) {
        return InheritedSockets.of(Map.of("LISTEN_FDS", "2", "LISTEN_PID", pid, "LISTEN_FDNAMES", names), 4711);
    }

    @Test
    void socketsThatAreNotThere() throws Exception {
        String epoll = "server: {transport: epoll}\n";
        assertRefused(
                passed("a:b", "4711"),
                "",
                "no socket of that name was passed to this process, or it is in use" + " (passed: a, b)");
        assertRefused(
                passed("", "4711"),
                "",
                "no socket of that name was passed to this process, or it is in use" + " (passed: unknown, unknown)");
        // Meant for another process, as for one that started this one.
        assertRefused(
                passed("edge", "4712"),
                epoll,
                "systemd passed no sockets to this process (expected: start by its socket unit, or"
                        + " systemd-socket-activate)");
        assertRefused(passed("edge", "4711"), "server: {transport: nio}\n", "server.transport: nio (expected: epoll,");
        // Whatever a JVM has opened first, it is no socket.
        assertRefused(passed("edge", "4711"), "", "file descriptor 3 is no socket (expected: a listening TCP socket)");
    }

    @Test
    void socketsThatAreNotWhatTheyShouldBe() throws Exception {
        Path config = write(RunningProxy.config(EDGE, NOWHERE));
        for (String kind : List.of("udp is no TCP socket", "deaf does not listen")) {
            String[] words = kind.split(" ", 2);
            try (SocketHolder holder = new SocketHolder(words[0], "edge", config, Map.of())) {
                assertThat(holder.exit(holder.start())).isEqualTo(2);
                assertThat(holder.err())
                        .contains("headgate: cannot listen on systemd:edge: file descriptor 3 " + words[1]
                                + " (expected: ");
            }
        }
    }
}
