package dev.headgate.profile;

import java.util.ArrayList;
import java.util.List;

/** Reads JSON Pointers (RFC 6901). */
final class JsonPointers {
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
            if (token.replace("~0", "").replace("~1", "").indexOf('~') >= 0) {
                throw new IllegalArgumentException(
                        "pointer: " + pointer + " (expected: ~0 for a tilde, ~1 for a slash)");
            }
            tokens.add(token.replace("~1", "/").replace("~0", "~"));
        }
        return tokens;
    }
}
