package dev.headgate.sandbox;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One guest's session. Confined to the lock of {@link GuestSessions}, but for the ids. */
final class GuestSession {
    final String guestId = newId();
    final String conversationId = newId();
    final String webChatSessionId = newId();
    final String divisionId = newId();
    final Instant startedAt;

    /** The latest token's; null once the session has ended. */
    @Nullable
    Grant grant;

    GuestSession(Instant startedAt) {
        this.startedAt = startedAt;
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }

    /**
     * What one token allows; the token itself is only the key that leads here.
     *
     * @param attributes which of the attributes that the configuration requires the guest has been given
     */
    record Grant(
            GuestSession session,
            Set<String> scopes,
            @Nullable String purpose,
            Set<String> attributes,
            Instant expiresAt,
            RateWindow rate) {
        @Override
        public String toString() {
            return "Grant of guest " + session.guestId;
        }
    }
}
