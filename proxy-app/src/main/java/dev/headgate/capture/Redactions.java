package dev.headgate.capture;

import java.util.Arrays;

/** Ranges of a text that something else stands for, in their order and without overlaps. For one thread. */
final class Redactions {
    private int[] bounds = new int[32];
    private byte[][] replacements = new byte[16][];
    private int count;

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    int from(int i) {
        return bounds[2 * i];
    }

    int to(int i) {
        return bounds[2 * i + 1];
    }

    byte[] replacement(int i) {
        return replacements[i];
    }

    /** Behind all of those before. */
    void add(int from, int to, byte[] replacement) {
        if (count == replacements.length) {
            bounds = Arrays.copyOf(bounds, 4 * count);
            replacements = Arrays.copyOf(replacements, 2 * count);
        }
        bounds[2 * count] = from;
        bounds[2 * count + 1] = to;
        replacements[count++] = replacement;
    }

    /** The range of the text with its replacements. */
    byte[] apply(byte[] text, int from, int to) {
        int length = to - from;
        for (int i = 0; i < count; i++) {
            length += replacements[i].length - (to(i) - from(i));
        }
        byte[] out = new byte[length];
        int at = from;
        int n = 0;
        for (int i = 0; i < count; i++) {
            System.arraycopy(text, at, out, n, from(i) - at);
            n += from(i) - at;
            System.arraycopy(replacements[i], 0, out, n, replacements[i].length);
            n += replacements[i].length;
            at = to(i);
        }
        System.arraycopy(text, at, out, n, to - at);
        return out;
    }
}
