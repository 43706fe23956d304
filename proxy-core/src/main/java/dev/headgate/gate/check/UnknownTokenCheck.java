package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import org.jspecify.annotations.Nullable;

/** Unless unknown tokens pass, a token must have been issued through here. */
final class UnknownTokenCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        if (request.session() != null || request.settings().allowUnknownTokens()) {
            return null;
        }
        return new Deny(
                Reason.TOKEN_UNKNOWN,
                "token " + request.credential().fingerprint() + ": no identity answer with it has passed here");
    }
}
