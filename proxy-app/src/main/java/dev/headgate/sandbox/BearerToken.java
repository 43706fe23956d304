package dev.headgate.sandbox;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the Authorization field as RFC 9110 section 11.4 and RFC 6750 have it. */
final class BearerToken {
    private static final Pattern SCHEME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private BearerToken() {}

    /** The token; null when there is no Authorization, or none to read a credential from. */
    static @Nullable String of(SeenRequest request) {
        List<String> values = request.values("Authorization");
        if (values.size() != 1) {
            return null;
        }
        String value = values.get(0).strip();
        int space = value.indexOf(' ');
        String scheme = space < 0 ? value : value.substring(0, space);
        if (scheme.equalsIgnoreCase("Bearer")) {
            return space < 0 ? null : value.substring(space).strip();
        }
        if (value.isEmpty() || (space >= 0 && SCHEME.matcher(scheme).matches())) {
            return null;
        }
        // A credential without a scheme. No token has a space, so that this is no token even where it names one.
        return " " + value;
    }
}
