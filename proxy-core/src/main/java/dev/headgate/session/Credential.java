package dev.headgate.session;

import dev.headgate.http.FieldName;
import dev.headgate.http.Octets;
import dev.headgate.http.RequestHead;
import dev.headgate.profile.ClaimPlaces;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Facts about a request's Authorization fields (RFC 9110 section 11.6.2), without their text.
 *
 * @param count how many such fields there are
 * @param scheme of the first one in lower case; null where the value is a single word or empty
 * @param kind what the first one's credential looks like
 * @param fingerprint of the token, without its scheme; null where there is none
 */
public record Credential(
        int count,
        @Nullable String scheme,
        Kind kind,
        @Nullable TokenFingerprint fingerprint) {

    /** What a credential looks like. */
    public enum Kind {
        /** No field at all. */
        ABSENT,
        /** A field, or a scheme, and nothing more. */
        EMPTY,
        /** A literal that stands where the token should. */
        PLACEHOLDER,
        /** More than one word after the scheme. */
        SEVERAL_WORDS,
        TOKEN
    }

    public static final Credential ABSENT = new Credential(0, null, Kind.ABSENT, null);

    private static final String BEARER = "bearer";

    private static final Set<String> SCHEMES = Set.of(BEARER, "basic", "digest", "negotiate", "token", "jwt");

    private static final Set<String> PLACEHOLDERS = Set.of(
            "undefined", "null", "none", "nil", "nan", "[object object]", "[redacted]", "redacted", "[filtered]");

    private static final int LONGEST_WORD =
            PLACEHOLDERS.stream().mapToInt(String::length).max().orElse(0);

    private static final int LONGEST_PLACEHOLDER = 64;

    /** Its first part is JSON, so it begins with the Base64 of an opening brace and a quotation mark. */
    private static final Pattern JWT = Pattern.compile("eyJ[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");

    public boolean isPresent() {
        return count > 0;
    }

    public static Credential of(RequestHead head, KeyedHash hash) {
        int field = head.find(FieldName.AUTHORIZATION);
        if (field < 0) {
            return ABSENT;
        }
        int count = 1;
        for (int i = head.find(FieldName.AUTHORIZATION, field + 1);
                i >= 0;
                i = head.find(FieldName.AUTHORIZATION, i + 1)) {
            count++;
        }
        return first(head.bytes(), head.valueStart(field), head.valueEnd(field), count, hash);
    }

    /** What the token says of itself, in the head that this was made from. */
    public TokenClaims claims(RequestHead head, ClaimPlaces places) {
        int field = kind == Kind.TOKEN && !places.isEmpty() ? head.find(FieldName.AUTHORIZATION) : -1;
        if (field < 0) {
            return TokenClaims.NONE;
        }
        return TokenClaims.of(head.bytes(), tokenStart(head, field), head.valueEnd(field), places);
    }

    /** Whether the token, in the head that this was made from, has the form of a JSON Web Token (RFC 7519). */
    public boolean looksLikeJwt(RequestHead head) {
        int field = kind == Kind.TOKEN ? head.find(FieldName.AUTHORIZATION) : -1;
        return field >= 0
                && JWT.matcher(text(head.bytes(), tokenStart(head, field), head.valueEnd(field)))
                        .matches();
    }

    private static int tokenStart(RequestHead head, int field) {
        byte[] bytes = head.bytes();
        int from = head.valueEnd(field);
        while (from > head.valueStart(field) && !Octets.isBlank(bytes[from - 1])) {
            from--;
        }
        return from;
    }

    private static Credential first(byte[] bytes, int from, int to, int count, KeyedHash hash) {
        int wordEnd = wordEnd(bytes, from, to);
        int rest = wordEnd;
        while (rest < to && Octets.isBlank(bytes[rest])) {
            rest++;
        }
        if (isPlaceholder(bytes, from, to)) {
            return new Credential(count, null, Kind.PLACEHOLDER, null);
        }
        if (rest == to) {
            boolean bare = from == to || isScheme(bytes, from, to);
            return bare
                    ? new Credential(count, from == to ? null : scheme(bytes, from, to), Kind.EMPTY, null)
                    : new Credential(count, null, Kind.TOKEN, hash.fingerprint(bytes, from, to));
        }
        String scheme = scheme(bytes, from, wordEnd);
        if (isPlaceholder(bytes, rest, to)) {
            return new Credential(count, scheme, Kind.PLACEHOLDER, null);
        }
        Kind kind = wordEnd(bytes, rest, to) == to ? Kind.TOKEN : Kind.SEVERAL_WORDS;
        return new Credential(count, scheme, kind, hash.fingerprint(bytes, rest, to));
    }

    private static int wordEnd(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && !Octets.isBlank(bytes[i])) {
            i++;
        }
        return i;
    }

    private static String scheme(byte[] bytes, int from, int to) {
        return isBearer(bytes, from, to) ? BEARER : text(bytes, from, to).toLowerCase(Locale.ROOT);
    }

    /** Nearly every scheme is: no text is made of it. */
    private static boolean isBearer(byte[] bytes, int from, int to) {
        boolean is = to - from == BEARER.length();
        for (int i = 0; i < BEARER.length() && is; i++) {
            is = Octets.lower(bytes[from + i]) == BEARER.charAt(i);
        }
        return is;
    }

    private static boolean isScheme(byte[] bytes, int from, int to) {
        return to - from <= 16 && SCHEMES.contains(text(bytes, from, to).toLowerCase(Locale.ROOT));
    }

    /**
     * Whether {@code bytes[from..to)} is a literal that stands where the token should: {@code undefined}, {@code
     * [REDACTED]} and their kin; {@code $NAME}, {@code ${NAME}}, {@code <name>}, {@code
     * {{name}}}; a run of asterisks.
     */
    public static boolean isPlaceholder(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length == 0 || length > LONGEST_PLACEHOLDER) {
            return false;
        }
        byte first = bytes[from];
        byte last = bytes[to - 1];
        if (first == '<' && last == '>' || first == '{' && last == '}') {
            return true;
        }
        if (first != '$' && first != '*' && length > LONGEST_WORD) {
            return false;
        }
        String text = text(bytes, from, to).toLowerCase(Locale.ROOT);
        if (first == '$') {
            return text.chars().skip(1).allMatch(c -> Character.isLetterOrDigit(c) || "_{}()".indexOf(c) >= 0);
        }
        return first == '*' ? text.chars().allMatch(c -> c == '*') : PLACEHOLDERS.contains(text);
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
