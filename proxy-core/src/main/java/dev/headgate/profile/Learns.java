package dev.headgate.profile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a create request and its 2xx answer tell the token and what it is bound to: JSON Pointers into their bodies, of
 * which the first that has a value counts.
 *
 * @param token the answer's; at least one
 * @param ids the answer's, by what they are
 * @param expiresIn where the answer tells the lifetime in seconds
 * @param expiresAt where it tells the end of the lifetime (ISO 8601)
 * @param lifetime of a token whose answer tells none; null for the configuration's
 * @param scopes where it lists the scopes, as an array or separated by blanks
 * @param purpose where the request's body tells what the token is for
 * @param renews where the request's body names an existing guest: what such a request does not tell stays as it was
 * @param needs what the request should have
 */
public record Learns(
        List<String> token,
        Map<Binding, List<String>> ids,
        List<String> expiresIn,
        List<String> expiresAt,
        @Nullable Duration lifetime,
        List<String> scopes,
        List<String> purpose,
        List<String> renews,
        Needs needs) {
    public Learns {
        token = List.copyOf(token);
        ids = Map.copyOf(ids);
        expiresIn = List.copyOf(expiresIn);
        expiresAt = List.copyOf(expiresAt);
        scopes = List.copyOf(scopes);
        purpose = List.copyOf(purpose);
        renews = List.copyOf(renews);
    }

    /** What is read from the answer. */
    public JsonSelection answer() {
        List<String> pointers = new ArrayList<>(token);
        ids.values().forEach(pointers::addAll);
        pointers.addAll(expiresIn);
        pointers.addAll(expiresAt);
        pointers.addAll(scopes);
        return JsonSelection.of(pointers);
    }

    /** What is read from the request's body. */
    public JsonSelection request() {
        List<String> pointers = new ArrayList<>(purpose);
        pointers.addAll(renews);
        return JsonSelection.of(pointers);
    }
}
