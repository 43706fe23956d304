package dev.headgate.config;

import java.util.regex.Pattern;

/** The way to a key as errors print it: {@code routes[0].upstream}. */
final class KeyPath {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private KeyPath() {}

    static String key(String parent, String key) {
        if (!PLAIN.matcher(key).matches()) {
            return parent + "[" + Quoted.of(key) + "]";
        }
        return parent.isEmpty() ? key : parent + "." + key;
    }

    static String index(String parent, int index) {
        return parent + "[" + index + "]";
    }
}
