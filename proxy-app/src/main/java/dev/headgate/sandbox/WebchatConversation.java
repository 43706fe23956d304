package dev.headgate.sandbox;

import java.time.Instant;
import java.util.UUID;

/**
 * One guest's conversation in webchat v2; its token is only the key that leads here. Immutable, but for {@code rate}.
 *
 * @param id a UUID, as is {@code memberId}
 */
record WebchatConversation(String id, String memberId, Instant startedAt, Instant expiresAt, RateWindow rate) {
    WebchatConversation(Instant startedAt, Instant expiresAt) {
        this(UUID.randomUUID().toString(), UUID.randomUUID().toString(), startedAt, expiresAt, new RateWindow());
    }
}
