package dev.headgate.capture;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is known of short texts, by their octets, without making strings of them. Keeps the first 1024. For one thread. */
final class OctetTable<T> {
    private static final int MOST = 1024;
    private static final int LONGEST = 128;

    private final byte[][] keys = new byte[4 * MOST][];
    private final Object[] values = new Object[4 * MOST];
    private int count;

    @SuppressWarnings("unchecked") // put took it
    @Nullable
    T get(byte[] text, int from, int to) {
        int slot = slot(text, from, to);
        for (byte[] key = keys[slot]; key != null; key = keys[slot]) {
            if (Arrays.equals(key, 0, key.length, text, from, to)) {
                return (T) values[slot];
            }
            slot = slot + 1 & keys.length - 1;
        }
        return null;
    }

    void put(byte[] text, int from, int to, T value) {
        if (count == MOST || to - from > LONGEST) {
            return;
        }
        int slot = slot(text, from, to);
        while (keys[slot] != null) {
            slot = slot + 1 & keys.length - 1;
        }
        keys[slot] = Arrays.copyOfRange(text, from, to);
        values[slot] = value;
        count++;
    }

    private int slot(byte[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text[i];
        }
        return (hash ^ hash >>> 15) & keys.length - 1;
    }
}
