package dev.headgate.replay;

import java.io.IOException;
import java.io.InputStream;

/** Reads the lines of an endless text, ended by LF; one that is too long is passed over and not loaded. Not thread-safe. */
final class LineReader {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final KeptOctets line;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int end;
    private boolean ended;
    private long number;

    /**
     * @param in read in large parts
     * @param most the bytes of a line that are kept
     */
    LineReader(InputStream in, int most) {
        this.in = in;
        this.line = new KeptOctets(most);
    }

    /** Goes to the next line, or tells that there is none. */
    boolean next() throws IOException {
        line.clear();
        ended = false;
        number++;
        boolean any = false;
        while (position < end || fill()) {
            any = true;
            int i = position;
            while (i < end && buffer[i] != '\n') {
                i++;
            }
            line.add(buffer, position, i);
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
        return line.octets();
    }

    /** In bytes. */
    int length() {
        return line.length();
    }

    /** Whether the line was short enough to keep. */
    boolean isWhole() {
        return line.isWhole();
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
}
