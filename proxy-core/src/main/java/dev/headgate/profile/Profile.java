package dev.headgate.profile;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one API, as data.
 *
 * @param endpoints the first one that matches counts
 */
public record Profile(String name, List<Endpoint> endpoints) {
    private static final Map<String, Binding> FORUM_GUEST_IDS = Map.of(
            "guestId", Binding.GUEST,
            "conversationId", Binding.CONVERSATION,
            "webChatSessionId", Binding.CHAT,
            "divisionId", Binding.DIVISION);

    /** The guest API of the thread that Headgate started from. */
    public static final Profile FORUM_GUEST = new Profile(
            "forum-guest",
            List.of(
                    new Endpoint(
                            "POST",
                            PathPattern.of("/api/v2/guests/identities"),
                            new Learns(
                                    List.of("guest_token", "guestToken", "identityToken", "token"),
                                    Map.of(
                                            Binding.GUEST, List.of("guestId", "id"),
                                            Binding.CONVERSATION, List.of("conversationId"),
                                            Binding.CHAT, List.of("webChatSessionId"),
                                            Binding.DIVISION, List.of("divisionId")),
                                    List.of("expiresIn", "expires_in"),
                                    List.of("expiresAt"),
                                    List.of("scope", "scopes"),
                                    "purpose"),
                            null),
                    new Endpoint(
                            "POST",
                            PathPattern.of("/api/v2/guests/messages"),
                            null,
                            new Guards(Set.of("bearer"), FORUM_GUEST_IDS, true)),
                    new Endpoint(
                            null,
                            PathPattern.of("/api/v2/guests/**"),
                            null,
                            new Guards(Set.of("bearer"), FORUM_GUEST_IDS, false))));

    /** The profiles that configurations can name. */
    public static final Map<String, Profile> BUILT_IN = Map.of(FORUM_GUEST.name, FORUM_GUEST);

    /** The endpoint that a request is for, or null where the profile knows none. */
    public @Nullable Endpoint endpoint(String method, String path) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.matches(method, path)) {
                return endpoint;
            }
        }
        return null;
    }
}
