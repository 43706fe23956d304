package dev.headgate.http;

/** RFC 9112 section 9.3: {@code close} wins; HTTP/1.0 persists only when it says {@code keep-alive}. */
final class Persistence {
    private Persistence() {}

    static boolean of(Head head, int minorVersion) {
        boolean keepAlive = false;
        ListMembers members = new ListMembers(head, FieldName.CONNECTION);
        while (members.next()) {
            if (members.is(FieldName.CLOSE)) {
                return false;
            }
            keepAlive |= members.is(FieldName.KEEP_ALIVE);
        }
        return minorVersion >= 1 || keepAlive;
    }
}
