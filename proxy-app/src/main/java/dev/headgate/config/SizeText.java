package dev.headgate.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as the configuration writes them: {@code 0B 512B 64KiB 1MiB 1GiB}. */
public final class SizeText {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})(B|KiB|MiB|GiB)");

    private SizeText() {}

    /**
     * Reads a whole number and one binary unit; {@code 0} needs no unit.
     *
     * @return bytes
     * @throws IllegalArgumentException when the text is no size, or one of more than 2^63 - 1 bytes
     */
    public static long parse(String text) {
        if (text.equals("0")) {
            return 0;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    Quoted.of(text) + " (expected: a whole number with B, KiB, MiB or GiB, such as 64KiB)");
        }
        long unit =
                switch (matcher.group(2)) {
                    case "B" -> 1L;
                    case "KiB" -> 1L << 10;
                    case "MiB" -> 1L << 20;
                    default -> 1L << 30;
                };
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(Quoted.of(text) + " (expected: a smaller size)", e);
        }
    }
}
