package dev.headgate.netty;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Diagnosis;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an exchange that did not just pass.
 *
 * @param check the rule that found something, or null
 * @param comparison what it compared, or null
 * @param diagnosis what the edge makes of an answer that is not its own, or null
 * @param error what the body of an upstream's 401 or 403 says
 */
public record Evidence(
        @Nullable String check,
        @Nullable Comparison comparison,
        @Nullable Diagnosis diagnosis,
        ApiError error) {}
