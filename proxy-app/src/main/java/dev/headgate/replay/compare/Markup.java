package dev.headgate.replay.compare;

/** Text as HTML and XML may hold it, between tags and in quoted attributes. */
final class Markup {
    private Markup() {}

    static String of(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&#34;");
                case '\'' -> out.append("&#39;");
                // What XML 1.0 has no way to write.
                default -> out.appendCodePoint(isCharacter(c) ? c : '\uFFFD');
            }
        });
        return out.toString();
    }

    private static boolean isCharacter(int c) {
        return c == '\t' || c == '\n' || c >= ' ' && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c > 0xFFFF;
    }
}
