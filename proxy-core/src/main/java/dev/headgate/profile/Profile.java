package dev.headgate.profile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one API, as data. Those that come with Headgate are {@link BuiltInProfiles}.
 *
 * @param claims where its tokens tell about themselves
 * @param endpoints the first one that matches counts
 */
public record Profile(String name, ClaimPlaces claims, List<Endpoint> endpoints) {
    public Profile {
        endpoints = List.copyOf(endpoints);
    }

    /** Whether a part of some path is the credential: then it may be spelled as any part of a path may. */
    public boolean takesTokenInPath() {
        return endpoints.stream().anyMatch(endpoint -> {
            Guards guards = endpoint.guards();
            return guards != null && guards.tokenVariable() != null;
        });
    }

    /** The endpoint that a request is for, or null where the profile knows none. */
    public @Nullable Endpoint endpoint(String method, String path) {
        for (int i = 0; i < endpoints.size(); i++) {
            if (endpoints.get(i).matches(method, path)) {
                return endpoints.get(i);
            }
        }
        return null;
    }
}
