package dev.headgate.gate;

import dev.headgate.gate.Verdict.Allow;
import dev.headgate.gate.Verdict.Deny;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a route does with what the rules find. Immutable.
 *
 * @param allowUnknownTokens whether tokens that were not issued through here pass
 * @param observed the reasons that are noted, and not refused for; those that are never observable have no effect
 */
public record Policy(boolean allowUnknownTokens, Set<Reason> observed) {
    /**
     * Refuses everything that a rule finds, but for what it only recommends: a policy with no reason to observe refuses
     * even for that.
     */
    public static final Policy ENFORCE = new Policy(
            false, Arrays.stream(Reason.values()).filter(Reason::isAdvice).collect(Collectors.toSet()));

    /** Refuses only what can never be forwarded. */
    public static final Policy OBSERVE = new Policy(false, EnumSet.allOf(Reason.class));

    public Policy {
        EnumSet<Reason> observable = EnumSet.noneOf(Reason.class);
        observed.stream().filter(Reason::isObservable).forEach(observable::add);
        observed = Set.copyOf(observable);
    }

    /** Where observing replaces refusing, the request goes on. */
    public Verdict verdict(Deny deny) {
        return observed.contains(deny.reason()) ? new Allow(deny) : deny;
    }
}
