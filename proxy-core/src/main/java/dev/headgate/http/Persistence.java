package dev.headgate.http;

/** RFC 9112 section 9.3: {@code close} wins; HTTP/1.0 persists only when it says {@code keep-alive}. */
final class Persistence {
    private Persistence() {}

    static boolean of(Head head, int minorVersion) {
        boolean keepAlive = false;
        for (int i = head.find(FieldName.CONNECTION); i >= 0; i = head.find(FieldName.CONNECTION, i + 1)) {
            ListMembers members = new ListMembers(head, i);
            while (members.next()) {
                if (FieldName.CLOSE.matches(head.bytes(), members.start(), members.end())) {
                    return false;
                }
                keepAlive |= FieldName.KEEP_ALIVE.matches(head.bytes(), members.start(), members.end());
            }
        }
        return minorVersion >= 1 || keepAlive;
    }
}
