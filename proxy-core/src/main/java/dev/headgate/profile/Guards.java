package dev.headgate.profile;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a guarded endpoint demands.
 *
 * @param schemes the authentication schemes that Authorization may have, in lower case; empty where it takes any field
 *     or none
 * @param bareToken whether Authorization may also be the token alone, without a scheme
 * @param tokenVariable the variable of the path that is the credential, where Authorization is not; else null
 * @param issued whether the token must have been issued through here, and be good still
 * @param ids where the request names ids that the token is bound to
 * @param body whether the body must be a JSON object; else only one that says it is JSON is read
 * @param scopes of each set the token must have one scope, where its scopes are known
 * @param purpose what the token must have been created for, where that is known; null for anything
 */
public record Guards(
        Set<String> schemes,
        boolean bareToken,
        @Nullable String tokenVariable,
        boolean issued,
        IdPlaces ids,
        boolean body,
        List<Set<String>> scopes,
        @Nullable String purpose) {
    public Guards {
        schemes = Collections.unmodifiableSet(new LinkedHashSet<>(schemes));
        scopes = scopes.stream()
                .map(any -> Collections.unmodifiableSet(new LinkedHashSet<>(any)))
                .toList();
    }

    /** Whether a request must have an Authorization field. */
    public boolean authorization() {
        return !schemes.isEmpty() || bareToken;
    }
}
