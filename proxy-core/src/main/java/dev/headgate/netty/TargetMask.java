package dev.headgate.netty;

import dev.headgate.profile.Uuid;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Masks what may be a token in a request target: parameters with a telling name, JSON Web Tokens, and any long part of
 * letters and digits mixed that is no UUID.
 */
public final class TargetMask {
    private static final String MASK = "[masked]";
    private static final int LONGEST_PLAIN = 19;
    private static final Set<String> TELLING = Set.of("key", "code", "sig", "signature");
    private static final List<String> TELLING_PARTS =
            List.of("token", "jwt", "auth", "secret", "passw", "bearer", "apikey", "api_key");

    private TargetMask() {}

    /**
     * As {@link #of(String)}, with one segment of the path masked whatever it looks like.
     *
     * @param segment counted from 0 without empty ones, as {@link dev.headgate.http.RequestHead#path()} reads them; -1
     *     for none
     */
    static String of(String target, int segment) {
        if (segment < 0) {
            return of(target);
        }
        int at = 0;
        int left = segment;
        while (at < target.length() && target.charAt(at) != '?') {
            int end = at + 1;
            while (end < target.length() && "/?".indexOf(target.charAt(end)) < 0) {
                end++;
            }
            boolean empty = end == at + 1 || target.charAt(at + 1) == ';';
            if (!empty && left-- == 0) {
                return of(target.substring(0, at + 1)) + MASK + of(target.substring(end));
            }
            at = end;
        }
        return of(target);
    }

    /** Costs nothing where there is no query and no long segment. */
    public static String of(String target) {
        if (target.indexOf('?') < 0 && target.indexOf(';') < 0 && !hasLongPart(target)) {
            return target;
        }
        StringBuilder out = new StringBuilder(target.length());
        int from = 0;
        boolean query = false;
        // Of a segment (RFC 3986 section 3.3).
        boolean parameter = false;
        String name = "";
        for (int i = 0; i <= target.length(); i++) {
            char c = i == target.length() ? 0 : target.charAt(i);
            boolean ends = c == 0
                    || !query && (c == '/' || c == '?' || c == ';')
                    || query && (c == '&' || c == ';')
                    || (query || parameter) && c == '=' && name.isEmpty();
            if (!ends) {
                continue;
            }
            String part = target.substring(from, i);
            boolean telling = !name.isEmpty() && isTelling(name);
            out.append(telling && !part.isEmpty() || isTokenLike(part) ? MASK : part);
            if (c != 0) {
                out.append(c);
            }
            name = c == '=' ? part.toLowerCase(Locale.ROOT) : "";
            query |= c == '?';
            parameter = !query && (c == ';' || c == '=');
            from = i + 1;
        }
        return out.toString();
    }

    /**
     * Whether what goes by this name is likely a token.
     *
     * @param name in lower case; an escape in it may hide any name
     */
    public static boolean isTelling(String name) {
        return TELLING.contains(name)
                || name.indexOf('%') >= 0
                || TELLING_PARTS.stream().anyMatch(name::contains);
    }

    private static boolean hasLongPart(String target) {
        int run = 0;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            run = c == '/' ? 0 : run + 1;
            if (run > LONGEST_PLAIN || c == 'J' && run > 2 && target.startsWith("eyJ", i - 2)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a text may be a token: long, of letters and digits mixed, and no UUID; or a JWT. */
    public static boolean isTokenLike(String part) {
        if (part.length() > LONGEST_PLAIN && !Uuid.is(part)) {
            return part.chars().anyMatch(Character::isDigit) && part.chars().anyMatch(Character::isLetter);
        }
        return part.startsWith("eyJ");
    }
}
