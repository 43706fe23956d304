package dev.headgate.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Follows one direction of a WebSocket from frame to frame (RFC 6455 section 5.2), and keeps nothing of what it reads
 * but the header of the frame at hand. Not thread-safe.
 */
final class FrameReader {
    /** Sees what is in the frames. */
    interface Sink {
        /**
         * @param first octet of the header: FIN, the reserved bits, the opcode
         */
        void frame(int first);

        /**
         * Part of the payload of the frame at hand.
         *
         * @param mask to be applied, as {@link FrameReader#unmasked} does
         * @param position in the payload, of the first octet
         */
        void payload(ByteBuf in, int index, int length, int mask, long position);

        void end();
    }

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int FIN = 0x80;
    static final int RESERVED = 0x70;
    static final int OPCODE = 0x0F;

    private static final int BINARY = 2;
    private static final int PONG = 10;
    private static final int LONGEST_HEADER = 14;
    private static final int LONGEST_CONTROL = 125;

    private final boolean masked;
    private final boolean extensions;
    private final @Nullable Sink sink;
    private final byte[] header = new byte[LONGEST_HEADER];
    private int have;
    private int need = 2;
    private long length;
    private long position;
    private int mask;
    /** A message has begun whose last frame is still to come. */
    private boolean fragmented;

    private long count;
    private boolean closed;
    private int closeCode;
    private @Nullable String fault;

    /**
     * @param masked whether frames are: a client's must be, a server's must not
     * @param extensions whether any were agreed on, so that reserved bits may be set
     */
    FrameReader(boolean masked, boolean extensions, @Nullable Sink sink) {
        this.masked = masked;
        this.extensions = extensions;
        this.sink = sink;
    }

    /**
     * Reads on, to the end of the frame at hand or of what there is. The buffer's indices stay.
     *
     * @return one past the last octet that is read; where there is a {@link #fault()}, one past the last that is good
     */
    int read(ByteBuf in, int from) {
        int at = from;
        int end = in.writerIndex();
        while (have < need) {
            if (at == end) {
                return at;
            }
            header[have++] = in.getByte(at++);
            fault = have == 1 ? firstFault() : have == 2 ? secondFault() : have == need ? lengthFault() : null;
            if (fault != null) {
                int start = at - have;
                if (start < from) {
                    return from;
                }
                have = 0;
                return start;
            }
            if (have == need) {
                begin();
            }
        }
        int n = (int) Math.min(length - position, end - at);
        if (n > 0) {
            payload(in, at, n);
        }
        if (position == length) {
            end();
        }
        return at + n;
    }

    private int opcode() {
        return header[0] & OPCODE;
    }

    private boolean isControl() {
        return (header[0] & 8) != 0;
    }

    private @Nullable String firstFault() {
        int opcode = opcode();
        boolean fin = (header[0] & FIN) != 0;
        if ((header[0] & RESERVED) != 0 && !extensions) {
            return "a reserved bit is set, and no extension was agreed on (RFC 6455 section 5.2)";
        }
        if (opcode > BINARY && opcode < CLOSE || opcode > PONG) {
            return "opcode " + opcode + " is reserved (RFC 6455 section 5.2)";
        }
        if (isControl()) {
            return fin ? null : "a control frame is fragmented (RFC 6455 section 5.5)";
        }
        if (opcode == CONTINUATION != fragmented) {
            return fragmented
                    ? "a new message before the last one has ended (RFC 6455 section 5.4)"
                    : "a continuation of nothing (RFC 6455 section 5.4)";
        }
        return null;
    }

    private @Nullable String secondFault() {
        boolean hasMask = (header[1] & 0x80) != 0;
        if (hasMask != masked) {
            return masked
                    ? "a client's frame is not masked (RFC 6455 section 5.1)"
                    : "a server's frame is masked (RFC 6455 section 5.1)";
        }
        int size = header[1] & 0x7F;
        if (isControl() && size > LONGEST_CONTROL) {
            return "a control frame has more than 125 octets (RFC 6455 section 5.5)";
        }
        if (opcode() == CLOSE && size == 1) {
            return "a Close frame has half of a status code (RFC 6455 section 5.5.1)";
        }
        need = 2 + (size < 126 ? 0 : size == 126 ? 2 : 8) + (masked ? 4 : 0);
        length = size;
        return null;
    }

    private @Nullable String lengthFault() {
        if (length < 126) {
            return null;
        }
        int octets = length == 126 ? 2 : 8;
        long value = 0;
        for (int i = 2; i < 2 + octets; i++) {
            value = value << 8 | header[i] & 0xFF;
        }
        if (value < 0 || value < (octets == 2 ? 126 : 0x10000)) {
            return "its length is not in the shortest form (RFC 6455 section 5.2)";
        }
        length = value;
        return null;
    }

    private void begin() {
        position = 0;
        mask = 0;
        for (int i = need - 4; masked && i < need; i++) {
            mask = mask << 8 | header[i] & 0xFF;
        }
        if (!isControl()) {
            fragmented = (header[0] & FIN) == 0;
        }
        if (sink != null) {
            sink.frame(header[0] & 0xFF);
        }
    }

    private void payload(ByteBuf in, int index, int n) {
        if (sink != null) {
            sink.payload(in, index, n, mask, position);
        }
        if (opcode() == CLOSE) {
            for (int i = 0; i < n && position + i < 2; i++) {
                closeCode = closeCode << 8 | unmasked(in.getByte(index + i), mask, position + i);
            }
        }
        position += n;
    }

    private void end() {
        count++;
        closed = opcode() == CLOSE;
        have = 0;
        need = 2;
        if (sink != null) {
            sink.end();
        }
    }

    /** The octet at that position of a payload, without its mask (RFC 6455 section 5.3); 0 to 255. */
    static int unmasked(byte octet, int mask, long position) {
        return (octet ^ mask >>> 24 - 8 * (int) (position & 3)) & 0xFF;
    }

    /** Whether what was read ends where a frame does, so that another one may follow. */
    boolean isBetween() {
        return have == 0;
    }

    /** Whole frames so far. */
    long count() {
        return count;
    }

    /** Whether the last frame was Close: no other one follows (RFC 6455 section 5.5.1). */
    boolean isClosed() {
        return closed;
    }

    /** Of the Close frame; 0 where it has none. */
    int closeCode() {
        return closeCode;
    }

    /** What makes this no WebSocket; null while all is well. */
    @Nullable
    String fault() {
        return fault;
    }
}
