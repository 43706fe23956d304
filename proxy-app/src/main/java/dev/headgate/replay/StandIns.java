package dev.headgate.replay;

import java.nio.charset.StandardCharsets;

/** Puts a value of the same form in the place of each placeholder of a capture, always the same for the same one. */
final class StandIns {
    private StandIns() {}

    static String in(String text) {
        int at = text.indexOf("{{");
        if (at < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 32);
        int from = 0;
        while (at >= 0) {
            int end = Placeholder.end(text, at);
            if (end < 0) {
                at = text.indexOf("{{", at + 1);
                continue;
            }
            String placeholder = text.substring(at, end);
            out.append(text, from, at).append(Placeholder.standIn(placeholder, Placeholder.isToken(placeholder)));
            from = end;
            at = text.indexOf("{{", end);
        }
        return out.append(text, from, text.length()).toString();
    }

    /** Placeholders are ASCII, so they are found whatever the other octets stand for. */
    static byte[] in(byte[] text) {
        for (int i = 0; i + 1 < text.length; i++) {
            if (text[i] == '{' && text[i + 1] == '{') {
                return in(new String(text, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
            }
        }
        return text;
    }
}
