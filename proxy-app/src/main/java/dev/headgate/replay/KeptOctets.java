package dev.headgate.replay;

import java.util.Arrays;

/** Octets gathered up to a bound; what has more of them is not kept. The memory is used again. Not thread-safe. */
final class KeptOctets {
    private final int most;
    private byte[] octets = new byte[4096];
    private int length;
    private boolean whole = true;

    /** @param most in bytes */
    KeptOctets(int most) {
        this.most = most;
    }

    void clear() {
        length = 0;
        whole = true;
    }

    void add(byte[] from, int start, int end) {
        int n = end - start;
        if (!whole || n > most - length) {
            whole = false;
            return;
        }
        if (length + n > octets.length) {
            octets = Arrays.copyOf(octets, (int) Math.min(most, Math.max(2L * octets.length, (long) length + n)));
        }
        System.arraycopy(from, start, octets, length, n);
        length += n;
    }

    /** The first {@link #length()} count, until {@link #clear()}. */
    byte[] octets() {
        return octets;
    }

    /** In bytes. */
    int length() {
        return length;
    }

    /** Whether all that was added is kept. */
    boolean isWhole() {
        return whole;
    }
}
