package dev.headgate.capture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The field lines of a head, or of a trailer section, that the edge has read or written. For one thread. */
final class FieldLines {
    private static final byte[] NONE = {};
    private static final int STRIDE = 4;

    private byte[] bytes = NONE;
    private int[] index = new int[64 * STRIDE];
    private FieldMask.Kind[] kinds = new FieldMask.Kind[64];
    private int count;

    void clear() {
        bytes = NONE;
        count = 0;
    }

    /**
     * Reads the lines from one up to the empty one.
     *
     * @param from where the first field line starts
     */
    void read(byte[] head, int from, int length, FieldMask mask) {
        bytes = head;
        count = 0;
        int at = from;
        while (at + 2 < length) {
            int colon = at;
            while (colon < length && head[colon] != ':') {
                colon++;
            }
            int next = colon;
            while (next < length && head[next] != '\n') {
                next++;
            }
            if (colon == length || next == length) {
                return;
            }
            add(at, colon, next, mask);
            at = next + 1;
        }
    }

    /** Where the line behind the first one starts. */
    static int behindFirstLine(byte[] head) {
        int i = 0;
        while (head[i] != '\n') {
            i++;
        }
        return i + 1;
    }

    private void add(int from, int colon, int lf, FieldMask mask) {
        if (count == kinds.length) {
            index = Arrays.copyOf(index, 2 * index.length);
            kinds = Arrays.copyOf(kinds, 2 * count);
        }
        kinds[count] = mask.of(bytes, from, colon);
        int start = colon + 1;
        int end = lf;
        while (start < end && isBlank(bytes[start])) {
            start++;
        }
        while (end > start && (isBlank(bytes[end - 1]) || bytes[end - 1] == '\r')) {
            end--;
        }
        int i = STRIDE * count++;
        index[i] = from;
        index[i + 1] = colon;
        index[i + 2] = start;
        index[i + 3] = end;
    }

    /** The values of the fields of that kind as one; null where there is none. */
    @Nullable
    String value(FieldMask.Kind kind) {
        String found = null;
        for (int i = 0; i < count; i++) {
            if (kinds[i] == kind) {
                String value =
                        new String(bytes, valueStart(i), valueEnd(i) - valueStart(i), StandardCharsets.ISO_8859_1);
                found = found == null ? value : found + ", " + value;
            }
        }
        return found;
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    byte[] bytes() {
        return bytes;
    }

    int count() {
        return count;
    }

    FieldMask.Kind kind(int i) {
        return kinds[i];
    }

    int nameStart(int i) {
        return index[STRIDE * i];
    }

    int nameEnd(int i) {
        return index[STRIDE * i + 1];
    }

    int valueStart(int i) {
        return index[STRIDE * i + 2];
    }

    int valueEnd(int i) {
        return index[STRIDE * i + 3];
    }
}
