package dev.headgate.http;

import java.util.Arrays;

/** Where an edited head is put together, to be used again for the next one. Grows as needed. Not thread-safe. */
public final class HeadWriter {
    private static final int USUAL = 1024;
    private static final int LARGEST_KEPT = 64 * 1024;

    private byte[] bytes;
    private int length;

    /** For one head after the other. */
    public HeadWriter() {
        this(USUAL);
    }

    /**
     * For one head that will be kept.
     *
     * @param length of it, about, in bytes
     */
    HeadWriter(int length) {
        bytes = new byte[length];
    }

    public void reset() {
        length = 0;
        if (bytes.length > LARGEST_KEPT) {
            bytes = new byte[USUAL];
        }
    }

    /** The bytes, of which the first {@link #length()} are written. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public HeadWriter write(byte[] source, int from, int to) {
        int n = to - from;
        ensure(n);
        System.arraycopy(source, from, bytes, length, n);
        length += n;
        return this;
    }

    public HeadWriter write(byte[] source) {
        return write(source, 0, source.length);
    }

    /** Each character must be below 256; it becomes one octet. */
    @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int) is ISO 8859-1 without a copy in between
    public HeadWriter write(String text) {
        ensure(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
        return this;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
