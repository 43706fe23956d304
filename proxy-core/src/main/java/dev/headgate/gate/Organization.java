package dev.headgate.gate;

import dev.headgate.http.FieldName;
import dev.headgate.http.Head;

/**
 * The organisation field that every request carries upstream.
 *
 * @param refuseConflict whether another id sent by the client is refused, rather than replaced
 */
public record Organization(FieldName header, String id, boolean refuseConflict) {
    /** Whether a head already says just this, once. */
    public boolean isIn(Head head) {
        int field = head.find(header);
        return field >= 0
                && head.find(header, field + 1) < 0
                && head.value(field).equals(id);
    }
}
