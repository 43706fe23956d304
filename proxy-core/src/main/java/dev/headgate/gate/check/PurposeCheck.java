package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.profile.Guards;
import dev.headgate.session.Session;
import org.jspecify.annotations.Nullable;

/** A token whose purpose is known must have been created for what the endpoint does. */
final class PurposeCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Session session = request.session();
        Guards guards = request.demands();
        String created = session == null ? null : session.purpose();
        String expected = guards == null ? null : guards.purpose();
        if (session == null || created == null || expected == null || created.equals(expected)) {
            return null;
        }
        String found = created.isEmpty() ? "without a purpose" : "for another purpose";
        return new Deny(
                Reason.PURPOSE_MISSING,
                "token " + session.fingerprint() + ": created " + found + " (expected: purpose: \"" + expected + "\")",
                new Comparison("purpose of token " + session.fingerprint(), found, expected));
    }
}
