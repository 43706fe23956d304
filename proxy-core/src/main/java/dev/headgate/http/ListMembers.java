package dev.headgate.http;

/** A walk over the members of one list-valued field line (RFC 9110 section 5.6.1). Empty members are passed over. */
public final class ListMembers {
    private final byte[] bytes;
    private final int limit;
    private int next;
    private int start;
    private int end;

    public ListMembers(Head head, int field) {
        this.bytes = head.bytes();
        this.next = head.valueStart(field);
        this.limit = head.valueEnd(field);
    }

    public boolean next() {
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

    public int start() {
        return start;
    }

    public int end() {
        return end;
    }
}
