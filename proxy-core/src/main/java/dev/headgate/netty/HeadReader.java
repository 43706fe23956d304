package dev.headgate.netty;

import dev.headgate.http.BadHead;
import dev.headgate.http.BadHead.Fault;
import dev.headgate.http.HeadScanner;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Gathers a head's bytes while they arrive. Not thread-safe. */
final class HeadReader {
    /** Enough for nearly every head, and little for the body that may follow it in the same buffer. */
    private static final int FIRST_READ = 4096;

    private static final byte[] NONE = {};

    private final int limit;
    private final HeadScanner scanner = new HeadScanner();
    private byte[] bytes = NONE;
    private int length;

    HeadReader(int limit) {
        this.limit = limit;
    }

    /**
     * Takes from {@code in} what belongs to the head, and nothing behind it.
     *
     * @return the head's length once it is complete, else -1
     */
    int read(ByteBuf in) throws BadHead {
        while (in.isReadable()) {
            int room = Math.min(Math.min(in.readableBytes(), FIRST_READ), limit - length);
            if (room == 0) {
                throw new BadHead(Fault.TOO_LARGE, "head: more than " + limit + " bytes");
            }
            int before = length;
            if (bytes.length - before < room) {
                // Exact for a head that comes in one piece; doubled for one that comes in many.
                bytes = Arrays.copyOf(bytes, Math.max(before + room, Math.min(before * 2, limit)));
            }
            in.getBytes(in.readerIndex(), bytes, before, room);
            length += room;
            int end = scanner.scan(bytes, length);
            in.skipBytes((end < 0 ? length : end) - before);
            if (end == 2) {
                reset();
            } else if (end > 0) {
                length = end;
                return end;
            }
        }
        return -1;
    }

    /** The head's bytes, which the caller may keep: the next head gets an array of its own. */
    byte[] bytes() {
        return bytes;
    }

    /** How many bytes of a head have been read. */
    int length() {
        return length;
    }

    void reset() {
        scanner.reset();
        bytes = NONE;
        length = 0;
    }
}
