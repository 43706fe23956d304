package dev.headgate.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads JSON Pointers (RFC 6901). */
final class JsonPointers {
    private static final Pattern BARE_TILDE = Pattern.compile("~(?![01])");

    private JsonPointers() {}

    /**
     * The reference tokens, unescaped.
     *
     * @throws IllegalArgumentException if it does not start with a slash, or has a tilde that escapes nothing
     */
    static List<String> tokens(String pointer) {
        if (!pointer.startsWith("/")) {
            throw new IllegalArgumentException("pointer: " + pointer + " (expected: /member or /member/member)");
        }
        List<String> tokens = new ArrayList<>();
        for (String token : pointer.substring(1).split("/", -1)) {
            if (BARE_TILDE.matcher(token).find()) {
                throw new IllegalArgumentException(
                        "pointer: " + pointer + " (expected: ~0 for a tilde, ~1 for a slash)");
            }
            tokens.add(token.replace("~1", "/").replace("~0", "~"));
        }
        return tokens;
    }

    /** A reference token as a pointer has it. */
    static String escaped(String token) {
        return token.replace("~", "~0").replace("/", "~1");
    }
}
