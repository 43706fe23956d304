package dev.headgate.profile;

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
    boolean matches(String method, String path) {
        return (this.method == null || this.method.equals(method)) && this.path.matches(path);
    }

    /** Whether every request of the other endpoint is one of this one too. */
    public boolean covers(Endpoint other) {
        return (method == null || method.equals(other.method)) && path.covers(other.path);
    }
}
