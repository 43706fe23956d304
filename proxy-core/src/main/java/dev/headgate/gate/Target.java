package dev.headgate.gate;

import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Profile;
import org.jspecify.annotations.Nullable;

/**
 * What a request is for.
 *
 * @param policy of its route
 * @param profile of its route, or null
 * @param endpoint of the profile that it matches, or null
 */
public record Target(
        Policy policy, @Nullable Profile profile, @Nullable Endpoint endpoint) {
    /** What the endpoint demands, or null for nothing; a preflight is exempt, see {@link CheckRequest#demands()}. */
    @Nullable
    Guards guards() {
        return endpoint == null ? null : endpoint.guards();
    }

    /** What the endpoint's answer teaches, or null for nothing. */
    @Nullable
    Learns learns() {
        return endpoint == null ? null : endpoint.learns();
    }
}
