package dev.headgate.admin;

import java.util.List;

/**
 * What came of loading the configuration again.
 *
 * @param reloaded whether it is in force now; else the one before still is
 * @param errors why it is not
 * @param warnings what is odd about it
 * @param kept the keys whose change takes a restart
 */
public record ReloadOutcome(boolean reloaded, List<String> errors, List<String> warnings, List<String> kept) {
    public ReloadOutcome {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
        kept = List.copyOf(kept);
    }

    public static ReloadOutcome failed(List<String> errors) {
        return new ReloadOutcome(false, errors, List.of(), List.of());
    }
}
