package dev.headgate.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of a capture in their directory: one that is open, and those that are closed. A file is only ever written to
 * by the process that made it, which holds a lock on it. For one thread, but for {@link #closed}, {@link #isAbandoned}
 * and {@link #close}.
 */
final class CaptureFiles {
    /** What opens a file, so that a test can have one that fails. */
    @FunctionalInterface
    interface Opener {
        FileChannel open(Path path) throws IOException;
    }

    static final String OPEN_ENDING = ".ndjson";

    private static final Pattern NAME =
            Pattern.compile("capture-\\d{8}T\\d{6}\\.\\d{3}Z-[0-9a-f]{6}\\.ndjson(\\.zst|\\.gz)?");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Path directory;
    private final InstantSource clock;
    private final Opener opener;
    private final SecureRandom random = new SecureRandom();
    private volatile @Nullable Path path;
    private @Nullable FileChannel channel;
    private long length;
    private long opened;
    private boolean dirty;

    /** @param opener {@link #create} but for tests */
    CaptureFiles(Path directory, InstantSource clock, Opener opener) {
        this.directory = directory;
        this.clock = clock;
        this.opener = opener;
    }

    /**
     * Makes the directory where it is not there.
     *
     * @throws IOException if it cannot be made or written to
     */
    void prepare() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, owner(directory, "rwx------"));
        }
        if (!Files.isWritable(directory)) {
            throw new IOException("not writable");
        }
    }

    private static FileAttribute<?>[] owner(Path of, String permissions) {
        boolean posix = of.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Opens a file for its owner alone, which must be new, and locks it. */
    static FileChannel create(Path file) throws IOException {
        FileChannel made = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner(file, "rw-------"));
        try {
            made.tryLock();
            return made;
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /**
     * Writes to the open file, a new one where there is none.
     *
     * @throws IOException if not all of it could be written: then nothing of it is there, or it is in a file that is
     *     closed behind it
     */
    void write(byte[] bytes, int count) throws IOException {
        FileChannel to = channel == null ? open() : channel;
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
            while (buffer.hasRemaining()) {
                to.write(buffer);
            }
            length += count;
            dirty = true;
        } catch (IOException e) {
            giveUp(to);
            throw e;
        }
    }

    private FileChannel open() throws IOException {
        prepare();
        byte[] suffix = new byte[3];
        random.nextBytes(suffix);
        Instant now = clock.instant();
        Path next = directory.resolve(
                "capture-" + TIME.format(now) + "-" + HexFormat.of().formatHex(suffix) + OPEN_ENDING);
        FileChannel made = opener.open(next);
        path = next;
        channel = made;
        length = 0;
        opened = now.toEpochMilli();
        return made;
    }

    /** A part of a line may have been written: it is taken back, and the file is not used any more. */
    private void giveUp(FileChannel of) {
        channel = null;
        dirty = false;
        Path file = path;
        path = null;
        try (of) {
            of.truncate(length);
            if (length == 0 && file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // Its last line is torn, which readers pass over.
        }
    }

    /** Whether the open file is still where it was made. */
    boolean isLost() {
        Path file = path;
        return channel != null && file != null && !Files.exists(file);
    }

    /** Forgets the open file. */
    void drop() {
        FileChannel of = channel;
        if (of != null) {
            length = 0;
            giveUp(of);
        }
    }

    /** Forces what was written to the disk. */
    void sync() throws IOException {
        if (channel != null && dirty) {
            dirty = false;
            channel.force(false);
        }
    }

    /** Whether the open file is to be closed. */
    boolean isFull(long size, Duration age) {
        return channel != null && (length >= size || clock.millis() - opened >= age.toMillis());
    }

    /** Closes the open file; gives its path, null where none is open. */
    @Nullable
    Path close() throws IOException {
        FileChannel of = channel;
        Path file = path;
        channel = null;
        dirty = false;
        if (of == null) {
            return null;
        }
        path = null;
        try (of) {
            of.force(true);
        }
        return file;
    }

    /** The files of captures but for the open one, the oldest first. */
    List<Path> closed() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(
                directory, file -> NAME.matcher(file.getFileName().toString()).matches())) {
            for (Path file : all) {
                if (!file.equals(path)) {
                    found.add(file);
                }
            }
        }
        found.sort(null);
        return found;
    }

    /** Whether nobody writes to a file any more. */
    static boolean isAbandoned(Path file) {
        try (FileChannel of = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = of.tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    Path directory() {
        return directory;
    }
}
