package dev.headgate.observe;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Reason;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.IdSource;
import dev.headgate.netty.ExchangeRecord.OrganizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.GuardedFields;
import dev.headgate.session.TokenFingerprint;
import org.jspecify.annotations.Nullable;

/** Records to start from. Each call of a method changes what it names; the rest is a good exchange. */
public final class Exchanges {
    public long startMillis = 1_700_000_000_005L;
    public String requestId = "018bcfe5-6800-7000-8000-000000000001";
    public IdSource idSource = IdSource.GENERATED;
    public String clientRequestId;
    public String upstreamRequestId;
    public String method = "POST";
    public String path = "/api/v2/guests/messages";
    public int status = 200;
    public VerdictKind verdict = VerdictKind.ALLOW;
    public Reason reason;
    public String detail;
    public String route = "/api/v2/guests/";
    public String upstream = "genesys";
    public @Nullable String upstreamAddress = "192.0.2.7:443";
    public int upstreamStatus = 200;
    public String upstreamCorrelationId;
    public TokenFingerprint token;
    public long sessionAgeMillis = -1;
    public AuthorizationFate authorization = AuthorizationFate.INTACT;
    public OrganizationFate organization = OrganizationFate.ADDED;
    public TokenCheck tokenCheck = TokenCheck.CONFIRMED;
    public long bytesIn = 300;
    public long bytesOut = 1024;
    public long durationNanos = 1_234_567;
    public long upstreamDurationNanos = 1_000_000;
    public long addedNanos = 100_000;
    public String client = "127.0.0.1:50000";
    public @Nullable String peer;
    public String scheme = "http";
    public String protocol = "HTTP/1.1";
    public String traceparent;
    public Side aborted;
    public GuardedFields fields = GuardedFields.NONE;
    public Evidence evidence;

    public static Exchanges good() {
        return new Exchanges();
    }

    /** Nothing that may be missing is there. */
    public static Exchanges bare() {
        Exchanges e = new Exchanges();
        e.method = "-";
        e.path = "-";
        e.status = 0;
        e.route = null;
        e.upstream = null;
        e.upstreamAddress = null;
        e.upstreamStatus = 0;
        e.authorization = AuthorizationFate.ABSENT;
        e.organization = OrganizationFate.NONE;
        e.tokenCheck = TokenCheck.NONE;
        e.upstreamDurationNanos = -1;
        e.addedNanos = -1;
        return e;
    }

    public static Exchanges refused(Reason reason) {
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
    public static Exchanges full() {
        Exchanges e = new Exchanges();
        e.clientRequestId = "a b";
        e.upstreamRequestId = "theirs";
        e.reason = Reason.UPSTREAM_INVALID;
        e.detail = "broken";
        e.upstreamCorrelationId = "corr";
        e.token = new TokenFingerprint(0x0123456789abcdefL, -2);
        e.sessionAgeMillis = 42;
        e.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        e.aborted = Side.UPSTREAM;
        e.evidence = new Evidence(
                "SessionIdCheck",
                new Comparison("guestId in the body", "one", "another"),
                new Diagnosis(Cause.FLOW_SETTINGS, Diagnosis.Confidence.POSSIBLE, "intact"),
                new ApiError("not.authorized", "0b6f8e0a-0000-4000-8000-000000000002"));
        return e;
    }

    public ExchangeRecord record() {
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
                upstreamAddress,
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
                peer,
                scheme,
                protocol,
                traceparent,
                aborted,
                fields,
                evidence);
    }
}
