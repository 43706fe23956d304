package dev.headgate.gate;

import dev.headgate.profile.Endpoint;
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
        Policy policy, @Nullable Profile profile, @Nullable Endpoint endpoint) {}
