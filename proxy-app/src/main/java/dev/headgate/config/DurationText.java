package dev.headgate.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as the configuration writes them: {@code 250ms 15s 15m 2h 1d}. */
public final class DurationText {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})(ms|s|m|h|d)");

    private DurationText() {}

    /** The shortest text that {@link #parse} reads as this duration, which is one of whole milliseconds, 0 or more. */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        Map<Long, String> units = new LinkedHashMap<>();
        units.put(86_400_000L, "d");
        units.put(3_600_000L, "h");
        units.put(60_000L, "m");
        units.put(1000L, "s");
        for (Map.Entry<Long, String> unit : units.entrySet()) {
            if (millis > 0 && millis % unit.getKey() == 0) {
                return millis / unit.getKey() + unit.getValue();
            }
        }
        return millis + "ms";
    }

    /**
     * Reads a whole number and one unit; {@code 0} needs no unit.
     *
     * @throws IllegalArgumentException when the text is no duration, or one of more than 2^63 - 1 milliseconds
     */
    public static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    Quoted.of(text) + " (expected: a whole number with ms, s, m, h or d, such as 15s)");
        }
        long millis =
                switch (matcher.group(2)) {
                    case "ms" -> 1L;
                    case "s" -> 1000L;
                    case "m" -> 60_000L;
                    case "h" -> 3_600_000L;
                    default -> 86_400_000L;
                };
        try {
            return Duration.ofMillis(Math.multiplyExact(Long.parseLong(matcher.group(1)), millis));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(Quoted.of(text) + " (expected: a shorter duration)", e);
        }
    }
}
