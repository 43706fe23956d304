package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.profile.Guards;
import dev.headgate.session.Session;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A token whose scopes are known must have those that the endpoint needs. */
final class ScopeCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        Guards guards = request.demands();
        String issued = session == null ? null : session.scopes();
        if (session == null || guards == null || issued == null) {
            return null;
        }
        for (Set<String> any : guards.scopes()) {
            if (!hasOne(issued, any)) {
                String expected = String.join(" or ", any);
                return new Deny(
                        Reason.SCOPE_MISSING,
                        "token " + session.fingerprint() + ": issued without " + expected,
                        new Comparison("scopes of token " + session.fingerprint(), issued, expected));
            }
        }
        return null;
    }

    private static boolean hasOne(String issued, Set<String> any) {
        for (String scope : any) {
            if (has(issued, scope)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(String issued, String scope) {
        int from = 0;
        while (from <= issued.length()) {
            int end = issued.indexOf(' ', from);
            int to = end < 0 ? issued.length() : end;
            if (to - from == scope.length() && issued.startsWith(scope, from)) {
                return true;
            }
            from = to + 1;
        }
        return false;
    }
}
