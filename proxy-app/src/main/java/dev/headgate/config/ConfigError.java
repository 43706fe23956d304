package dev.headgate.config;

import java.util.Comparator;

/**
 * One thing that is wrong, or worth a warning, in a configuration file.
 *
 * @param file the file as the caller named it
 * @param line from 1; 0 when the file as a whole is meant
 * @param column in characters, from 1; 0 when the file as a whole is meant
 * @param path the key, such as {@code routes[0].upstream}; empty when no key is meant
 * @param message what was found and what was expected; never a value that came from the environment or a file
 */
public record ConfigError(String file, int line, int column, String path, String message) {
    static final Comparator<ConfigError> BY_PLACE = Comparator.comparingInt(ConfigError::line)
            .thenComparingInt(ConfigError::column)
            .thenComparing(ConfigError::path);

    /** {@code file:line:column: path: message}, without the parts that are not there. */
    @Override
    public String toString() {
        return file
                + (line > 0 ? ":" + line + ":" + column : "")
                + ": "
                + (path.isEmpty() ? "" : path + ": ")
                + message;
    }
}
