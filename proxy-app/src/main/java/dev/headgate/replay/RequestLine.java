package dev.headgate.replay;

import dev.headgate.http.Octets;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Checks what recordings tell of heads: what could not have been on a wire is no request. */
final class RequestLine {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private RequestLine() {}

    static boolean isMethod(String method) {
        return isToken(method) && !method.equals("CONNECT");
    }

    /** Whether it is a token (RFC 9110 section 5.6.2). */
    static boolean isToken(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) < 0x80 && Octets.isToken((byte) text.charAt(i))) {
            i++;
        }
        return i > 0 && i == text.length();
    }

    /**
     * The target in origin form, or {@code *}; what must be escaped is.
     *
     * @throws BadEntry if it is neither
     */
    static String target(String what, String target) throws BadEntry {
        if (!target.startsWith("/") && !target.equals("*")) {
            throw new BadEntry(what + ": not in origin form (expected: such as /path?query)");
        }
        return escaped(target);
    }

    /** With every octet escaped that no target may have (RFC 3986 section 2.1). */
    static String escaped(String target) {
        int i = 0;
        while (i < target.length() && target.charAt(i) < 0x80 && Octets.isTarget((byte) target.charAt(i))) {
            i++;
        }
        if (i == target.length()) {
            return target;
        }
        StringBuilder escaped = new StringBuilder(target.length() + 16);
        for (byte b : target.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0 && Octets.isTarget(b)) {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(HEX.toHexDigits(b));
            }
        }
        return escaped.toString();
    }

    /**
     * @throws BadEntry if the name is none, or the value has a control character
     */
    static RecordedField field(String what, String name, String value) throws BadEntry {
        if (!isToken(name)) {
            throw new BadEntry(what + ": a name that no field may have (RFC 9110 section 5.1)");
        }
        String trimmed = value.strip();
        for (int i = 0; i < trimmed.length(); i++) {
            char c = trimmed.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f) {
                throw new BadEntry(what + ": " + name + " has a control character in its value (RFC 9110 section 5.5)");
            }
        }
        return new RecordedField(name, trimmed);
    }

    /**
     * @return 100 to 599; 0 for an exchange that ended without an answer
     */
    static int status(String what, int status) throws BadEntry {
        if (status != 0 && (status < 100 || status > 599)) {
            throw new BadEntry(what + ": " + status + " (expected: 100 to 599, or 0 where no answer came)");
        }
        return status;
    }
}
