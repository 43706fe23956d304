package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.IdText;
import dev.headgate.gate.PresentedId;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.profile.Binding;
import dev.headgate.session.Session;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Each id that a request names must be the one that its token is bound to, where that is known. */
final class SessionIdCheck implements Check {
    private static final Map<Binding, Reason> REASONS = new EnumMap<>(Map.of(
            Binding.GUEST, Reason.SESSION_GUEST,
            Binding.CONVERSATION, Reason.SESSION_CONVERSATION,
            Binding.CHAT, Reason.SESSION_CHAT,
            Binding.DIVISION, Reason.SESSION_DIVISION,
            Binding.MEMBER, Reason.SESSION_MEMBER));

    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        if (session == null) {
            return null;
        }
        Deny found = null;
        for (PresentedId id : request.ids()) {
            String bound = session.ids().get(id.binding());
            if (bound == null || bound.equals(id.value())) {
                continue;
            }
            // The guest comes first in the order of bindings: a token of another guest differs in every id, and
            // "another guest" is what explains them all.
            Reason reason = REASONS.getOrDefault(id.binding(), Reason.SESSION_GUEST);
            if (found == null || reason.ordinal() < found.reason().ordinal()) {
                found = new Deny(
                        reason,
                        id.name() + " in the " + id.place() + ": " + IdText.of(id.value())
                                + " (expected: the one that token " + session.fingerprint() + " is bound to)");
            }
        }
        return found;
    }
}
