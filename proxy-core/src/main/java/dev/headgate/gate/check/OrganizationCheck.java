package dev.headgate.gate.check;

import dev.headgate.gate.Check;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.Head;
import org.jspecify.annotations.Nullable;

/** Where the policy is to refuse, the client's organisation id must be the configured one. */
final class OrganizationCheck implements Check {
    @Override
    public @Nullable Deny check(CheckRequest request) {
        Organization organization = request.settings().organization();
        if (organization == null || !organization.refuseConflict()) {
            return null;
        }
        Head head = request.head();
        for (int i = head.find(organization.header()); i >= 0; i = head.find(organization.header(), i + 1)) {
            if (!head.value(i).equals(organization.id())) {
                return new Deny(Reason.ORG_MISMATCH, organization.header() + ": another id than the configured one");
            }
        }
        return null;
    }
}
