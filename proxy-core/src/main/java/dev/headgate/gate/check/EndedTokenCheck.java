package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.session.Ending;
import dev.headgate.session.Session;
import org.jspecify.annotations.Nullable;

/** A token that was revoked, that the upstream has rejected, or whose conversation has ended, is over at once. */
final class EndedTokenCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        Ending ending = session == null ? null : session.ending();
        if (session == null || ending == null) {
            return null;
        }
        String ago = (request.now() - ending.at()) / 1000 + " s ago";
        return switch (ending.cause()) {
            case SUPERSEDED -> null;
            case ENDED -> deny(Reason.TOKEN_ENDED, session, "its conversation or member was deleted", ago);
            case REJECTED -> deny(Reason.TOKEN_REJECTED, session, "the upstream answered 401 to it", ago);
            case REVOKED -> deny(Reason.TOKEN_REVOKED, session, "an operator revoked it", ago);
        };
    }

    private static Deny deny(Reason reason, Session session, String what, String ago) {
        return new Deny(
                reason,
                "token " + session.fingerprint() + ": " + what + " " + ago,
                new Comparison("token " + session.fingerprint(), what + " " + ago, "still good"));
    }
}
