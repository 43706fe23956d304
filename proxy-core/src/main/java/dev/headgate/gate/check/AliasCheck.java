package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.FieldName;
import dev.headgate.http.Head;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** No field may read as a guarded one at a server that takes underscores or dots for hyphens, as CGI did. */
final class AliasCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Head head = request.head();
        List<FieldName> guarded = request.guarded();
        for (int i = 0; i < head.fieldCount(); i++) {
            if (!hasStandIn(head, i)) {
                continue;
            }
            for (int g = 0; g < guarded.size(); g++) {
                FieldName name = guarded.get(g);
                if (name.isAliasedBy(head.bytes(), head.nameStart(i), head.nameEnd(i))) {
                    return new Deny(Reason.FIELD_ALIAS, "field " + head.name(i) + ": reads as " + name);
                }
            }
        }
        return null;
    }

    private static boolean hasStandIn(Head head, int field) {
        byte[] bytes = head.bytes();
        int end = head.nameEnd(field);
        for (int i = head.nameStart(field); i < end; i++) {
            if (bytes[i] == '_' || bytes[i] == '.') {
                return true;
            }
        }
        return false;
    }
}
