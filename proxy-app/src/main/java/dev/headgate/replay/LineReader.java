package dev.headgate.replay;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads the lines of an endless text, ended by LF; one that is too long is passed over and not loaded. Not thread-safe. */
final class LineReader {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final int most;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int end;
    private byte[] line = new byte[4096];
    private int length;
    private boolean whole;
    private boolean ended;
    private long number;

    /**
     * @param in read in large parts
     * @param most the bytes of a line that are kept
     */
    LineReader(InputStream in, int most) {
        this.in = in;
        this.most = most;
    }

    /** Goes to the next line, or tells that there is none. */
    boolean next() throws IOException {
        length = 0;
        whole = true;
        ended = false;
        number++;
        boolean any = false;
        while (position < end || fill()) {
            any = true;
            int i = position;
            while (i < end && buffer[i] != '\n') {
                i++;
            }
            append(position, i);
            if (i < end) {
                position = i + 1;
                ended = true;
                return true;
            }
            position = i;
        }
        return any;
    }

    /** The line without its LF; its first {@link #length()} octets count, until the next is read. */
    byte[] line() {
        return line;
    }

    /** In bytes. */
    int length() {
        return length;
    }

    /** Whether the line was short enough to keep. */
    boolean isWhole() {
        return whole;
    }

    /** Whether an LF came after it. */
    boolean isEnded() {
        return ended;
    }

    /** Of the line, counted from 1. */
    long number() {
        return number;
    }

    private boolean fill() throws IOException {
        int n = in.read(buffer, 0, BUFFER);
        position = 0;
        end = Math.max(0, n);
        return n > 0;
    }

    private void append(int from, int to) {
        int n = to - from;
        if (!whole || n > most - length) {
            whole = false;
            return;
        }
        if (length + n > line.length) {
            line = Arrays.copyOf(line, (int) Math.min(most, Math.max(2L * line.length, (long) length + n)));
        }
        System.arraycopy(buffer, from, line, length, n);
        length += n;
    }
}
