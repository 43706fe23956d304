package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import org.jspecify.annotations.Nullable;

/** Authorization holds one credential (RFC 9110 section 11.6.2), so it may come once only. */
final class AuthorizationCountCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        int count = request.credential().count();
        return count <= 1
                ? null
                : new Deny(Reason.AUTH_DUPLICATE, "Authorization: " + count + " fields (expected: one)");
    }
}
