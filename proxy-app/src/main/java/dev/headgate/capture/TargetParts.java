package dev.headgate.capture;

import dev.headgate.capture.MemberNames.Kind;
import dev.headgate.netty.TargetMask;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/** Finds in a request's target, or in a form, what is not to be written. For one thread. */
final class TargetParts {
    private final Secrets secrets;

    TargetParts(Secrets secrets) {
        this.secrets = secrets;
    }

    /**
     * Looks through a target; the tokens and ids that it finds are known from then on.
     *
     * @param token which segment of the path is a token, counted from 0 without empty ones; -1 for none
     * @param ids which are ids
     */
    void target(byte[] text, int token, BitSet ids, MemberNames names, Redactions found) {
        int query = 0;
        while (query < text.length && text[query] != '?') {
            query++;
        }
        int segment = -1;
        int from = 0;
        boolean parameter = false;
        for (int i = 0; i <= query; i++) {
            if (i < query && text[i] != '/' && text[i] != ';') {
                continue;
            }
            if (i > from && parameter) {
                pair(text, from, i, names, found);
            } else if (i > from) {
                segment++;
                Kind kind = segment == token ? Kind.TOKEN : ids.get(segment) ? Kind.ID : Kind.PLAIN;
                value(text, from, i, kind, found);
            }
            parameter = i < query && text[i] == ';';
            from = i + 1;
        }
        if (query < text.length) {
            form(text, query + 1, text.length, names, found);
        }
    }

    /** Looks through pairs of names and values in {@code text[from..to)}. */
    void form(byte[] text, int from, int to, MemberNames names, Redactions found) {
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i == to || text[i] == '&' || text[i] == ';' || text[i] == '#') {
                pair(text, start, i, names, found);
                start = i + 1;
            }
        }
    }

    private void pair(byte[] text, int from, int to, MemberNames names, Redactions found) {
        int equals = from;
        while (equals < to && text[equals] != '=') {
            equals++;
        }
        value(text, from, equals, Kind.PLAIN, found);
        if (equals + 1 < to) {
            String name = decoded(text, from, equals);
            value(text, equals + 1, to, names.parameter(name), found);
        }
    }

    private static String decoded(byte[] text, int from, int to) {
        return Secrets.decoded(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
    }

    private void value(byte[] text, int from, int to, Kind kind, Redactions found) {
        if (from == to) {
            return;
        }
        if (kind == Kind.PLAIN && to - from < 3) {
            return;
        }
        String plain = decoded(text, from, to);
        switch (kind) {
            case ID -> found.add(from, to, secrets.id(plain));
            case TOKEN -> found.add(from, to, secrets.token(plain));
            case SECRET -> found.add(from, to, Secrets.MASKED);
            case PLAIN -> {
                byte[] octets = plain.getBytes(StandardCharsets.UTF_8);
                boolean random = Secrets.looksRandom(octets, 0, octets.length);
                if (random || TargetMask.isTokenLike(plain)) {
                    found.add(from, to, secrets.token(plain));
                }
            }
        }
    }
}
