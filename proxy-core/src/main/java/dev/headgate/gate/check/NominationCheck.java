package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.FieldName;
import dev.headgate.http.ListMembers;
import org.jspecify.annotations.Nullable;

/**
 * Connection may not name a guarded field. RFC 9110 section 7.6.1 has each hop remove what Connection names, so that
 * {@code Connection: authorization} makes an honest proxy strip the credential.
 */
final class NominationCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        ListMembers members = new ListMembers(request.head(), FieldName.CONNECTION);
        while (members.next()) {
            for (FieldName guarded : request.guarded()) {
                if (members.is(guarded)) {
                    return new Deny(
                            Reason.FIELD_NOMINATED, "Connection: " + guarded + " (expected: hop-by-hop fields only)");
                }
            }
        }
        return null;
    }
}
