package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.session.Ending;
import dev.headgate.session.Session;
import org.jspecify.annotations.Nullable;

/** A newer token of the same guest ends a token, after a grace for requests that were on their way. */
final class SupersededTokenCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        Ending ending = session == null ? null : session.ending();
        if (session == null || ending == null || ending.cause() != Ending.Cause.SUPERSEDED) {
            return null;
        }
        long age = request.now() - ending.at();
        long grace = request.settings().supersededGraceMillis();
        return age < grace
                ? null
                : new Deny(
                        Reason.TOKEN_SUPERSEDED,
                        "token " + session.fingerprint() + ": a newer one was issued for its guest " + age / 1000
                                + " s ago",
                        new Comparison(
                                "token " + session.fingerprint(),
                                "superseded " + age / 1000 + " s ago",
                                "the newest of its guest, or within " + grace / 1000 + " s"));
    }
}
