package dev.headgate.app;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager how the process fares (sd_notify(3)): {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and
 * {@code WATCHDOG_PID}. Without {@code NOTIFY_SOCKET} it does nothing. Blocks for a second at most; thread-safe.
 */
final class ServiceNotifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceNotifier.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(10);
    /** What closing takes after the drain, at most. */
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final @Nullable DomainSocketAddress manager;
    private final Duration watchdog;
    private final CountDownLatch closed = new CountDownLatch(1);
    private String serving = "";
    private boolean stopping;
    private boolean failed;

    private ServiceNotifier(@Nullable DomainSocketAddress manager, Duration watchdog) {
        this.manager = manager;
        this.watchdog = watchdog;
    }

    /** @param pid of this process */
    static ServiceNotifier of(Map<String, String> environment, long pid) {
        String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (socket.isEmpty()) {
            return new ServiceNotifier(null, Duration.ZERO);
        }
        if (!socket.startsWith("/") && !socket.startsWith("@")) {
            LOG.warn("NOTIFY_SOCKET: {} (expected: a path or an @name); systemd is told nothing", socket);
            return new ServiceNotifier(null, Duration.ZERO);
        }
        if (!Epoll.isAvailable()) {
            LOG.warn("NOTIFY_SOCKET: unusable without Netty's native library; systemd is told nothing");
            return new ServiceNotifier(null, Duration.ZERO);
        }
        String path = socket.startsWith("@") ? "\0" + socket.substring(1) : socket;
        return new ServiceNotifier(new DomainSocketAddress(path), watchdog(environment, pid));
    }

    private static Duration watchdog(Map<String, String> environment, long pid) {
        String microseconds = environment.getOrDefault("WATCHDOG_USEC", "");
        String whose = environment.getOrDefault("WATCHDOG_PID", "");
        boolean ours = whose.isEmpty() || whose.equals(Long.toString(pid));
        return ours && microseconds.matches("[0-9]{1,18}")
                ? Duration.of(Long.parseLong(microseconds), ChronoUnit.MICROS)
                : Duration.ZERO;
    }

    /** All is bound. */
    synchronized void ready(String status) {
        serving = status;
        send("READY=1\nSTATUS=" + status);
    }

    /** The configuration is about to be loaded again. */
    synchronized void reloading() {
        if (!stopping) {
            // On Linux nanoTime is CLOCK_MONOTONIC, by which the manager tells this reload from an earlier one.
            send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000 + "\nSTATUS=loading the configuration");
        }
    }

    /** The reload is over; the process serves in either case. */
    synchronized void reloaded(boolean successfully) {
        if (!stopping) {
            send("READY=1\nSTATUS=" + serving + (successfully ? "" : "; the last reload failed"));
        }
    }

    /** @param atMost the pause and the drain together */
    synchronized void stopping(Duration atMost) {
        stopping = true;
        send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + atMost.plus(CLOSING).toNanos() / 1000 + "\nSTATUS=draining for up to "
                + atMost.toSeconds() + " s");
    }

    /**
     * Tells that the process is alive, twice in each of the manager's intervals, as long as it is; if the manager asks
     * for that.
     *
     * @param sign asked each time; completes when the process is found alive
     */
    void watch(Supplier<CompletableFuture<?>> sign) {
        if (manager == null || watchdog.isZero()) {
            return;
        }
        Duration half = watchdog.dividedBy(2);
        Thread thread = new Thread(() -> watch(sign, half), "watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(Supplier<CompletableFuture<?>> sign, Duration interval) {
        try {
            do {
                try {
                    sign.get().get(interval.toNanos(), TimeUnit.NANOSECONDS);
                    send("WATCHDOG=1");
                } catch (TimeoutException | ExecutionException e) {
                    LOG.error("watchdog: an event loop has not answered within {}", interval);
                }
            } while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException e) {
            LOG.debug("watchdog: the event loops have ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One datagram; a manager that cannot be reached is complained of once. */
    private synchronized void send(String state) {
        if (manager == null) {
            return;
        }
        byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
        ByteBuffer datagram = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        Socket socket = Socket.newSocketDomainDgram();
        try {
            socket.connect(manager);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (socket.send(datagram, 0, bytes.length) == 0) {
                // Its queue is full.
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("the socket takes nothing");
                }
                TimeUnit.NANOSECONDS.sleep(BETWEEN_TRIES.toNanos());
            }
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                LOG.warn("NOTIFY_SOCKET: systemd cannot be told: {}", e.toString());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(socket);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("NOTIFY_SOCKET: {}", e.toString());
        }
    }

    /** Ends the watchdog's thread. */
    @Override
    public void close() {
        closed.countDown();
    }
}
