package dev.headgate.gate.check;

import dev.headgate.gate.CheckList;
import java.util.List;

/**
 * The rules in force, in the order in which they are asked. The first that refuses counts, else the first that was
 * observed.
 */
public final class Checks {
    public static final CheckList ALL = new CheckList(
            List.of(
                    new HostCheck(),
                    new NominationCheck(),
                    new AliasCheck(),
                    new AuthorizationCountCheck(),
                    new OrganizationCheck(),
                    new MissingCredentialCheck(),
                    new PlaceholderCheck(),
                    new MalformedCredentialCheck()),
            List.of(
                    new EndedTokenCheck(),
                    new UnknownTokenCheck(),
                    new SupersededTokenCheck(),
                    new ExpiredTokenCheck(),
                    new ClaimedOrganizationCheck(),
                    new ScopeCheck(),
                    new PurposeCheck()),
            List.of(new SessionIdCheck(), new IncompleteIdentityCheck()));

    private Checks() {}
}
