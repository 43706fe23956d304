package dev.headgate.profile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One kind of request that a profile knows.
 *
 * @param method null for any
 * @param learns what its answer teaches, or null
 * @param guards what it demands, or null for nothing
 * @param ends what its 2xx answer ends, with every token bound to it; or null
 */
public record Endpoint(
        @Nullable String method,
        PathPattern path,
        @Nullable Learns learns,
        @Nullable Guards guards,
        @Nullable Binding ends) {
    /**
     * @throws IllegalArgumentException if it guards a variable that its path has not
     */
    public Endpoint {
        if (guards != null) {
            checkVariables(path, guards);
        }
    }

    private static void checkVariables(PathPattern path, Guards guards) {
        List<String> named = new ArrayList<>(guards.ids().path().keySet());
        if (guards.tokenVariable() != null) {
            named.add(guards.tokenVariable());
        }
        if (!path.variables().containsAll(named)) {
            throw new IllegalArgumentException(
                    "variables: " + String.join(", ", named) + " (expected: those of " + path + ")");
        }
    }

    /** The variable of the path that is the credential, or null where Authorization is. */
    public @Nullable String tokenVariable() {
        return guards == null ? null : guards.tokenVariable();
    }

    boolean matches(String method, String path) {
        return (this.method == null || this.method.equals(method)) && this.path.matches(path);
    }

    /** Whether every request of the other endpoint is one of this one too. */
    public boolean covers(Endpoint other) {
        return (method == null || method.equals(other.method)) && path.covers(other.path);
    }
}
