package dev.headgate.sandbox;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an Authorization field holds, as RFC 9110 section 11.4 and RFC 6750 have it. Immutable.
 *
 * @param schemed whether the scheme Bearer, in any case, came before the token; otherwise no scheme did
 */
record Credential(String token, boolean schemed) {
    private static final Pattern SCHEME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** Null when there is no Authorization, or none to read a credential from. */
    static @Nullable Credential of(SeenRequest request) {
        List<String> values = request.values("Authorization");
        if (values.size() != 1) {
            return null;
        }
        String value = values.get(0).strip();
        int space = value.indexOf(' ');
        String scheme = space < 0 ? value : value.substring(0, space);
        if (scheme.equalsIgnoreCase("Bearer")) {
            return space < 0 ? null : new Credential(value.substring(space).strip(), true);
        }
        if (value.isEmpty() || (space >= 0 && SCHEME.matcher(scheme).matches())) {
            return null;
        }
        return new Credential(value, false);
    }

    /** Refused with 401 where {@link #of} finds none. */
    static Credential required(SeenRequest request) {
        Credential credential = of(request);
        if (credential == null) {
            throw Refusal.unauthenticated(
                    "authentication.required", "No authentication bearer token specified in authorization header.");
        }
        return credential;
    }

    /** The token; refused with 401 when it came without the scheme. */
    String bearerToken() {
        if (!schemed) {
            throw Refusal.badCredentials();
        }
        return token;
    }

    @Override
    public String toString() {
        return "Credential of " + token.length() + " characters";
    }
}
