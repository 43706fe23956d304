package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * A token's lifetime must not have passed: the one that is known, or, for a token that was not issued through here, the
 * one that it tells itself.
 */
final class ExpiredTokenCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        // Of a token that was only seen, nothing else is known than its claim, which another clock may have written.
        return session == null || !session.issued() ? byClaim(request) : byLifetime(request, session);
    }

    private static @Nullable Deny byLifetime(CheckRequest request, Session session) {
        if (request.now() < session.expiresAt()) {
            return null;
        }
        long age = (request.now() - session.issuedAt()) / 1000;
        long lifetime = (session.expiresAt() - session.issuedAt()) / 1000;
        String told = session.lifetimeTold() ? "" : ", which is assumed, since the answer told none";
        return new Deny(
                Reason.TOKEN_EXPIRED,
                "token " + session.fingerprint() + ": issued " + age + " s ago (expected: less than " + lifetime + " s"
                        + told + ")",
                new Comparison("age of token " + session.fingerprint(), age + " s", "less than " + lifetime + " s"));
    }

    private static @Nullable Deny byClaim(CheckRequest request) {
        long end = request.claims().expiresAt();
        long late = request.now() - end;
        if (end == Long.MAX_VALUE || late < request.settings().clockSkewMillis()) {
            return null;
        }
        return new Deny(
                Reason.TOKEN_EXPIRED,
                "token " + request.token() + ": its own exp claim passed " + late / 1000 + " s ago",
                new Comparison("exp claim of token " + request.token(), late / 1000 + " s ago", "not passed"));
    }
}
