package dev.headgate.capture;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.headgate.capture.CaptureSettings.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of the closed files of a capture: they are compressed, and the oldest deleted. For one thread; blocks. */
final class CaptureArchive {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureArchive.class);
    private static final int BLOCK = 128 << 10;
    /** The faster ones are negative; lines that are alike get small with any. */
    private static final int ZSTD_LEVEL = -3;

    /** Of a file that is not complete. */
    private static final String PART = ".part";

    private final CaptureFiles files;

    CaptureArchive(CaptureFiles files) {
        this.files = files;
    }

    /**
     * Compresses what is not, and deletes what is too much.
     *
     * @throws InterruptedIOException if the thread was interrupted: what was begun is done anew next time
     */
    void tidy(CaptureSettings settings) throws InterruptedIOException {
        try {
            if (settings.compress() != Compression.NONE) {
                for (Path file : files.closed()) {
                    boolean plain = file.toString().endsWith(CaptureFiles.OPEN_ENDING);
                    if (plain && CaptureFiles.isAbandoned(file)) {
                        compress(file, settings.compress());
                    }
                }
            }
            List<Path> all = files.closed();
            for (int i = 0; settings.keep() > 0 && i < all.size() - settings.keep(); i++) {
                if (!all.get(i).toString().endsWith(CaptureFiles.OPEN_ENDING) || CaptureFiles.isAbandoned(all.get(i))) {
                    Files.deleteIfExists(all.get(i));
                }
            }
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn("capture.path: cannot tidy up: {}", e.toString());
        }
    }

    private void compress(Path file, Compression how) throws IOException {
        if (Files.size(file) == 0) {
            Files.deleteIfExists(file);
            return;
        }
        Path part = Path.of(file + how.ending() + PART);
        Files.deleteIfExists(part);
        try {
            FileChannel made = CaptureFiles.create(part);
            try (InputStream in = Files.newInputStream(file);
                    made;
                    OutputStream out = compressed(Channels.newOutputStream(made), how)) {
                copy(in, out);
            }
            Files.move(part, Path.of(file + how.ending()), StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(file);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
    }

    private static OutputStream compressed(OutputStream to, Compression how) throws IOException {
        return how == Compression.GZIP
                ? new GZIPOutputStream(to, BLOCK)
                : new ZstdOutputStreamNoFinalizer(to, ZSTD_LEVEL);
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            out.write(block, 0, n);
        }
    }
}
