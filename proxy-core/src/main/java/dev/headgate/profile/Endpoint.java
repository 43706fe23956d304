package dev.headgate.profile;

import org.jspecify.annotations.Nullable;

/**
 * One kind of request that a profile knows.
 *
 * @param method null for any
 * @param learns what its answer teaches, or null
 * @param guards what it demands, or null for nothing
 */
public record Endpoint(
        @Nullable String method,
        PathPattern path,
        @Nullable Learns learns,
        @Nullable Guards guards) {
    boolean matches(String method, String path) {
        return (this.method == null || this.method.equals(method)) && this.path.matches(path);
    }
}
