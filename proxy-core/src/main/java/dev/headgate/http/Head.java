package dev.headgate.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message head, or a trailer section: the bytes that arrived and an index over their fields. Immutable; the array
 * behind it must not be written to. Offsets count from the first byte of the head.
 */
public abstract sealed class Head permits RequestHead, ResponseHead, Trailers {
    /*
     * The index holds STRIDE numbers for each field, in wire order:
     *   name start, name end, value start, value end (without the blanks around it), hash of the name.
     * Invariants: the lines follow each other without a gap, so a field's line ends where the next one's name
     * starts; after the last line come the two bytes of the empty line, and with them the head ends.
     */
    static final int STRIDE = 5;

    private final byte[] bytes;
    private final int length;
    private final int[] index;
    private final int count;
    /** The {@linkplain FieldName#bit() bits} of all names: most names that are asked for are not there. */
    private final long names;

    Head(byte[] bytes, int length, int[] index, int count) {
        this.bytes = bytes;
        this.length = length;
        this.index = index;
        this.count = count;
        long bits = 0;
        for (int i = 0; i < count; i++) {
            bits |= FieldName.bit(index[i * STRIDE + 4]);
        }
        this.names = bits;
    }

    /** The bytes, of which the first {@link #length()} belong to the head. Not to be written to. */
    public final byte[] bytes() {
        return bytes;
    }

    /** In bytes, the empty line at the end included. */
    public final int length() {
        return length;
    }

    public final int fieldCount() {
        return count;
    }

    /** Where the first field line, or without fields the empty line, starts. */
    public final int fieldsStart() {
        return count == 0 ? length - 2 : nameStart(0);
    }

    public final int nameStart(int field) {
        return index[field * STRIDE];
    }

    public final int nameEnd(int field) {
        return index[field * STRIDE + 1];
    }

    public final int valueStart(int field) {
        return index[field * STRIDE + 2];
    }

    public final int valueEnd(int field) {
        return index[field * STRIDE + 3];
    }

    /** As {@link FieldName#hash()}. */
    final int nameHash(int field) {
        return index[field * STRIDE + 4];
    }

    /** One past the line's LF. */
    public final int lineEnd(int field) {
        return field + 1 < count ? nameStart(field + 1) : length - 2;
    }

    /** The first field of that name, or -1. */
    public final int find(FieldName name) {
        return find(name, 0);
    }

    /** The first field of that name at or after {@code from}, or -1. */
    public final int find(FieldName name, int from) {
        if ((names & name.bit()) == 0) {
            return -1;
        }
        int hash = name.hash();
        for (int i = from; i < count; i++) {
            if (index[i * STRIDE + 4] == hash && name.matches(bytes, nameStart(i), nameEnd(i))) {
                return i;
            }
        }
        return -1;
    }

    public final boolean is(int field, FieldName name) {
        return index[field * STRIDE + 4] == name.hash() && name.matches(bytes, nameStart(field), nameEnd(field));
    }

    public final boolean has(FieldName name) {
        return find(name) >= 0;
    }

    /** The value of the first field of that name, each octet one character, or null. */
    public final @Nullable String value(FieldName name) {
        int i = find(name);
        return i < 0 ? null : value(i);
    }

    public final String value(int field) {
        return text(valueStart(field), valueEnd(field));
    }

    public final String name(int field) {
        return text(nameStart(field), nameEnd(field));
    }

    /** Whether the value of that field is {@code lowerCase} in any case. */
    public final boolean valueIs(int field, String lowerCase) {
        return equalsIgnoreCase(valueStart(field), valueEnd(field), lowerCase);
    }

    /**
     * Whether a list-valued field (RFC 9110 section 5.6.1) of that name, in any of its lines, has that member.
     *
     * @param lowerCase compared without regard to case
     */
    public final boolean listHas(FieldName name, String lowerCase) {
        ListMembers members = new ListMembers(this, name);
        while (members.next()) {
            if (equalsIgnoreCase(members.start(), members.end(), lowerCase)) {
                return true;
            }
        }
        return false;
    }

    final boolean equalsIgnoreCase(int from, int to, String lowerCase) {
        if (to - from != lowerCase.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (Octets.lower(bytes[i]) != lowerCase.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }

    final String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Names what this is, never a value: values may be credentials. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + length + " bytes, " + count + " fields]";
    }
}
