package dev.headgate.netty;

import dev.headgate.http.BadHead;
import dev.headgate.http.BadHead.Fault;
import dev.headgate.http.HeadScanner;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Gathers a head's bytes while they arrive. Not thread-safe. */
final class HeadReader {
    /** Enough for nearly every head, and little for the body that may follow it in the same buffer. */
    static final int FIRST_READ = 4096;

    /** Some clients send one behind a body (RFC 9112 section 2.2). Without a bound they would put off every deadline. */
    private static final int EMPTY_LINES = 4;

    private static final byte[] NONE = {};

    private final int limit;
    private final byte[] scratch;
    private final HeadScanner scanner = new HeadScanner();
    private byte[] bytes = NONE;
    private int length;
    private int emptyLines;

    /**
     * @param limit the most bytes of a head
     * @param scratch {@value #FIRST_READ} bytes that nobody else uses during a call of {@link #read}
     */
    HeadReader(int limit, byte[] scratch) {
        this.limit = limit;
        this.scratch = scratch;
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
            int end = before == 0 ? begin(in, room) : goOn(in, room);
            in.skipBytes((end < 0 ? length : end) - before);
            if (end == 2) {
                reset();
                if (++emptyLines > EMPTY_LINES) {
                    throw new BadHead(Fault.MALFORMED, "head: more than " + EMPTY_LINES + " empty lines before it");
                }
            } else if (end > 0) {
                length = end;
                emptyLines = 0;
                return end;
            }
        }
        return -1;
    }

    /** Most heads come in one piece, with a body behind it; only what is the head's is kept. */
    private int begin(ByteBuf in, int room) throws BadHead {
        in.getBytes(in.readerIndex(), scratch, 0, room);
        length = room;
        int end = -1;
        try {
            end = scanner.scan(scratch, room);
        } finally {
            bytes = Arrays.copyOf(scratch, end < 0 ? room : end);
        }
        return end;
    }

    private int goOn(ByteBuf in, int room) throws BadHead {
        if (bytes.length - length < room) {
            // A head in many pieces is not copied for each of them.
            bytes = Arrays.copyOf(bytes, Math.max(length + room, Math.min(length * 2, limit)));
        }
        in.getBytes(in.readerIndex(), bytes, length, room);
        length += room;
        return scanner.scan(bytes, length);
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
