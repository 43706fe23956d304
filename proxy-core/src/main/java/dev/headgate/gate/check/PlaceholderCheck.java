package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.profile.Guards;
import dev.headgate.session.Credential;
import org.jspecify.annotations.Nullable;

/** A literal such as {@code undefined} or {@code [REDACTED]} is no credential. */
final class PlaceholderCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Guards guards = request.demands();
        if (guards == null || !guards.authorization() || request.credential().kind() != Credential.Kind.PLACEHOLDER) {
            return null;
        }
        return new Deny(
                Reason.AUTH_PLACEHOLDER,
                "Authorization: a literal placeholder stands where the token should (an unset variable, or a redactor)");
    }
}
