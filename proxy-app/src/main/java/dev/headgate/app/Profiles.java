package dev.headgate.app;

import dev.headgate.config.ProfileConfig;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.ClaimPlaces;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.IdPlaces;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Needs;
import dev.headgate.profile.PathPattern;
import dev.headgate.profile.Profile;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The profiles that routes may name: those that are built in, and the configuration's own. */
final class Profiles {
    private Profiles() {}

    /**
     * By name.
     *
     * @param own those of a checked configuration
     */
    static Map<String, Profile> of(Map<String, ProfileConfig> own) {
        Map<String, Profile> all = new LinkedHashMap<>(BuiltInProfiles.ALL);
        own.forEach((name, profile) -> all.put(name, profile(name, profile)));
        return all;
    }

    private static Profile profile(String name, ProfileConfig profile) {
        return new Profile(
                name,
                claims(profile.claims()),
                profile.endpoints().stream().map(Profiles::endpoint).toList());
    }

    private static ClaimPlaces claims(ProfileConfig.@Nullable Claims claims) {
        return claims == null
                ? ClaimPlaces.NONE
                : new ClaimPlaces(claims.expires(), claims.organization(), claims.ids());
    }

    private static Endpoint endpoint(ProfileConfig.Endpoint endpoint) {
        ProfileConfig.Learns learns = endpoint.learns();
        ProfileConfig.Guards guards = endpoint.guards();
        return new Endpoint(
                endpoint.method(),
                PathPattern.of(endpoint.path()),
                learns == null ? null : learns(learns),
                guards == null ? null : guards(guards),
                endpoint.ends());
    }

    private static Learns learns(ProfileConfig.Learns learns) {
        return new Learns(
                learns.token(),
                learns.ids(),
                learns.expiresIn(),
                learns.expiresAt(),
                learns.lifetime(),
                learns.scopes(),
                learns.purpose(),
                learns.renews(),
                new Needs(learns.needs().body(), learns.needs().headers()));
    }

    private static Guards guards(ProfileConfig.Guards guards) {
        ProfileConfig.Ids ids = guards.ids();
        return new Guards(
                new LinkedHashSet<>(guards.schemes()),
                guards.bareToken(),
                guards.tokenInPath(),
                guards.issued(),
                new IdPlaces(ids.path(), ids.query(), ids.body()),
                guards.body(),
                guards.scopes().stream().map(Profiles::alternatives).toList(),
                guards.purpose());
    }

    private static Set<String> alternatives(String scopes) {
        return Arrays.stream(scopes.split(" ")).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
