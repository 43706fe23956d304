package dev.headgate.http;

/** RFC 9112 section 9.3: {@code close} wins; HTTP/1.0 persists only when it says {@code keep-alive}. */
final class Persistence {
    private Persistence() {}

    static boolean of(Head head, int minorVersion) {
        if (!head.has(FieldName.CONNECTION)) {
            return minorVersion >= 1;
        }
        if (head.listHas(FieldName.CONNECTION, "close")) {
            return false;
        }
        return minorVersion >= 1 || head.listHas(FieldName.CONNECTION, "keep-alive");
    }
}
