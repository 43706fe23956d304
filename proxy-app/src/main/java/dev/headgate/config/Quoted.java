package dev.headgate.config;

/** Text from outside, made safe to print on one line of a terminal. */
final class Quoted {
    private static final int LONGEST = 80;

    private Quoted() {}

    /** The text in double quotes, everything but printable characters escaped, cut at 80 characters. */
    static String of(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().limit(LONGEST).forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c == '\n') {
                quoted.append("\\n");
            } else if (c == '\t') {
                quoted.append("\\t");
            } else if (isPrintable(c)) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(String.format("\\u{%x}", c));
            }
        });
        return quoted.append(text.codePointCount(0, text.length()) > LONGEST ? "...\"" : "\"")
                .toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            // FORMAT holds the bidirectional overrides, which would reorder the line on the terminal.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
