package dev.headgate.http;

import java.util.List;

/** A set of at most 64 field names, in order, to be looked for in heads. Immutable. */
public final class FieldNames {
    private static final int MOST = Long.SIZE;

    private final List<FieldName> names;
    /** Open addressing by the names' hashes: 1 more than a name's index, or 0. */
    private final byte[] table = new byte[4 * MOST];

    /**
     * @throws IllegalArgumentException if there are more than 64
     */
    public FieldNames(List<FieldName> names) {
        if (names.size() > MOST) {
            throw new IllegalArgumentException("names: " + names.size() + " (expected: " + MOST + " at most)");
        }
        this.names = List.copyOf(names);
        for (int i = 0; i < names.size(); i++) {
            int slot = slot(names.get(i).hash());
            while (table[slot] != 0) {
                slot = slot(slot + 1);
            }
            table[slot] = (byte) (i + 1);
        }
    }

    private int slot(int hash) {
        return hash & table.length - 1;
    }

    public List<FieldName> names() {
        return names;
    }

    /** Whether a field of a head has one of the names. */
    public boolean has(Head head, int field) {
        return has(head.nameHash(field), head.bytes(), head.nameStart(field), head.nameEnd(field));
    }

    /** Whether {@code bytes[from..to)} is one of the names in any case. */
    public boolean has(byte[] bytes, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = FieldName.hash(hash, bytes[i]);
        }
        return has(hash, bytes, from, to);
    }

    private boolean has(int hash, byte[] bytes, int from, int to) {
        for (int slot = slot(hash); table[slot] != 0; slot = slot(slot + 1)) {
            if (names.get(table[slot] - 1).matches(bytes, from, to)) {
                return true;
            }
        }
        return false;
    }

    /** Which of the names a head has: bit {@code i} for the name at {@code i}. */
    public long presentIn(Head head) {
        long present = 0;
        for (int field = 0; field < head.fieldCount(); field++) {
            for (int slot = slot(head.nameHash(field)); table[slot] != 0; slot = slot(slot + 1)) {
                if (head.is(field, names.get(table[slot] - 1))) {
                    present |= 1L << table[slot] - 1;
                }
            }
        }
        return present;
    }
}
