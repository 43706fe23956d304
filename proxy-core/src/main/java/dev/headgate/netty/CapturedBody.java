package dev.headgate.netty;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The beginning of a body, copied while it passes. Confined to an event loop until its exchange is over. */
public final class CapturedBody {
    private static final byte[] NONE = {};

    private final CaptureListener listener;
    private final int limit;
    private final long announced;
    private byte[] bytes = NONE;
    private int length;
    private long size;
    private boolean full;

    /**
     * @param limit the most bytes that are kept
     * @param announced size of the whole in bytes, as far as it is known beforehand; else 0 or less
     */
    CapturedBody(CaptureListener listener, int limit, long announced) {
        this.listener = listener;
        this.limit = limit;
        this.announced = announced;
    }

    /** Looks at content, which stays the caller's. */
    void add(ByteBuf content) {
        int more = content.readableBytes();
        size += more;
        if (full) {
            return;
        }
        int n = Math.min(more, limit - length);
        if (length + n > bytes.length && !grow(length + n)) {
            full = true;
            return;
        }
        content.getBytes(content.readerIndex(), bytes, length, n);
        length += n;
        full = n < more;
    }

    void add(byte[] content) {
        size += content.length;
        int n = Math.min(content.length, limit);
        if (length == 0 && grow(n)) {
            System.arraycopy(content, 0, bytes, 0, n);
            length = n;
        }
    }

    private boolean grow(int needed) {
        int capacity = Math.min(limit, Math.max(needed, bytes.length * 2));
        if (!listener.hold(capacity - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, capacity);
        return true;
    }

    /** The bytes, of which the first {@link #length()} are kept. Not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** Of the whole, in bytes, as far as it is known: what has come of it, or what its head announced. */
    public long size() {
        return Math.max(size, announced);
    }

    /** Memory held, in bytes. */
    int held() {
        return bytes.length;
    }
}
