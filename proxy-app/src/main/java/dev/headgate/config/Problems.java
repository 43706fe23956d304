package dev.headgate.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong in one file. Confined to the thread that loads it. */
final class Problems {
    private final String file;
    private final List<ConfigError> errors = new ArrayList<>();
    private final Set<String> spoilt = new HashSet<>();

    Problems(String file) {
        this.file = file;
    }

    void report(Place place, String path, String message) {
        errors.add(new ConfigError(file, place.line(), place.column(), path, message));
    }

    /** Reports the value at a path, once: whatever else is wrong with it would only repeat the first error. */
    void reportValue(Place place, String path, String message) {
        if (spoil(path)) {
            report(place, path, message);
        }
    }

    /** Marks the value at a path as known to be bad; false when it was already. */
    boolean spoil(String path) {
        return spoilt.add(path);
    }

    boolean isSpoilt(String path) {
        return spoilt.contains(path);
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    List<ConfigError> byPlace() {
        return errors.stream().distinct().sorted(ConfigError.BY_PLACE).toList();
    }

    void throwIfAny() throws ConfigException {
        if (!errors.isEmpty()) {
            throw new ConfigException(byPlace());
        }
    }
}
