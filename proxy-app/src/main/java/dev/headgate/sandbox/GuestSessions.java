package dev.headgate.sandbox;

import dev.headgate.sandbox.GuestSession.Grant;
import dev.headgate.sandbox.GuestSession.Message;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All sessions, the tokens ever issued and the messages, each bounded: the oldest go first, and a token that has gone is
 * unknown. Thread-safe.
 */
final class GuestSessions {
    private static final int MOST_SESSIONS = 100_000;
    private static final int MOST_TOKENS = 200_000;
    private static final int MOST_MESSAGES = 100_000;
    private static final long MOST_TEXT = 32L << 20;

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final Set<String> DEFAULT_SCOPES = Set.of("guest:chat", "guest:write");

    private final SandboxConfig config;
    private final SecureRandom random = new SecureRandom();
    private final LinkedHashMap<String, Grant> tokens = new LinkedHashMap<>();
    private final LinkedHashMap<String, GuestSession> guests = new LinkedHashMap<>();
    private final Map<String, GuestSession> conversations = new HashMap<>();
    private final ArrayDeque<GuestSession> messageOrder = new ArrayDeque<>();
    private final RateWindow anonymous = new RateWindow();
    private long textHeld;

    GuestSessions(SandboxConfig config) {
        this.config = config;
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
     */
    synchronized Issued issue(@Nullable String guestId, @Nullable Set<String> scopes, @Nullable String purpose) {
        Instant now = config.clock().instant();
        GuestSession session = guestId == null ? start(now) : guests.get(guestId);
        if (session == null) {
            throw Refusal.notFound();
        }
        Grant former = session.grant;
        Set<String> granted = scopes != null ? scopes : former != null ? former.scopes() : DEFAULT_SCOPES;
        String intended = purpose != null || former == null ? purpose : former.purpose();
        Grant grant = new Grant(session, granted, intended, now.plus(config.tokenLifetime()), new RateWindow());
        session.grant = grant;
        String token = newToken();
        tokens.put(token, grant);
        if (tokens.size() > MOST_TOKENS) {
            removeEldest(tokens);
        }
        return new Issued(token, grant);
    }

    private GuestSession start(Instant now) {
        GuestSession session = new GuestSession(now);
        guests.put(session.guestId, session);
        conversations.put(session.conversationId, session);
        if (guests.size() > MOST_SESSIONS) {
            GuestSession eldest = removeEldest(guests);
            conversations.remove(eldest.conversationId);
            eldest.grant = null;
        }
        return session;
    }

    /** The map is in the order of insertion. */
    private static <V> V removeEldest(Map<String, V> map) {
        var entries = map.entrySet().iterator();
        V eldest = entries.next().getValue();
        entries.remove();
        return eldest;
    }

    private String newToken() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String opaque = BASE64.encodeToString(bytes);
        if (!config.jwtTokens()) {
            return opaque;
        }
        String payload = "{\"iss\":\"urn:headgate:sandbox\",\"jti\":\"" + GuestSession.newId() + "\"}";
        return encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + encode(payload) + "." + opaque;
    }

    private static String encode(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** What the token allows; refused with 401 when it is unknown, too old, replaced, or its session has ended. */
    @SuppressWarnings("ReferenceEquality") // Two grants may be alike; only the latest is good.
    synchronized Grant find(String token) {
        Grant grant = tokens.get(token);
        if (grant == null) {
            throw Refusal.unauthenticated("bad.credentials", "Invalid login credentials.");
        }
        if (grant.session().grant != grant || !config.clock().instant().isBefore(grant.expiresAt())) {
            throw Refusal.unauthenticated("credentials.expired", "The supplied credentials are expired.");
        }
        return grant;
    }

    /** Counts a request for the token, or for all those without a known one. */
    synchronized RateWindow.Reading count(@Nullable String token) {
        Grant grant = token == null ? null : tokens.get(token);
        return (grant == null ? anonymous : grant.rate()).next(config.clock().instant());
    }

    /** Whose conversation this is; null: nobody's. */
    synchronized @Nullable GuestSession ofConversation(String conversationId) {
        return conversations.get(conversationId);
    }

    synchronized Message send(GuestSession session, @Nullable String text) {
        Message message = new Message(GuestSession.newId(), text, config.clock().instant());
        session.messages.addLast(message);
        messageOrder.addLast(session);
        textHeld += lengthOf(message);
        while (messageOrder.size() > MOST_MESSAGES || textHeld > MOST_TEXT) {
            textHeld -= lengthOf(messageOrder.removeFirst().messages.removeFirst());
        }
        return message;
    }

    private static int lengthOf(Message message) {
        return message.text() == null ? 0 : message.text().length();
    }

    synchronized List<Message> messages(GuestSession session) {
        return List.copyOf(session.messages);
    }

    /** Ends the session: its tokens are expired and its guest and conversation unknown from now on. */
    synchronized void end(GuestSession session) {
        session.grant = null;
        guests.remove(session.guestId);
        conversations.remove(session.conversationId);
    }
}
