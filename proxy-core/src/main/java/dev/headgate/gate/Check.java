package dev.headgate.gate;

import org.jspecify.annotations.Nullable;

/** One rule. Stateless, and without any other input than the request. */
@FunctionalInterface
public interface Check {
    /** The refusal, or null where the rule has nothing against the request. */
    Verdict.@Nullable Deny check(CheckRequest request);
}
