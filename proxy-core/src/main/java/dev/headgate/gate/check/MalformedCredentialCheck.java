package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.profile.Guards;
import dev.headgate.session.Credential;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One token behind a scheme that the endpoint takes (RFC 6750 section 2.1). */
final class MalformedCredentialCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Guards guards = request.demands();
        Credential credential = request.credential();
        if (guards == null
                || !guards.authorization()
                || !credential.isPresent()
                || credential.kind() == Credential.Kind.PLACEHOLDER) {
            return null;
        }
        Set<String> schemes = guards.schemes();
        String scheme = credential.scheme();
        if (credential.kind() == Credential.Kind.EMPTY) {
            return deny("no token after the scheme");
        }
        if (scheme == null && guards.bareToken()) {
            return null;
        }
        if (scheme == null) {
            return deny("no scheme before the token (expected: " + String.join(" or ", schemes) + ")");
        }
        if (!schemes.contains(scheme)) {
            return deny("a scheme that this endpoint does not take (expected: " + String.join(" or ", schemes) + ")");
        }
        if (credential.kind() == Credential.Kind.SEVERAL_WORDS) {
            return deny("more than one word after the scheme (a scheme written twice looks like this)");
        }
        return null;
    }

    private static Deny deny(String what) {
        return new Deny(Reason.AUTH_MALFORMED, "Authorization: " + what);
    }
}
