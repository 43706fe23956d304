package dev.headgate.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts the environment's values in place of {@code ${NAME}} and {@code ${NAME:-default}}. */
final class EnvText {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}");

    private EnvText() {}

    static boolean isLiteral(String raw) {
        return !raw.contains("${");
    }

    /**
     * The text with every variable replaced, once: a value that itself looks like a variable stays as it is. As in a
     * shell, the default also stands for an empty value.
     *
     * @throws IllegalArgumentException when a variable is malformed or unset; the message holds no value
     */
    static String replace(String raw, Map<String, String> env) {
        StringBuilder text = new StringBuilder();
        Matcher matcher = VARIABLE.matcher(raw);
        int from = 0;
        for (int at = raw.indexOf("${"); at >= 0; at = raw.indexOf("${", from)) {
            if (!matcher.region(at, raw.length()).lookingAt()) {
                throw new IllegalArgumentException(Quoted.of(raw) + " (expected: ${NAME} or ${NAME:-default})");
            }
            String name = matcher.group(1);
            String value = env.get(name);
            if (matcher.group(2) != null && (value == null || value.isEmpty())) {
                value = matcher.group(3);
            }
            if (value == null) {
                throw new IllegalArgumentException("the environment variable " + name
                        + " is not set (expected: a value, or ${" + name + ":-default})");
            }
            text.append(raw, from, at).append(value);
            from = matcher.end();
        }
        return text.append(raw, from, raw.length()).toString();
    }
}
