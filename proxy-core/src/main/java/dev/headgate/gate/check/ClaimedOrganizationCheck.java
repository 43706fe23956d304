package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.IdText;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import org.jspecify.annotations.Nullable;

/** A token that tells its organisation must tell the configured one. */
final class ClaimedOrganizationCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Organization organization = request.settings().organization();
        String claimed = request.claims().organization();
        if (organization == null || claimed == null || claimed.equalsIgnoreCase(organization.id())) {
            return null;
        }
        return new Deny(
                Reason.ORG_MISMATCH,
                "token " + request.token() + ": its claim names another organisation than the configured one",
                new Comparison("organisation claim", IdText.of(claimed), organization.id()));
    }
}
