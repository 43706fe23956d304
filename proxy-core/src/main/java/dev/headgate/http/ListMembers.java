package dev.headgate.http;

/**
 * A walk over the members of a list-valued field (RFC 9110 section 5.6.1), through all of its lines. Empty members are
 * passed over.
 */
public final class ListMembers {
    private final Head head;
    private final FieldName name;
    private final byte[] bytes;
    private int field;
    private int limit;
    private int next;
    private int start;
    private int end;

    public ListMembers(Head head, FieldName name) {
        this.head = head;
        this.name = name;
        this.bytes = head.bytes();
        line(head.find(name));
    }

    private void line(int found) {
        field = found;
        if (found >= 0) {
            next = head.valueStart(found);
            limit = head.valueEnd(found);
        }
    }

    public boolean next() {
        while (field >= 0) {
            if (nextInLine()) {
                return true;
            }
            line(head.find(name, field + 1));
        }
        return false;
    }

    private boolean nextInLine() {
        while (next < limit) {
            int from = next;
            int to = from;
            while (to < limit && bytes[to] != ',') {
                to++;
            }
            next = to + 1;
            while (from < to && Octets.isBlank(bytes[from])) {
                from++;
            }
            while (to > from && Octets.isBlank(bytes[to - 1])) {
                to--;
            }
            if (from < to) {
                start = from;
                end = to;
                return true;
            }
        }
        return false;
    }

    /** Whether the member is that name, in any case. */
    public boolean is(FieldName other) {
        return other.matches(bytes, start, end);
    }

    public int start() {
        return start;
    }

    public int end() {
        return end;
    }
}
