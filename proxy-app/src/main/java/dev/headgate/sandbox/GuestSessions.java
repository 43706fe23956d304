package dev.headgate.sandbox;

import dev.headgate.sandbox.GuestSession.Grant;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * All sessions and the tokens ever issued, both bounded: the oldest go first, and a token that has gone is unknown.
 * Thread-safe.
 */
final class GuestSessions {
    private static final int MOST_SESSIONS = 100_000;
    private static final int MOST_TOKENS = 200_000;

    private static final Set<String> DEFAULT_SCOPES = Set.of("guest:chat", "guest:write");

    private final SandboxConfig config;
    private final TokenGenerator generator;
    private final BoundedMap<Grant> tokens = new BoundedMap<>(MOST_TOKENS);
    private final BoundedMap<GuestSession> guests = new BoundedMap<>(MOST_SESSIONS);
    private final Map<String, GuestSession> conversations = new HashMap<>();

    GuestSessions(SandboxConfig config, TokenGenerator generator) {
        this.config = config;
        this.generator = generator;
    }

    /** A token just issued, on its way to the guest. */
    record Issued(String token, Grant grant) {
        @Override
        public String toString() {
            return "Issued by " + grant;
        }
    }

    /**
     * Starts a session, or gives an existing guest another token, which ends the former one.
     *
     * @param guestId null: a new guest
     * @param scopes null: as before, or the default ones
     * @param purpose null: as before, or none
     * @param attributes required attributes, besides those of before
     */
    synchronized Issued issue(
            @Nullable String guestId, @Nullable Set<String> scopes, @Nullable String purpose, Set<String> attributes) {
        Instant now = config.clock().instant();
        GuestSession session = guestId == null ? start(now) : guests.get(guestId);
        if (session == null) {
            throw Refusal.notFound();
        }
        Grant former = session.grant;
        Set<String> granted = scopes != null ? scopes : former != null ? former.scopes() : DEFAULT_SCOPES;
        String intended = purpose != null || former == null ? purpose : former.purpose();
        Set<String> known = new HashSet<>(attributes);
        if (former != null) {
            known.addAll(former.attributes());
        }
        Grant grant = new Grant(
                session, granted, intended, Set.copyOf(known), now.plus(config.tokenLifetime()), new RateWindow());
        session.grant = grant;
        String token = newToken();
        tokens.put(token, grant);
        return new Issued(token, grant);
    }

    private GuestSession start(Instant now) {
        GuestSession session = new GuestSession(now);
        GuestSession eldest = guests.put(session.guestId, session);
        conversations.put(session.conversationId, session);
        if (eldest != null) {
            conversations.remove(eldest.conversationId);
            eldest.grant = null;
        }
        return session;
    }

    private String newToken() {
        if (!config.jwtTokens()) {
            return generator.opaque();
        }
        return generator.jwt(JsonNodeFactory.instance
                .objectNode()
                .put("iss", "urn:headgate:sandbox")
                .put("jti", UUID.randomUUID().toString()));
    }

    /** What the token allows; refused with 401 when it is unknown, too old, replaced, or its session has ended. */
    @SuppressWarnings("ReferenceEquality") // Two grants may be alike; only the latest is good.
    synchronized Grant find(String token) {
        Grant grant = tokens.get(token);
        if (grant == null) {
            throw Refusal.badCredentials();
        }
        if (grant.session().grant != grant || !config.clock().instant().isBefore(grant.expiresAt())) {
            throw Refusal.expired();
        }
        return grant;
    }

    /** Where requests with the token are counted; null: the token is unknown. */
    @Nullable
    RateWindow rate(String token) {
        Grant grant = tokens.get(token);
        return grant == null ? null : grant.rate();
    }

    /** Whose conversation this is; null: nobody's. */
    synchronized @Nullable GuestSession ofConversation(String conversationId) {
        return conversations.get(conversationId);
    }

    /** Ends the session: its tokens are expired and its guest and conversation unknown from now on. */
    synchronized void end(GuestSession session) {
        session.grant = null;
        guests.remove(session.guestId);
        conversations.remove(session.conversationId);
    }
}
