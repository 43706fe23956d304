package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.session.Session;
import org.jspecify.annotations.Nullable;

/** A token's lifetime must not have passed. */
final class ExpiredTokenCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        if (session == null || request.now() < session.expiresAt()) {
            return null;
        }
        long age = (request.now() - session.issuedAt()) / 1000;
        long lifetime = (session.expiresAt() - session.issuedAt()) / 1000;
        return new Deny(
                Reason.TOKEN_EXPIRED,
                "token " + session.fingerprint() + ": issued " + age + " s ago (expected: less than " + lifetime
                        + " s)");
    }
}
