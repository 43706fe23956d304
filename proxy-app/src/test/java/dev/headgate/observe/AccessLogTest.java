package dev.headgate.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class AccessLogTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory;

    /** Holds its writer until opened. */
    private static final class Stalled extends OutputStream {
        final CountDownLatch open = new CountDownLatch(1);
        final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            throw new AssertionError("lines are written in batches");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            written.write(bytes, offset, length);
        }
    }

    @Test
    void appendsToAFileThatOnlyOwnerAndGroupMayRead() throws Exception {
        Path file = directory.resolve("access.log");
        for (int i = 0; i < 2; i++) {
            try (AccessLog log = AccessLog.open(file.toString())) {
                log.finished(Exchanges.full().record());
                log.finished(Exchanges.bare().record());
            }
        }
        assertThat(Files.readAllLines(file))
                .hasSize(4)
                .allSatisfy(
                        line -> assertThat(JSON.readTree(line).get("request_id").stringValue())
                                .isEqualTo("018bcfe5-6800-7000-8000-000000000001"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void goesOnInANewFileOnceTheOldOneWasRenamed() throws Exception {
        Path file = directory.resolve("access.log");
        Path rotated = directory.resolve("access.log.1");
        try (AccessLog log = AccessLog.open(file.toString())) {
            log.finished(Exchanges.full().record());
            while (Files.size(file) == 0) {
                Thread.onSpinWait();
            }
            Files.move(file, rotated);
            log.reopen();
            log.finished(Exchanges.bare().record());
        }
        assertThat(Files.readAllLines(rotated)).hasSize(1);
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void namesThePathThatCannotBeOpened() {
        String path = directory.resolve("missing/access.log").toString();
        assertThatThrownBy(() -> AccessLog.open(path))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("accessLog.path: cannot open " + path);
        assertThatThrownBy(() -> AccessLog.open("a\0b")).isInstanceOf(IOException.class);
    }

    @Test
    void writesNothingWithoutAPath() throws Exception {
        AccessLog log = AccessLog.open("");
        log.finished(Exchanges.good().record());
        log.close();
        log.finished(Exchanges.good().record());
        assertThat(log.dropped()).isZero();
    }

    @Test
    void keepsTheOrderOfOneCaller() {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        AccessLog log = AccessLog.to(sink, Duration.ofSeconds(10));
        Exchanges exchange = Exchanges.good();
        for (int i = 0; i < 5000; i++) {
            exchange.requestId = "id-" + i;
            log.finished(exchange.record());
        }
        log.close();
        String[] lines = sink.toString(StandardCharsets.US_ASCII).split("\n");
        assertThat(lines).hasSize(5000);
        for (int i = 0; i < lines.length; i++) {
            assertThat(lines[i]).contains("\"request_id\":\"id-" + i + "\"");
        }
        assertThat(log.dropped()).isZero();
    }

    @Test
    void dropsAndCountsRatherThanWaits() {
        int sent = 20_000;
        Stalled sink = new Stalled();
        AccessLog log = AccessLog.to(sink, Duration.ofSeconds(10));
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < sent; i++) {
                log.finished(Exchanges.good().record());
            }
        });
        assertThat(log.dropped()).isBetween(1L, (long) sent - 1);
        sink.open.countDown();
        log.close();
        long written = sink.written.toString(StandardCharsets.US_ASCII).lines().count();
        assertThat(written + log.dropped()).isEqualTo(sent);
    }

    @Test
    void closesInTimeThoughTheSinkStalls() {
        Stalled sink = new Stalled();
        AccessLog log = AccessLog.to(sink, Duration.ofMillis(50));
        for (int i = 0; i < 100; i++) {
            log.finished(Exchanges.good().record());
        }
        assertTimeoutPreemptively(Duration.ofSeconds(5), log::close);
        sink.open.countDown();
    }

    @Test
    void countsWhatComesAfterTheEnd() {
        AccessLog log = AccessLog.to(new ByteArrayOutputStream(), Duration.ofSeconds(10));
        log.close();
        log.finished(Exchanges.good().record());
        log.close();
        assertThat(log.dropped()).isEqualTo(1);
    }

    @Test
    void goesOnAfterAWriteHasFailed() throws Exception {
        LinkedBlockingQueue<String> writes = new LinkedBlockingQueue<>();
        CountDownLatch failed = new CountDownLatch(1);
        AccessLog log = AccessLog.to(
                new OutputStream() {
                    @Override
                    public void write(int b) {}

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        if (failed.getCount() > 0) {
                            failed.countDown();
                            throw new IOException("No space left on device");
                        }
                        writes.add(new String(bytes, offset, length, StandardCharsets.US_ASCII));
                    }
                },
                Duration.ofSeconds(10));
        log.finished(Exchanges.good().record());
        assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
        log.finished(Exchanges.good().record());
        assertThat(writes.poll(10, TimeUnit.SECONDS)).startsWith("\n{\"time\"").endsWith("}\n");
        assertThat(log.dropped()).isEqualTo(1);
        log.close();
    }
}
