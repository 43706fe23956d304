package dev.headgate.profile;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The profiles that come with Headgate. {@code headgate check --profile NAME} prints one in the form of the YAML. */
public final class BuiltInProfiles {
    private static final Set<String> BEARER = Set.of("bearer");
    private static final List<String> NOWHERE = List.of();

    /** These answers tell no lifetime, and a claim may only shorten one: it must not be shorter than a chat. */
    private static final Duration A_DAY = Duration.ofDays(1);

    private static final List<Set<String>> ANY_SCOPE = List.of();

    /** The guest API of the thread that Headgate started from. */
    public static final Profile FORUM_GUEST = forumGuest();

    /** Guest chat by {@code /api/v2/webchat/guest}: its token is a JSON Web Token. */
    public static final Profile WEBCHAT_V2 = webchatV2();

    /** Web messaging: its tokens travel in WebSocket frames, so only the presence of a credential can be checked. */
    public static final Profile WEBMESSAGING = webmessaging();

    /** Guest sessions of the knowledge API: the session's id in the path is the credential. */
    public static final Profile KNOWLEDGE_GUEST = knowledgeGuest();

    /** By name, which is how configurations refer to them. */
    public static final Map<String, Profile> ALL = Stream.of(FORUM_GUEST, WEBCHAT_V2, WEBMESSAGING, KNOWLEDGE_GUEST)
            .collect(Collectors.toUnmodifiableMap(Profile::name, profile -> profile));

    private BuiltInProfiles() {}

    private static Profile forumGuest() {
        String root = "/api/v2/guests";
        Learns identity = new Learns(
                List.of("/guest_token", "/guestToken", "/identityToken", "/token"),
                Map.of(
                        Binding.GUEST, List.of("/guestId", "/id"),
                        Binding.CONVERSATION, List.of("/conversationId"),
                        Binding.CHAT, List.of("/webChatSessionId"),
                        Binding.DIVISION, List.of("/divisionId")),
                List.of("/expiresIn", "/expires_in"),
                List.of("/expiresAt"),
                null,
                List.of("/scope", "/scopes"),
                List.of("/purpose"),
                List.of("/guestId"),
                new Needs(List.of("/purpose"), List.of("X-Genesys-Cloud-Id")));
        Map<String, Binding> names = new LinkedHashMap<>();
        names.put("guestId", Binding.GUEST);
        names.put("conversationId", Binding.CONVERSATION);
        names.put("webChatSessionId", Binding.CHAT);
        names.put("divisionId", Binding.DIVISION);
        Map<String, Binding> pointers = new LinkedHashMap<>();
        names.forEach((name, binding) -> pointers.put("/" + name, binding));
        IdPlaces ids = new IdPlaces(Map.of(), names, pointers);
        IdPlaces withPath = new IdPlaces(Map.of("conversationId", Binding.CONVERSATION), names, pointers);
        List<Set<String>> write =
                List.of(ordered("guest:chat", "guest:chat:write"), ordered("guest:write", "guest:chat:write"));
        List<Set<String>> read = List.of(ordered("guest:chat", "guest:chat:read"));
        String one = root + "/conversations/{conversationId}";
        return new Profile(
                "forum-guest",
                new ClaimPlaces("/exp", null, Map.of()),
                List.of(
                        endpoint("POST", root + "/identities", identity, null, null),
                        endpoint("POST", root + "/messages", null, bearer(ids, true, write, "chat"), null),
                        endpoint("GET", root + "/messages", null, bearer(ids, false, read, "chat"), null),
                        endpoint("DELETE", one, null, bearer(withPath, false, ANY_SCOPE, null), Binding.CONVERSATION),
                        endpoint(null, one + "/**", null, bearer(withPath, false, ANY_SCOPE, null), null),
                        endpoint(null, root + "/**", null, bearer(ids, false, ANY_SCOPE, null), null)));
    }

    private static Profile webchatV2() {
        String root = "/api/v2/webchat/guest/conversations";
        Learns conversation = new Learns(
                List.of("/jwt"),
                Map.of(
                        Binding.CONVERSATION, List.of("/id"),
                        Binding.MEMBER, List.of("/member/id")),
                NOWHERE,
                NOWHERE,
                A_DAY,
                NOWHERE,
                NOWHERE,
                NOWHERE,
                new Needs(List.of("/organizationId", "/deploymentId"), List.of()));
        Map<String, Binding> both = new LinkedHashMap<>();
        both.put("conversationId", Binding.CONVERSATION);
        both.put("memberId", Binding.MEMBER);
        Guards own = jwt(new IdPlaces(both, Map.of(), Map.of()));
        Guards any = jwt(new IdPlaces(Map.of("conversationId", Binding.CONVERSATION), Map.of(), Map.of()));
        // The path of eventStreamUri, which is of another host.
        Guards stream = new Guards(Set.of(), false, "jwt", true, IdPlaces.NONE, false, ANY_SCOPE, null);
        String one = root + "/{conversationId}";
        // A guest may look at the agent's member, but speak for its own only.
        return new Profile(
                "webchat-v2",
                new ClaimPlaces(
                        "/exp", "/org", Map.of(Binding.CONVERSATION, "/data/conv", Binding.MEMBER, "/data/sub")),
                List.of(
                        endpoint("POST", root, conversation, null, null),
                        endpoint("DELETE", one + "/members/{memberId}", null, own, Binding.MEMBER),
                        endpoint("GET", one + "/members/{memberId}/**", null, any, null),
                        endpoint("HEAD", one + "/members/{memberId}/**", null, any, null),
                        endpoint(null, one + "/members/{memberId}/**", null, own, null),
                        endpoint(null, one + "/**", null, any, null),
                        endpoint("GET", "/platform/jwt/{jwt}", null, stream, null)));
    }

    private static Profile webmessaging() {
        Guards guards = new Guards(BEARER, false, null, false, IdPlaces.NONE, false, ANY_SCOPE, null);
        return new Profile(
                "webmessaging",
                ClaimPlaces.NONE,
                List.of(endpoint(null, "/api/v2/webmessaging/messages/**", null, guards, null)));
    }

    private static Profile knowledgeGuest() {
        String root = "/api/v2/knowledge/guest/sessions";
        Learns session = new Learns(
                List.of("/id"),
                Map.of(),
                NOWHERE,
                NOWHERE,
                A_DAY,
                NOWHERE,
                NOWHERE,
                NOWHERE,
                new Needs(List.of("/app/deploymentId"), List.of()));
        Guards guards = new Guards(Set.of(), false, "sessionId", true, IdPlaces.NONE, false, ANY_SCOPE, null);
        return new Profile(
                "knowledge-guest",
                ClaimPlaces.NONE,
                List.of(
                        endpoint("POST", root, session, null, null),
                        endpoint(null, root + "/{sessionId}/**", null, guards, null)));
    }

    private static Endpoint endpoint(
            @Nullable String method,
            String path,
            @Nullable Learns learns,
            @Nullable Guards guards,
            @Nullable Binding ends) {
        return new Endpoint(method, PathPattern.of(path), learns, guards, ends);
    }

    private static Guards bearer(IdPlaces ids, boolean body, List<Set<String>> scopes, @Nullable String purpose) {
        return new Guards(BEARER, false, null, true, ids, body, scopes, purpose);
    }

    private static Guards jwt(IdPlaces ids) {
        return new Guards(BEARER, true, null, true, ids, false, ANY_SCOPE, null);
    }

    private static Set<String> ordered(String one, String other) {
        return new java.util.LinkedHashSet<>(List.of(one, other));
    }
}
