package dev.headgate.capture;

import dev.headgate.capture.MemberNames.Kind;
import dev.headgate.session.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Finds in a text the values of JSON members that are not to be written, whatever is wrong with the rest of it: text
 * that is cut, several documents, or JSON within other text. A string ends at a line's end at the latest, where JSON
 * has none. For one thread.
 */
final class JsonMembers {
    private static final int DEEPEST = 64;

    /** What means something outside of strings: the structural characters, and what begins a string or a number. */
    private static final boolean[] STRUCTURE = new boolean[256];

    static {
        for (char c : "\"{}[],-0123456789".toCharArray()) {
            STRUCTURE[c] = true;
        }
    }

    private final Secrets secrets;
    private final Redactions inner = new Redactions();
    private final Kind[] inherited = new Kind[DEEPEST];
    private final boolean[] arrays = new boolean[DEEPEST];
    private final int[] names = new int[2 * DEEPEST];
    /** Ranges of strings that have an escape in them, between two bounds each. */
    private int[] escaped = new int[32];

    private int escapes;

    JsonMembers(Secrets secrets) {
        this.secrets = secrets;
    }

    /**
     * Looks through a text; the tokens and ids that it finds are known from then on.
     *
     * @param pointers to values that are tokens, whatever their names
     * @param found gets them, in their order
     */
    void find(byte[] text, int length, MemberNames members, List<String> pointers, Redactions found) {
        escapes = 0;
        int depth = 0;
        int deeper = 0;
        Kind kind = Kind.PLAIN;
        int nameFrom = 0;
        int nameTo = 0;
        int i = 0;
        while (i < length) {
            byte c = text[i];
            if (!STRUCTURE[c & 0xff]) {
                i++;
                continue;
            }
            if (c == '"') {
                int end = end(text, i + 1, length);
                boolean closed = end < length && text[end] == '"';
                int next = closed ? end + 1 : end;
                if (closed && isName(text, next, length)) {
                    Kind own = members.member(text, i + 1, end);
                    kind = own == Kind.PLAIN || outer(depth) == Kind.SECRET ? outer(depth) : own;
                    nameFrom = i + 1;
                    nameTo = end;
                } else {
                    Kind here = depth > 0 && arrays[depth - 1] ? inherited[depth - 1] : kind;
                    if (here == Kind.PLAIN || here == Kind.ID) {
                        here = isAt(text, depth, nameFrom, nameTo, pointers) ? Kind.TOKEN : here;
                    }
                    value(text, i + 1, end, here, found);
                    kind = outer(depth);
                }
                i = next;
                continue;
            }
            if (c == '{' || c == '[') {
                if (depth == DEEPEST) {
                    deeper++;
                } else {
                    Kind here = depth > 0 && arrays[depth - 1] ? inherited[depth - 1] : kind;
                    arrays[depth] = c == '[';
                    inherited[depth] = c == '[' || here != Kind.ID ? here : Kind.PLAIN;
                    names[2 * depth] = nameFrom;
                    names[2 * depth + 1] = nameTo;
                    depth++;
                }
                kind = outer(depth);
                nameTo = nameFrom;
            } else if (c == '}' || c == ']') {
                if (deeper > 0) {
                    deeper--;
                } else if (depth > 0) {
                    depth--;
                }
                kind = outer(depth);
            } else if (c == ',') {
                kind = outer(depth);
            } else if (c >= '0' && c <= '9' || c == '-') {
                int end = i + 1;
                while (end < length && "0123456789.eE+-".indexOf(text[end]) >= 0) {
                    end++;
                }
                number(text, i, end, numbers(text, depth, kind, nameFrom, nameTo, pointers), found);
                i = end;
                continue;
            }
            i++;
        }
    }

    private Kind numbers(byte[] text, int depth, Kind kind, int nameFrom, int nameTo, List<String> pointers) {
        Kind here = depth > 0 && arrays[depth - 1] ? inherited[depth - 1] : kind;
        return here == Kind.PLAIN && isAt(text, depth, nameFrom, nameTo, pointers) ? Kind.TOKEN : here;
    }

    /** A short number by the name of a token counts or dates something. */
    private void number(byte[] text, int from, int end, Kind kind, Redactions found) {
        switch (kind) {
            case ID -> found.add(from, end, quoted(secrets.id(text, from, end)));
            case SECRET -> found.add(from, end, quoted(Secrets.MASKED));
            case TOKEN -> {
                if (end - from >= Secrets.SHORTEST) {
                    found.add(from, end, quoted(secrets.token(text, from, end)));
                }
            }
            case PLAIN -> {}
        }
    }

    /** What a container makes of what is in it. */
    private Kind outer(int depth) {
        return depth == 0 ? Kind.PLAIN : inherited[depth - 1];
    }

    private static byte[] quoted(byte[] text) {
        byte[] quoted = new byte[text.length + 2];
        quoted[0] = '"';
        System.arraycopy(text, 0, quoted, 1, text.length);
        quoted[text.length + 1] = '"';
        return quoted;
    }

    private void value(byte[] text, int from, int end, Kind kind, Redactions found) {
        boolean escape = false;
        for (int i = from; i < end && !escape; i++) {
            escape = text[i] == '\\';
        }
        if (kind == Kind.PLAIN) {
            if (escape) {
                keep(from, end);
            }
            return;
        }
        if (from == end) {
            return;
        }
        if (kind == Kind.SECRET) {
            found.add(from, end, Secrets.MASKED);
            return;
        }
        byte[] plain = escape ? unescaped(text, from, end) : text;
        int start = escape ? 0 : from;
        int to = escape ? plain.length : end;
        if (kind == Kind.ID) {
            found.add(from, end, secrets.id(plain, start, to));
        } else if (!Credential.isPlaceholder(plain, start, to)) {
            token(plain, start, to, from, end, found);
        }
    }

    /** One with a scheme before it keeps that. */
    private void token(byte[] plain, int start, int to, int from, int end, Redactions found) {
        boolean words = false;
        for (int i = start; i < to && !words; i++) {
            words = plain[i] == ' ';
        }
        if (!words) {
            String token = new String(plain, start, to - start, StandardCharsets.UTF_8);
            found.add(from, end, secrets.token(token));
            return;
        }
        inner.clear();
        secrets.credential(plain, start, to, inner);
        found.add(from, end, JsonText.escaped(inner.apply(plain, start, to)));
    }

    private void keep(int from, int end) {
        if (escapes == escaped.length) {
            escaped = Arrays.copyOf(escaped, 2 * escapes);
        }
        escaped[escapes++] = from;
        escaped[escapes++] = end;
    }

    /** Forgets the strings of the text before. */
    void clear() {
        escapes = 0;
    }

    /** How many strings with escapes have been found among those that are plain. */
    int escapedStrings() {
        return escapes / 2;
    }

    int escapedFrom(int i) {
        return escaped[2 * i];
    }

    int escapedTo(int i) {
        return escaped[2 * i + 1];
    }

    /** Where a string ends: at its quotation mark, or at the end of the line or the text. */
    private static int end(byte[] text, int from, int length) {
        int i = from;
        while (i < length && text[i] != '"' && text[i] != '\n') {
            i += text[i] == '\\' ? 2 : 1;
        }
        return Math.min(i, length);
    }

    private static boolean isName(byte[] text, int from, int length) {
        int i = from;
        while (i < length && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n')) {
            i++;
        }
        return i < length && text[i] == ':';
    }

    private boolean isAt(byte[] text, int depth, int nameFrom, int nameTo, List<String> pointers) {
        for (int p = 0; p < pointers.size(); p++) {
            String[] parts = pointers.get(p).split("/", -1);
            boolean same = parts.length - 1 == depth && depth > 0;
            for (int i = 1; i < parts.length && same; i++) {
                boolean last = i == parts.length - 1;
                int from = last ? nameFrom : names[2 * i];
                int to = last ? nameTo : names[2 * i + 1];
                same = new String(text, from, to - from, StandardCharsets.UTF_8).equals(MemberNames.last(parts[i]));
            }
            if (same) {
                return true;
            }
        }
        return false;
    }

    /** A string without its escapes (RFC 8259 section 7); broken ones stay. */
    static byte[] unescaped(byte[] text, int from, int to) {
        String raw = new String(text, from, to - from, StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\' || i + 1 == raw.length()) {
                out.append(c);
                continue;
            }
            char next = raw.charAt(++i);
            int code = next == 'u' && i + 4 < raw.length() ? hex(raw, i + 1) : -1;
            if (code >= 0) {
                out.append((char) code);
                i += 4;
                continue;
            }
            int plain = "\"\\/bfnrt".indexOf(next);
            out.append(plain < 0 ? next : "\"\\/\b\f\n\r\t".charAt(plain));
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static int hex(String text, int from) {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
