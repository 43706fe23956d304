package dev.headgate.observe;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.IdSource;
import dev.headgate.netty.ExchangeRecord.OrganizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.GuardedFields;

/** Records to start from. Each call of a method changes what it names; the rest is a good exchange. */
final class Exchanges {
    long startMillis = 1_700_000_000_005L;
    String requestId = "018bcfe5-6800-7000-8000-000000000001";
    IdSource idSource = IdSource.GENERATED;
    String clientRequestId;
    String upstreamRequestId;
    String method = "POST";
    String path = "/api/v2/guests/messages";
    int status = 200;
    VerdictKind verdict = VerdictKind.ALLOW;
    Reason reason;
    String detail;
    String route = "/api/v2/guests/";
    String upstream = "genesys";
    int upstreamStatus = 200;
    String upstreamCorrelationId;
    String token;
    long sessionAgeMillis = -1;
    AuthorizationFate authorization = AuthorizationFate.INTACT;
    OrganizationFate organization = OrganizationFate.ADDED;
    TokenCheck tokenCheck = TokenCheck.CONFIRMED;
    long bytesIn = 300;
    long bytesOut = 1024;
    long durationNanos = 1_234_567;
    long upstreamDurationNanos = 1_000_000;
    long addedNanos = 100_000;
    String client = "127.0.0.1:50000";
    String scheme = "http";
    String protocol = "HTTP/1.1";
    String traceparent;
    Side aborted;

    static Exchanges good() {
        return new Exchanges();
    }

    /** Nothing that may be missing is there. */
    static Exchanges bare() {
        Exchanges e = new Exchanges();
        e.method = "-";
        e.path = "-";
        e.status = 0;
        e.route = null;
        e.upstream = null;
        e.upstreamStatus = 0;
        e.authorization = AuthorizationFate.ABSENT;
        e.organization = OrganizationFate.NONE;
        e.tokenCheck = TokenCheck.NONE;
        e.upstreamDurationNanos = -1;
        e.addedNanos = -1;
        return e;
    }

    static Exchanges refused(Reason reason) {
        Exchanges e = bare();
        e.method = "POST";
        e.path = "/api/v2/guests/messages";
        e.route = "/api/v2/guests/";
        e.status = reason.status();
        e.verdict = VerdictKind.DENY;
        e.reason = reason;
        e.authorization = AuthorizationFate.UNSENT;
        return e;
    }

    /** Everything that may be missing is there. */
    static Exchanges full() {
        Exchanges e = new Exchanges();
        e.clientRequestId = "a b";
        e.upstreamRequestId = "theirs";
        e.reason = Reason.UPSTREAM_INVALID;
        e.detail = "broken";
        e.upstreamCorrelationId = "corr";
        e.token = "0123456789abcdef";
        e.sessionAgeMillis = 42;
        e.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        e.aborted = Side.UPSTREAM;
        return e;
    }

    ExchangeRecord record() {
        return new ExchangeRecord(
                startMillis,
                requestId,
                idSource,
                clientRequestId,
                upstreamRequestId,
                method,
                path,
                status,
                verdict,
                reason,
                detail,
                route,
                upstream,
                upstreamStatus,
                upstreamCorrelationId,
                token,
                sessionAgeMillis,
                authorization,
                organization,
                tokenCheck,
                bytesIn,
                bytesOut,
                durationNanos,
                upstreamDurationNanos,
                addedNanos,
                client,
                scheme,
                protocol,
                traceparent,
                aborted,
                GuardedFields.NONE,
                null);
    }
}
