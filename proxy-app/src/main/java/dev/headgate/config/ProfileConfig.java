package dev.headgate.config;

import dev.headgate.profile.Binding;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A profile of the user's own, as the file has it; each component is that of {@link dev.headgate.profile.Profile} with
 * the same meaning. Valid and immutable.
 *
 * @param claims null for none
 * @param endpoints at least one; each can be reached
 */
public record ProfileConfig(@Nullable Claims claims, List<Endpoint> endpoints) {
    public ProfileConfig {
        endpoints = List.copyOf(endpoints);
    }

    /** JSON Pointers into the payload of a token that is a JSON Web Token. */
    public record Claims(
            @Nullable String expires,
            @Nullable String organization,
            @Nullable String guest,
            @Nullable String conversation,
            @Nullable String chat,
            @Nullable String division,
            @Nullable String member) {
        /** The pointers to what the token is bound to. */
        public Map<Binding, String> ids() {
            Map<Binding, String> ids = new EnumMap<>(Binding.class);
            for (Binding binding : Binding.values()) {
                String pointer =
                        switch (binding) {
                            case GUEST -> guest;
                            case CONVERSATION -> conversation;
                            case CHAT -> chat;
                            case DIVISION -> division;
                            case MEMBER -> member;
                        };
                if (pointer != null) {
                    ids.put(binding, pointer);
                }
            }
            return ids;
        }
    }

    /**
     * One kind of request; it learns, guards or ends something.
     *
     * @param path a {@link dev.headgate.profile.PathPattern}
     */
    public record Endpoint(
            @Nullable String method,
            String path,
            @Nullable Learns learns,
            @Nullable Guards guards,
            @Nullable Binding ends) {}

    /** JSON Pointers, of which the first that has a value counts. */
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
    }

    /** What a create request should have. */
    public record Needs(List<String> body, List<String> headers) {
        public Needs {
            body = List.copyOf(body);
            headers = List.copyOf(headers);
        }
    }

    /**
     * What a request must have.
     *
     * @param schemes in lower case
     * @param scopes each entry one scope, or several separated by blanks of which one is enough
     */
    public record Guards(
            List<String> schemes,
            boolean bareToken,
            @Nullable String tokenInPath,
            boolean issued,
            Ids ids,
            boolean body,
            List<String> scopes,
            @Nullable String purpose) {
        public Guards {
            schemes = List.copyOf(schemes);
            scopes = List.copyOf(scopes);
        }
    }

    /** Where a request names ids, in the order of the file. */
    public record Ids(Map<String, Binding> path, Map<String, Binding> query, Map<String, Binding> body) {
        public Ids {
            path = Collections.unmodifiableMap(new LinkedHashMap<>(path));
            query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
            body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
        }
    }
}
