package dev.headgate.admin;

import java.util.Locale;

/** Text of clients as a terminal may show it: everything but printable ASCII is escaped. */
public final class PrintableText {
    private PrintableText() {}

    public static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars()
                .forEach(c -> out.append(c >= ' ' && c < 0x7f ? (char) c : String.format(Locale.ROOT, "\\u%04x", c)));
        return out.toString();
    }
}
