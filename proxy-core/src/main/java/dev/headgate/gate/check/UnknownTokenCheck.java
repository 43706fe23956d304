package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.session.Session;
import org.jspecify.annotations.Nullable;

/** Unless unknown tokens pass, a token must have been issued through here. */
final class UnknownTokenCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        if (session != null && session.issued() || request.policy().allowUnknownTokens()) {
            return null;
        }
        return new Deny(
                Reason.TOKEN_UNKNOWN,
                "token " + request.token() + ": no identity answer with it has passed here",
                new Comparison("token", String.valueOf(request.token()), "one that was issued through here"));
    }
}
