package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.session.Session;
import org.jspecify.annotations.Nullable;

/** A newer token of the same guest ends a token, after a grace for requests that were on their way. */
final class SupersededTokenCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        if (session == null || session.supersededAt() == Long.MAX_VALUE) {
            return null;
        }
        long age = request.now() - session.supersededAt();
        return age < request.settings().supersededGraceMillis()
                ? null
                : new Deny(
                        Reason.TOKEN_SUPERSEDED,
                        "token " + session.fingerprint() + ": a newer one was issued for its guest " + age / 1000
                                + " s ago");
    }
}
