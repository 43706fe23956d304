package dev.headgate.replay;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** How a value may be spelled where it stands. */
enum Encoding {
    /** As it is. */
    PLAIN,
    /** With percent-encoded octets (RFC 3986 section 2.1); a plus sign is itself. */
    PERCENT,
    /** With the escapes of a JSON string (RFC 8259 section 7); outside of strings JSON has no backslash. */
    JSON;

    private static final String UNRESERVED = "-._~";

    /**
     * A text and where each of its characters stands in what it was read from.
     *
     * @param starts of each character, and behind the last one the end of the source; null where both are the same
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Decoded(String text, int @Nullable [] starts) {
        int start(int at) {
            return starts == null ? at : starts[at];
        }
    }

    /** Reads a text; what is no escape stands for itself. */
    Decoded decode(String source) {
        char escape = this == PERCENT ? '%' : '\\';
        if (this == PLAIN || source.indexOf(escape) < 0) {
            return new Decoded(source, null);
        }
        int[] starts = new int[source.length() + 1];
        StringBuilder text = new StringBuilder(source.length());
        int at = 0;
        while (at < source.length()) {
            starts[text.length()] = at;
            char c = source.charAt(at);
            int length = c != escape ? 1 : this == PERCENT ? percent(source, at, text) : json(source, at, text);
            if (c != escape || length == 1) {
                text.append(c);
            }
            at += length;
        }
        starts[text.length()] = at;
        return new Decoded(text.toString(), starts);
    }

    /** Appends what is escaped there, and says how long the escape is; 1, and nothing appended, where it is none. */
    private static int percent(String source, int at, StringBuilder text) {
        if (!isHex(source, at + 1, 2)) {
            return 1;
        }
        text.append((char) HexFormat.fromHexDigits(source, at + 1, at + 3));
        return 3;
    }

    private static int json(String source, int at, StringBuilder text) {
        if (at + 1 == source.length()) {
            return 1;
        }
        char c = source.charAt(at + 1);
        if (c == 'u') {
            if (!isHex(source, at + 2, 4)) {
                return 1;
            }
            text.append((char) HexFormat.fromHexDigits(source, at + 2, at + 6));
            return 6;
        }
        switch (c) {
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            default -> text.append(c);
        }
        return 2;
    }

    private static boolean isHex(String source, int from, int count) {
        if (from + count > source.length()) {
            return false;
        }
        for (int i = from; i < from + count; i++) {
            if (!HexFormat.isHexDigit(source.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The value, fit to stand there. */
    String encode(String value) {
        return switch (this) {
            case PLAIN -> value;
            case PERCENT -> percentEncoded(value);
            case JSON -> jsonEscaped(value);
        };
    }

    private static String percentEncoded(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (isAlphanumeric(c) || UNRESERVED.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return out.toString();
    }

    private static String jsonEscaped(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** Of ASCII. */
    static boolean isAlphanumeric(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
