package dev.headgate.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import dev.headgate.capture.CaptureSettings.Compression;
import dev.headgate.netty.CapturedExchange;
import dev.headgate.netty.Captures;
import dev.headgate.observe.Exchanges;
import dev.headgate.session.KeyedHash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The files of a capture, and what happens where they cannot be written. */
@Timeout(30)
class CaptureTest {
    private static final KeyedHash HASH = new KeyedHash(1, 2);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T16:00:00.123Z"));

    @TempDir
    Path directory;

    private static CaptureSettings settings(long size, int keep, Compression compress) {
        return new CaptureSettings(
                1024, size, Duration.ofHours(1), keep, compress, Duration.ofMillis(1), List.of(), List.of());
    }

    private CaptureFiles files(CaptureFiles.Opener opener) {
        return new CaptureFiles(directory, now::get, opener);
    }

    private Capture start(CaptureSettings settings) throws IOException {
        return Capture.start(directory, HASH, now::get, settings);
    }

    /** What a test waits for. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws IOException {
        while (!condition.holds()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static CapturedExchange exchange(Capture capture, String target) {
        return Captures.exchange(capture, target, Exchanges.good().record());
    }

    private static void write(Capture capture, int count) throws IOException {
        long before = capture.written();
        for (int i = 0; i < count; i++) {
            capture.captured(exchange(capture, "/" + i));
        }
        await(() -> capture.written() == before + count);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private String text(String name) throws IOException {
        try (InputStream raw = Files.newInputStream(directory.resolve(name));
                InputStream in = name.endsWith(".zst")
                        ? new ZstdInputStream(raw)
                        : name.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void aFileThatIsLargeEnoughIsClosedAndCompressedAndTheOldestGo() throws Exception {
        Capture capture = start(settings(1, 2, Compression.GZIP));
        for (int i = 0; i < 4; i++) {
            write(capture, 1);
            now.updateAndGet(t -> t.plusMillis(1));
            int closed = Math.min(i + 1, 2);
            await(() -> names().size() == closed && names().stream().allMatch(n -> n.endsWith(".gz")));
        }
        capture.close();

        assertThat(names())
                .hasSize(2)
                .allMatch(name -> name.matches("capture-20261125T160000\\.12[56]Z-[0-9a-f]{6}\\.ndjson\\.gz"));
        assertThat(text(names().get(1))).contains("\"target\":\"/0\"").endsWith("}\n");
        assertThat(capture.bytes()).isEqualTo(4L * text(names().get(1)).length());
    }

    @Test
    void aFileThatIsOldEnoughIsClosed() throws Exception {
        Capture capture = start(settings(1 << 20, 0, Compression.NONE));
        write(capture, 2);
        assertThat(names()).hasSize(1);
        now.updateAndGet(t -> t.plus(Duration.ofHours(1)));
        write(capture, 1);
        // What is written with the look at the clock still goes to the file of before, or to the next one.
        now.updateAndGet(t -> t.plus(Duration.ofHours(1)));
        write(capture, 1);
        capture.close();

        assertThat(names()).hasSizeBetween(2, 3).allMatch(name -> name.endsWith(".ndjson"));
        int lines = 0;
        for (String name : names()) {
            lines += (int) text(name).lines().count();
        }
        assertThat(lines).isEqualTo(4);
    }

    @Test
    void whatAProcessHasLeftOpenIsCompressedWithItsTornLineAndNeverContinued() throws Exception {
        String left = "capture-20261125T150000.000Z-0a1b2c.ndjson";
        Files.writeString(directory.resolve(left), "{\"version\":1}\n{\"vers");
        Files.writeString(directory.resolve(left + ".zst.part"), "half");
        Capture capture = start(settings(1 << 20, 0, Compression.ZSTD));
        await(() -> names().equals(List.of(left + ".zst")));
        write(capture, 1);
        capture.close();

        assertThat(names()).hasSize(2).contains(left + ".zst");
        assertThat(text(left + ".zst")).isEqualTo("{\"version\":1}\n{\"vers");
    }

    @Test
    void aFileThatAnotherProcessWritesToIsLeftAlone() throws Exception {
        String theirs = "capture-20261125T150000.000Z-0a1b2c.ndjson";
        Files.writeString(directory.resolve(theirs), "{}\n");
        // A lock of this process looks like one of another.
        try (FileChannel other = FileChannel.open(directory.resolve(theirs), StandardOpenOption.WRITE)) {
            other.lock();
            Capture capture = start(settings(1, 1, Compression.ZSTD));
            write(capture, 1);
            await(() -> names().stream().anyMatch(name -> name.endsWith(".zst")));
            capture.close();
            assertThat(names()).contains(theirs);
        }
    }

    @Test
    void aFullDiskDropsAndCountsAndIsTriedAgain() throws Exception {
        Path full = Path.of("/dev/full");
        AtomicReference<Path> instead = new AtomicReference<>(full);
        CaptureFiles files = files(path -> instead.get() == null
                ? CaptureFiles.create(path)
                : FileChannel.open(instead.get(), StandardOpenOption.WRITE));
        Capture capture = Capture.start(files, HASH, settings(1 << 20, 0, Compression.NONE));
        for (int i = 0; i < 3; i++) {
            capture.captured(exchange(capture, "/lost"));
        }
        await(() -> capture.droppedByDisk() == 3);
        assertThat(capture.written()).isZero();

        instead.set(null);
        await(() -> {
            capture.captured(exchange(capture, "/kept"));
            return capture.written() > 0;
        });
        capture.close();
        assertThat(text(names().get(0))).contains("/kept").doesNotContain("/lost");
    }

    @Test
    void aDefectIsCountedAsOneAndTheNextIsWritten() throws Exception {
        AtomicBoolean defect = new AtomicBoolean(true);
        CaptureFiles files = files(path -> {
            if (defect.get()) {
                throw new IllegalStateException("a defect");
            }
            return CaptureFiles.create(path);
        });
        Capture capture = Capture.start(files, HASH, settings(1 << 20, 0, Compression.NONE));
        capture.captured(exchange(capture, "/lost"));
        await(() -> capture.droppedByDefect() == 1);
        assertThat(capture.droppedByDisk()).isZero();

        defect.set(false);
        write(capture, 1);
        capture.close();
        assertThat(text(names().get(0))).doesNotContain("/lost");
    }

    @Test
    void aDirectoryThatIsDeletedIsMadeAgain() throws Exception {
        Path captures = directory.resolve("c");
        Capture capture = Capture.start(captures, HASH, now::get, settings(1 << 20, 0, Compression.NONE));
        write(capture, 1);
        try (Stream<Path> all = Files.list(captures)) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(captures);
        await(() -> {
            capture.captured(exchange(capture, "/after"));
            return Files.isDirectory(captures);
        });
        assertThat(capture.droppedByDisk()).isPositive();
        capture.close();
        try (Stream<Path> all = Files.list(captures)) {
            assertThat(Files.readString(all.findFirst().orElseThrow())).contains("/after");
        }
    }

    @Test
    void aQueueThatIsFullDropsAndCountsAndNobodyWaits() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        CaptureFiles files = files(path -> {
            try {
                stalled.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return CaptureFiles.create(path);
        });
        Capture capture = Capture.start(files, HASH, settings(1 << 30, 0, Compression.NONE));
        int count = 0;
        long begin = System.nanoTime();
        while (capture.droppedByQueue() < 10) {
            capture.captured(exchange(capture, "/" + count++));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        assertThat(count).isGreaterThan(10_000);
        int offered = count;
        stalled.countDown();
        await(() -> capture.written() + capture.droppedByQueue() == offered);
        write(capture, 1);
        capture.close();
        assertThat(capture.droppedByQueue()).isEqualTo(10);
    }

    @Test
    void memoryForBodiesIsBounded() throws Exception {
        Capture capture = start(settings(1 << 20, 0, Compression.NONE));
        int held = 0;
        while (capture.hold(1 << 20)) {
            held++;
        }
        capture.close();
        assertThat(held).isEqualTo(64);
    }

    @Test
    void whatIsNoDirectoryIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> Capture.start(file, HASH, now::get, settings(1, 0, Compression.NONE)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("capture.path: " + file + ": ");
    }
}
