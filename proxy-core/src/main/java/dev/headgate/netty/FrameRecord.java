package dev.headgate.netty;

import dev.headgate.netty.ExchangeRecord.Side;
import org.jspecify.annotations.Nullable;

/**
 * What a text message in a WebSocket is about, and nothing of what it says. Holds no credential. A text is cut at 128
 * characters, and masked where it may be a token.
 *
 * @param timeMillis when its last frame had been read, in milliseconds since the epoch
 * @param requestId of the request that opened the WebSocket
 * @param from who sent it
 * @param octets of the message
 * @param action what a client wants, or null
 * @param tracingId by which a client finds the answer, or null
 * @param type of an answer or event, or null
 * @param kind its {@code class}, or null
 * @param code its status, or null
 * @param token keyed fingerprint of the message's token, or null
 * @param sessionExpired whether it says that the session has expired
 * @param unread why nothing in it could be read, or null
 */
public record FrameRecord(
        long timeMillis,
        String requestId,
        Side from,
        long octets,
        @Nullable String action,
        @Nullable String tracingId,
        @Nullable String type,
        @Nullable String kind,
        @Nullable String code,
        @Nullable String token,
        boolean sessionExpired,
        @Nullable String unread) {}
