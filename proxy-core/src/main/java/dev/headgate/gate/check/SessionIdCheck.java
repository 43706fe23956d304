package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.IdText;
import dev.headgate.gate.PresentedId;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Each id that a request names must be the one that its token is bound to, and the one that the token itself claims,
 * where either is known.
 */
final class SessionIdCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        Deny found = null;
        List<PresentedId> ids = request.ids();
        for (int i = 0; i < ids.size(); i++) {
            PresentedId id = ids.get(i);
            String bound = session == null ? null : session.ids().get(id.binding());
            String claimed = request.claims().ids().get(id.binding());
            boolean wrong = bound != null && !bound.equals(id.value());
            if (!wrong && (claimed == null || claimed.equals(id.value()))) {
                continue;
            }
            Reason reason = Reason.of(id.binding());
            if (found == null || weight(reason, request) < weight(found.reason(), request)) {
                found = deny(reason, id, request, wrong ? bound : claimed, wrong);
            }
        }
        return found;
    }

    /**
     * The guest comes first in the order of bindings: a token of another guest differs in every id, and "another guest"
     * is what explains them all. But what is only observed must not hide what is refused for.
     */
    private static int weight(Reason reason, CheckRequest request) {
        return reason.ordinal() + (request.policy().observed().contains(reason) ? Reason.values().length : 0);
    }

    private static Deny deny(
            Reason reason, PresentedId id, CheckRequest request, @Nullable String expected, boolean bound) {
        String shown = IdText.of(id.value());
        String what = id.toString();
        return new Deny(
                reason,
                what + ": " + shown + " (expected: the one that token " + request.token()
                        + (bound ? " is bound to)" : " claims)"),
                new Comparison(what, shown, expected == null ? "" : IdText.of(expected)));
    }
}
