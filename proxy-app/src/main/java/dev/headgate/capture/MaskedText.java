package dev.headgate.capture;

import org.jspecify.annotations.Nullable;

/**
 * Writes texts of an exchange into strings of JSON. What was found in them by its place is replaced, and between that what
 * {@link Secrets} knows or, where a text may be guessed at, what looks like a token. For one thread.
 */
final class MaskedText {
    private static final Redactions NONE = new Redactions();

    private final Secrets secrets;
    private final JsonText out;
    private final Redactions all = new Redactions();
    private final Redactions inString = new Redactions();

    MaskedText(Secrets secrets, JsonText out) {
        this.secrets = secrets;
        this.out = out;
    }

    /** Writes octets, each the character of its number. */
    void octets(byte[] text, int from, int to, boolean guess) {
        octets(text, from, to, NONE, guess);
    }

    /**
     * Likewise.
     *
     * @param found by its place, in {@code text[from..to)}
     */
    void octets(byte[] text, int from, int to, Redactions found, boolean guess) {
        gather(text, from, to, found, null, guess);
        int at = from;
        for (int i = 0; i < all.count(); i++) {
            out.escapeOctets(text, at, all.from(i));
            out.raw(all.replacement(i));
            at = all.to(i);
        }
        out.escapeOctets(text, at, to);
    }

    /** Writes a body that is UTF-8. */
    void body(CapturedContent body) {
        byte[] text = body.bytes();
        gather(text, 0, body.length(), body.found(), body.members(), true);
        int at = 0;
        for (int i = 0; i < all.count(); i++) {
            out.escape(text, at, all.from(i));
            byte[] with = all.replacement(i);
            out.escape(with, 0, with.length);
            at = all.to(i);
        }
        out.escape(text, at, body.length());
    }

    /** Whether something that is known stands in a text. */
    boolean hasKnown(byte[] text, int from, int to) {
        all.clear();
        secrets.find(text, from, to, false, all);
        return all.count() > 0;
    }

    /**
     * Gathers in {@link #all} what was found and what stands between that.
     *
     * @param strings whose escapes may hide something; null for none
     */
    private void gather(byte[] text, int from, int to, Redactions found, @Nullable JsonMembers strings, boolean guess) {
        all.clear();
        int at = from;
        int f = 0;
        int s = 0;
        int escaped = strings == null ? 0 : strings.escapedStrings();
        while (f < found.count() || s < escaped) {
            int nextFound = f < found.count() ? found.from(f) : Integer.MAX_VALUE;
            int nextString = strings != null && s < escaped ? strings.escapedFrom(s) : Integer.MAX_VALUE;
            if (nextFound <= nextString) {
                secrets.find(text, at, nextFound, guess, all);
                all.add(nextFound, found.to(f), found.replacement(f));
                at = found.to(f++);
            } else {
                secrets.find(text, at, nextString, guess, all);
                at = strings == null ? at : strings.escapedTo(s++);
                escaped(text, nextString, at, guess);
            }
        }
        secrets.find(text, at, to, guess, all);
    }

    /** A string with escapes, of which all is replaced where something is in it. */
    private void escaped(byte[] text, int from, int to, boolean guess) {
        byte[] plain = JsonMembers.unescaped(text, from, to);
        inString.clear();
        secrets.find(plain, 0, plain.length, guess, inString);
        if (inString.count() > 0) {
            all.add(from, to, JsonText.escaped(inString.apply(plain, 0, plain.length)));
        }
    }
}
