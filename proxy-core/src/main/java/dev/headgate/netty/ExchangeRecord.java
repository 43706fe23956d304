package dev.headgate.netty;

import dev.headgate.gate.Reason;
import dev.headgate.session.TokenFingerprint;
import org.jspecify.annotations.Nullable;

/**
 * What became of one request: what the access log, the metrics and captures read. Holds no credential.
 *
 * @param startMillis when its head had been read, in milliseconds since the epoch
 * @param requestId as sent upstream and returned
 * @param idSource where {@code requestId} comes from
 * @param clientRequestId the client's unusable one, escaped and cut at 128 characters
 * @param upstreamRequestId the upstream's own, where it answered with one that differs
 * @param method {@code -} where the request line could not be read
 * @param path the target's path and query as sent, with tokens masked; {@code -} where it could not be read
 * @param status sent downstream; 0 when the client had gone before any could be sent
 * @param verdict of the gate
 * @param reason of the refusal, of the observed refusal, or of the failure upstream
 * @param detail what exactly was found, for people; names ids, never tokens
 * @param route the configured path of the route, null where none was chosen
 * @param upstream its configured name, null where none was chosen
 * @param upstreamAddress {@code address:port} of the connection that was used last, an IPv6 address in brackets; null
 *     where there was none
 * @param upstreamStatus 0 where the upstream has not answered
 * @param upstreamCorrelationId from {@code ININ-Correlation-Id}
 * @param token the credential's, null where there is none
 * @param sessionAgeMillis since the token was issued; -1 where unknown
 * @param authorization whether the field arrived upstream as it was read
 * @param organization what was done to the organisation field
 * @param tokenCheck what the session store said
 * @param bytesIn of the request's body, without framing
 * @param bytesOut of the response's body, without framing
 * @param durationNanos from the first byte read to the last byte written
 * @param upstreamDurationNanos from the head's writing to the last byte of the answer; -1 where there was none
 * @param addedNanos from the head's last byte read to its writing upstream; -1 where it was not
 * @param client the client's address, as the peer, or hops before it that are trusted, tell it
 * @param peer the peer's address, where that is another one
 * @param scheme {@code http} or {@code https}
 * @param protocol such as {@code HTTP/1.1}
 * @param traceparent as sent by the client, null where it sent none or one that is malformed
 * @param aborted which side broke off before the end, or null
 * @param fields the guarded fields that the request had
 * @param evidence what is known beside the reason where it did not just pass; else null
 */
public record ExchangeRecord(
        long startMillis,
        String requestId,
        IdSource idSource,
        @Nullable String clientRequestId,
        @Nullable String upstreamRequestId,
        String method,
        String path,
        int status,
        VerdictKind verdict,
        @Nullable Reason reason,
        @Nullable String detail,
        @Nullable String route,
        @Nullable String upstream,
        @Nullable String upstreamAddress,
        int upstreamStatus,
        @Nullable String upstreamCorrelationId,
        @Nullable TokenFingerprint token,
        long sessionAgeMillis,
        AuthorizationFate authorization,
        OrganizationFate organization,
        TokenCheck tokenCheck,
        long bytesIn,
        long bytesOut,
        long durationNanos,
        long upstreamDurationNanos,
        long addedNanos,
        String client,
        @Nullable String peer,
        String scheme,
        String protocol,
        @Nullable String traceparent,
        @Nullable Side aborted,
        GuardedFields fields,
        @Nullable Evidence evidence) {

    /** Where a request id comes from. */
    public enum IdSource {
        CLIENT,
        GENERATED,
        REPLACED
    }

    /** What the gate said. */
    public enum VerdictKind {
        ALLOW,
        DENY,
        OBSERVE_DENY
    }

    /** Whether the Authorization field arrived upstream as it was read. */
    public enum AuthorizationFate {
        ABSENT,
        /** The keyed hash of the bytes read equals that of the bytes written upstream. */
        INTACT,
        /** It does not; the exchange was closed. */
        ALTERED,
        /** Read, and not written upstream: the request was refused, or there was no connection. */
        UNSENT
    }

    /** What was done to the organisation field. */
    public enum OrganizationFate {
        /** None is configured, or the request was not sent. */
        NONE,
        ADDED,
        /** The client's was the same. */
        KEPT,
        REPLACED,
        REFUSED
    }

    /** What the session store said of the token. */
    public enum TokenCheck {
        NONE,
        LEARNED,
        CONFIRMED,
        STALE,
        CONFLICT,
        UNKNOWN
    }

    /** A side of the proxy. */
    public enum Side {
        DOWNSTREAM,
        UPSTREAM
    }
}
