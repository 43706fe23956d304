package dev.headgate.capture;

import dev.headgate.netty.TellingText;
import dev.headgate.profile.Uuid;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.TokenFingerprint;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * The tokens and guarded ids of one exchange, and what stands for them. Finds them again wherever they stand in its
 * texts, and with them what looks like a token. For one thread.
 */
final class Secrets {
    static final byte[] MASKED = ascii("{{masked}}");

    /** Shorter ones stand in any text by chance. */
    static final int SHORTEST = 8;

    /** Texts without a token have longer words than this, but not of so many changes. */
    private static final int LONGEST_PLAIN = 19;

    private static final Set<String> SCHEMES =
            Set.of("bearer", "basic", "digest", "negotiate", "token", "jwt", "apikey", "ntlm");

    private static final int DIGIT = 1;
    private static final int UPPER = 2;
    private static final int LOWER = 4;
    private static final int MARK = 8;
    private static final int ESCAPE = 16;

    /** What each octet is in a word; 0 for what ends it. */
    private static final byte[] KINDS = kinds();

    private static final byte[] TOKEN = ascii("{{token:");
    private static final byte[] ID = ascii("{{id:");
    private static final byte[] HEX = ascii("0123456789abcdef");

    private final KeyedHash hash;
    private byte[][] values = new byte[16][];
    /** What stands for each, null until it is asked for. */
    private byte[][] placeholders = new byte[16][];

    private boolean[] tokens = new boolean[16];
    private int count;
    private int shortest;
    /** The kinds of octets that all values have; a word without one of them has none of the values. */
    private int needed;

    private boolean odd;

    Secrets(KeyedHash hash) {
        this.hash = hash;
    }

    private static byte[] kinds() {
        byte[] kinds = new byte[256];
        Arrays.fill(kinds, '0', '9' + 1, (byte) DIGIT);
        Arrays.fill(kinds, 'A', 'Z' + 1, (byte) UPPER);
        Arrays.fill(kinds, 'a', 'z' + 1, (byte) LOWER);
        for (char mark : "-_.~+".toCharArray()) {
            kinds[mark] = MARK;
        }
        kinds['%'] = ESCAPE;
        return kinds;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    void clear() {
        count = 0;
        shortest = Integer.MAX_VALUE;
        needed = DIGIT | MARK;
        odd = false;
    }

    /** What stands for the token {@code text[from..to)}, which is one from now on. */
    byte[] token(byte[] text, int from, int to) {
        return placeholder(add(Arrays.copyOfRange(text, from, to), true));
    }

    /** What a name before it calls a token is one from now on, whatever the form of the text. */
    void learn(byte[] text, int from, int to) {
        TellingText.find(text, from, to, (start, end) -> {
            if (!Credential.isPlaceholder(text, start, end)) {
                var unused = add(Arrays.copyOfRange(text, start, end), true);
            }
        });
    }

    /** Likewise. */
    byte[] token(String token) {
        return placeholder(add(Uuid.canonical(token).getBytes(StandardCharsets.UTF_8), true));
    }

    /** What stands for an id, which is one from now on. */
    byte[] id(String id) {
        return placeholder(add(Uuid.canonical(id).getBytes(StandardCharsets.UTF_8), false));
    }

    /** What stands for the id {@code text[from..to)}, which is one from now on. */
    byte[] id(byte[] text, int from, int to) {
        return id(new String(text, from, to - from, StandardCharsets.UTF_8));
    }

    /**
     * An id is one from now on.
     *
     * @param canonical as {@link Uuid#canonical} has it
     */
    void know(String canonical) {
        var unused = add(canonical.getBytes(StandardCharsets.UTF_8), false);
    }

    /** Gives its place. */
    private int add(byte[] value, boolean token) {
        for (int i = 0; i < count; i++) {
            if (tokens[i] == token && Arrays.equals(values[i], value)) {
                return i;
            }
        }
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
            placeholders = Arrays.copyOf(placeholders, 2 * count);
            tokens = Arrays.copyOf(tokens, 2 * count);
        }
        values[count] = value;
        placeholders[count] = null;
        tokens[count] = token;
        if (value.length >= SHORTEST) {
            shortest = Math.min(shortest, value.length);
            int kinds = 0;
            for (byte octet : value) {
                kinds |= KINDS[octet & 0xff];
                odd |= KINDS[octet & 0xff] == 0;
            }
            needed &= kinds;
        }
        return count++;
    }

    private byte[] placeholder(int which) {
        byte[] known = placeholders[which];
        if (known == null) {
            byte[] value = values[which];
            TokenFingerprint print = hash.fingerprint(value, 0, value.length);
            known = Arrays.copyOf(tokens[which] ? TOKEN : ID, (tokens[which] ? TOKEN : ID).length + 34);
            int at = known.length - 34;
            at = hex(print.low(), known, at);
            at = hex(print.high(), known, at);
            known[at] = '}';
            known[at + 1] = '}';
            placeholders[which] = known;
        }
        return known;
    }

    private static int hex(long value, byte[] to, int from) {
        for (int i = 0; i < 16; i++) {
            to[from + i] = HEX[(int) (value >>> 60 - 4 * i) & 15];
        }
        return from + 16;
    }

    /**
     * Masks the words of a value that is a credential (RFC 9110 section 11.4), but for a scheme and for a literal that
     * stands where a token should.
     */
    void credential(byte[] text, int from, int to, Redactions found) {
        if (Credential.isPlaceholder(text, from, to)) {
            return;
        }
        int at = from;
        while (at < to) {
            int start = at;
            while (at < to && text[at] != ' ' && text[at] != '\t') {
                at++;
            }
            if (at > start && !isScheme(text, start, at) && !Credential.isPlaceholder(text, start, at)) {
                found.add(start, at, token(text, start, at));
                parts(text, start, at);
            }
            at++;
        }
    }

    /** A list or a quoted string has its tokens in parts, and elsewhere only such a part may stand. */
    private void parts(byte[] text, int from, int to) {
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i == to || ",;\"'=<>".indexOf(text[i]) >= 0) {
                if (i - start >= SHORTEST && i - start < to - from && isNoWord(text, start, i)) {
                    var unused = add(Arrays.copyOfRange(text, start, i), true);
                }
                start = i + 1;
            }
        }
    }

    private static boolean isNoWord(byte[] text, int from, int to) {
        return to - from > 12 || hasDigit(text, from, to);
    }

    private static boolean hasDigit(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (KINDS[text[i] & 0xff] == DIGIT) {
                return true;
            }
        }
        return false;
    }

    private static boolean isScheme(byte[] text, int from, int to) {
        return to - from <= 9
                && SCHEMES.contains(
                        new String(text, from, to - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
    }

    /**
     * Finds in a text what is known, JSON Web Tokens, and where {@code guess} says so what looks like a token.
     *
     * @param found gets them, behind what it has
     */
    void find(byte[] text, int from, int to, boolean guess, Redactions found) {
        if (odd && oddlyIn(text, from, to)) {
            found.add(from, to, MASKED);
            return;
        }
        int i = from;
        while (i < to) {
            if (KINDS[text[i] & 0xff] == 0) {
                i++;
                continue;
            }
            int start = i;
            int kinds = 0;
            int kind;
            while (i < to && (kind = KINDS[text[i] & 0xff]) != 0) {
                kinds |= kind;
                i++;
            }
            if (i - start >= SHORTEST) {
                word(text, start, i, kinds, guess, found);
            }
        }
    }

    /** One that has more than words in it. */
    private boolean oddlyIn(byte[] text, int from, int to) {
        for (int i = 0; i < count; i++) {
            byte[] value = values[i];
            boolean isOdd = false;
            for (byte octet : value) {
                isOdd |= KINDS[octet & 0xff] == 0;
            }
            if (isOdd && value.length >= SHORTEST && indexOf(text, from, to, value) >= 0) {
                return true;
            }
        }
        return false;
    }

    private void word(byte[] text, int from, int to, int kinds, boolean guess, Redactions found) {
        if (to - from >= shortest && (kinds & needed) == needed) {
            int at = from;
            boolean any = false;
            for (int i = 0; i < count; i++) {
                int place = values[i].length < SHORTEST ? -1 : indexOf(text, at, to, values[i]);
                if (place >= 0) {
                    at = place;
                    any = true;
                    break;
                }
            }
            if (any) {
                each(text, from, to, found);
                return;
            }
        }
        if ((kinds & ESCAPE) != 0 && hides(text, from, to, guess)) {
            found.add(from, to, MASKED);
            return;
        }
        if (to - from <= LONGEST_PLAIN || Integer.bitCount(kinds & (DIGIT | UPPER | LOWER)) < 2) {
            return;
        }
        int jwt = (kinds & UPPER) == 0 ? -1 : jwt(text, from, to);
        if (jwt >= 0) {
            int end = text[to - 1] == '.' ? to - 1 : to;
            found.add(jwt, end, token(text, jwt, end));
        } else if (guess) {
            pieces(text, from, to, found);
        }
    }

    /** A word with something known in it. */
    private void each(byte[] text, int from, int to, Redactions found) {
        int at = from;
        while (at < to) {
            int first = to;
            int which = -1;
            for (int i = 0; i < count; i++) {
                int place = values[i].length < SHORTEST ? -1 : indexOf(text, at, to, values[i]);
                boolean longer = which >= 0 && place == first && values[i].length > values[which].length;
                if (place >= 0 && (place < first || longer)) {
                    first = place;
                    which = i;
                }
            }
            if (which < 0) {
                return;
            }
            at = first + values[which].length;
            found.add(first, at, placeholder(which));
        }
    }

    /** Whether a word has something behind its percent-encoding. */
    private boolean hides(byte[] text, int from, int to, boolean guess) {
        String word = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
        byte[] plain = decoded(word).getBytes(StandardCharsets.UTF_8);
        if (Arrays.equals(plain, 0, plain.length, text, from, to)) {
            return false;
        }
        Redactions within = new Redactions();
        find(plain, 0, plain.length, guess, within);
        return within.count() > 0;
    }

    /** Without percent-encoding; as it is where that is broken. */
    static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** Where in a word a JSON Web Token begins, or -1. */
    private static int jwt(byte[] text, int from, int to) {
        for (int i = from; i + 3 < to; i++) {
            if (text[i] == 'e' && text[i + 1] == 'y' && text[i + 2] == 'J') {
                return i;
            }
        }
        return -1;
    }

    private void pieces(byte[] text, int from, int to, Redactions found) {
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i == to || text[i] == '.') {
                if (looksRandom(text, start, i)) {
                    found.add(start, i, token(text, start, i));
                }
                start = i + 1;
            }
        }
    }

    /** Whether letters of both cases and digits change as often as by chance; across a mark nothing changes. */
    static boolean looksRandom(byte[] text, int from, int to) {
        int length = to - from;
        if (length <= LONGEST_PLAIN) {
            return false;
        }
        int changes = 0;
        int last = 0;
        for (int i = from; i < to; i++) {
            int kind = KINDS[text[i] & 0xff] & (DIGIT | UPPER | LOWER);
            changes += last != 0 && kind != 0 && kind != last ? 1 : 0;
            last = kind;
        }
        return changes >= length / 4 && !Uuid.is(new String(text, from, length, StandardCharsets.ISO_8859_1));
    }

    /** UUIDs without regard to case. */
    private static int indexOf(byte[] text, int from, int to, byte[] value) {
        int last = to - value.length;
        byte first = value[0];
        byte upper = first >= 'a' && first <= 'z' ? (byte) (first - 32) : first;
        for (int i = from; i <= last; i++) {
            if ((text[i] == first || text[i] == upper) && matches(text, i, value)) {
                return i;
            }
        }
        return -1;
    }

    /** Without regard to case: that masks too much rather than too little. */
    private static boolean matches(byte[] text, int at, byte[] value) {
        for (int i = 0; i < value.length; i++) {
            byte a = text[at + i];
            byte b = value[i];
            if (a != b && ((a ^ b) != 0x20 || !isLetter(a))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(byte octet) {
        return (KINDS[octet & 0xff] & (UPPER | LOWER)) != 0;
    }

    /** Whether anything known is in these octets, as it is. */
    boolean areIn(byte[] text, int from, int to) {
        for (int i = 0; i < count; i++) {
            if (values[i].length >= SHORTEST && indexOf(text, from, to, values[i]) >= 0) {
                return true;
            }
        }
        return false;
    }
}
