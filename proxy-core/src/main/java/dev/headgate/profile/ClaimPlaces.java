package dev.headgate.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a token that is a JSON Web Token (RFC 7519) tells about itself, as JSON Pointers into its claims. The edge has
 * no key to verify it with, so what a claim says may only deny.
 *
 * @param expires the claim with the end of its lifetime, in seconds since the epoch; null for none
 * @param organization the claim with the organisation's id; null for none
 * @param ids the claims with what it is bound to
 */
public record ClaimPlaces(
        @Nullable String expires, @Nullable String organization, Map<Binding, String> ids) {
    public static final ClaimPlaces NONE = new ClaimPlaces(null, null, Map.of());

    public ClaimPlaces {
        ids = Map.copyOf(ids);
    }

    public boolean isEmpty() {
        return expires == null && organization == null && ids.isEmpty();
    }

    /** All of them. */
    public List<String> pointers() {
        List<String> pointers = new ArrayList<>(ids.values());
        if (expires != null) {
            pointers.add(expires);
        }
        if (organization != null) {
            pointers.add(organization);
        }
        return pointers;
    }
}
