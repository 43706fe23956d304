package dev.headgate.netty;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds in a text of any form what a name before it calls a token: {@code token=...}, {@code "access_token": "..."},
 * {@code <token>...</token>}, {@code Authorization: Bearer ...}, a part of a multipart form; also in a string within a
 * string. Prose behind such a name may be found too.
 */
public final class TellingText {
    /** Gets what was found. */
    @FunctionalInterface
    public interface Found {
        /** {@code text[from..to)} is a token. */
        void token(int from, int to);
    }

    /** Shorter values are not found: they are words of the language, mostly. */
    public static final int SHORTEST = 8;

    private static final int LONGEST_GAP = 16;
    private static final int LONGEST_NAME = 24;
    private static final int SURELY_NO_WORD = 20;
    private static final List<String> NAMES = List.of(
            "token", "jwt", "secret", "password", "passwd", "bearer", "apikey", "api_key", "api-key", "authorization");
    private static final Set<String> SCHEMES = Set.of("bearer", "basic", "token");

    private TellingText() {}

    /** Looks through {@code text[from..to)}, in one pass. */
    public static void find(byte[] text, int from, int to, Found found) {
        int i = from;
        while (i < to) {
            if (!isNamePart(text[i])) {
                i++;
                continue;
            }
            int start = i;
            while (i < to && isNamePart(text[i])) {
                i++;
            }
            if (i < to && i - start > 2 && mayEndName(text[i - 2], text[i - 1])) {
                i = Math.max(i, value(text, start, i, to, found));
            }
        }
    }

    /** Where the value ends that stands behind a name, or 0. */
    private static int value(byte[] text, int start, int end, int to, Found found) {
        int nameStart = Math.max(start, end - LONGEST_NAME);
        String name =
                new String(text, nameStart, end - nameStart, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        if (NAMES.stream().noneMatch(name::endsWith)) {
            return 0;
        }
        boolean placeholder = start >= 2 && text[start - 1] == '{' && text[start - 2] == '{';
        if (placeholder) {
            return 0;
        }
        boolean scheme = name.equals("bearer") && end - start == name.length();
        int at = behindGap(text, end, to, scheme);
        int last = at < 0 ? -1 : valueEnd(text, at, to);
        if (at >= 0 && last - at <= 6) {
            String word = new String(text, at, last - at, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            if (SCHEMES.contains(word) && last + 1 < to && text[last] == ' ') {
                at = last + 1;
                last = valueEnd(text, at, to);
            }
        }
        if (at < 0 || last - at < SHORTEST || scheme && !isNoWord(text, at, last)) {
            return 0;
        }
        found.token(at, last);
        return last;
    }

    /** Between a name and its value there is one of {@code = : >}, or the end of a multipart form's head; else -1. */
    private static int behindGap(byte[] text, int from, int to, boolean scheme) {
        boolean divided = false;
        int lines = 0;
        int i = from;
        while (i < to && i - from < LONGEST_GAP) {
            byte c = text[i];
            if (c == '=' || c == ':' || c == '>') {
                divided = true;
            } else if (c == '\n') {
                lines++;
            } else if (" \t\r\"'\\[]".indexOf(c) < 0) {
                break;
            }
            i++;
        }
        boolean blank = scheme && i == from + 1 && text[from] == ' ';
        boolean head = lines == 2 && text[from] == '"';
        return blank || head || divided && lines == 0 ? i : -1;
    }

    private static int valueEnd(byte[] text, int from, int to) {
        int i = from;
        while (i < to && isValuePart(text[i])) {
            i++;
        }
        return i;
    }

    private static boolean isNoWord(byte[] text, int from, int to) {
        boolean digit = false;
        for (int i = from; i < to && !digit; i++) {
            digit = text[i] >= '0' && text[i] <= '9';
        }
        return digit || to - from >= SURELY_NO_WORD;
    }

    /** Few words do, so that few have to be compared with the names. */
    private static boolean mayEndName(byte last2, byte last) {
        int before = last2 | 0x20;
        return switch (last | 0x20) {
            case 'n' -> before == 'e' || before == 'o';
            case 't' -> before == 'w' || before == 'e';
            case 'd' -> before == 'r' || before == 'w';
            case 'r', 'y' -> before == 'e';
            default -> false;
        };
    }

    private static boolean isNamePart(byte c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
    }

    private static boolean isValuePart(byte c) {
        return isNamePart(c) || "/+=%.~".indexOf(c) >= 0;
    }
}
