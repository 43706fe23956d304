package dev.headgate.netty;

import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.HeadRewriter.ResponseEdit;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.FieldName;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.Octets;
import dev.headgate.http.RequestHead;
import dev.headgate.http.ResponseHead;
import dev.headgate.http.Trailers;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.OrganizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.profile.Endpoint;
import dev.headgate.session.Credential;
import dev.headgate.session.Session;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request and what becomes of it. Confined to its connection's event loop.
 *
 * <p>It is finished once, when both the request and the response have ended or either side has broken off. Only then
 * does the connection take the next request.
 */
final class Exchange {
    /** A body that a refused client is still sending is read to its end, up to this size, to keep the connection. */
    private static final long DRAINED_BODY = 64 * 1024;

    private static final FieldName CORRELATION_ID = FieldName.of("inin-correlation-id");
    private static final FieldName TRACEPARENT = FieldName.of("traceparent");
    private static final long NONE = -1;

    private final Downstream downstream;
    private final Snapshot snapshot;
    private final @Nullable RequestHead head;
    private final Framing framing;
    private final RequestIdentity id;
    private final String method;
    private final String target;
    private final Credential credential;
    private final long startMillis;
    private final long startNanos;
    private final long headNanos;

    private @Nullable Route route;
    private @Nullable Endpoint endpoint;
    private @Nullable CheckRequest checkRequest;
    private @Nullable Session session;
    private boolean sessionAsked;
    private boolean learned;
    private @Nullable Deny deny;
    private @Nullable String note;
    private VerdictKind verdict = VerdictKind.ALLOW;
    private boolean continued;
    private boolean requestEnded;
    private boolean responseStarted;
    private boolean responseEnded;
    private boolean finished;
    private long bytesIn;
    private long bytesOut;
    private int status;
    private int upstreamStatus;
    private @Nullable String correlationId;
    private @Nullable String upstreamRequestId;
    private long sentNanos = NONE;
    private long answeredNanos = NONE;
    private AuthorizationFate authorization;
    private @Nullable Side aborted;
    private @Nullable UpstreamHandler upstream;

    Exchange(Downstream downstream, Snapshot snapshot, Request request) {
        this.downstream = downstream;
        this.snapshot = snapshot;
        this.head = request.head();
        this.framing = request.framing();
        this.headNanos = System.nanoTime();
        this.startNanos = request.startNanos();
        this.startMillis = downstream.edge().clock().millis();
        this.id = RequestIdentity.of(request.head(), snapshot.gate().settings(), startMillis);
        this.method = request.head().method();
        this.target = originForm(request.head());
        this.credential = Credential.of(request.head(), downstream.edge().hash());
        this.authorization = credential.isPresent() ? AuthorizationFate.UNSENT : AuthorizationFate.ABSENT;
        downstream.edge().exchanges().started();
    }

    /** For bytes that are no request. */
    Exchange(Downstream downstream, Snapshot snapshot, BadRequest bad) {
        this.downstream = downstream;
        this.snapshot = snapshot;
        this.head = null;
        this.framing = Framing.NONE;
        this.headNanos = System.nanoTime();
        this.startNanos = bad.startNanos();
        this.startMillis = downstream.edge().clock().millis();
        this.id = RequestIdentity.salvaged(
                bad.bytes(), bad.length(), snapshot.gate().settings(), startMillis);
        this.method = "-";
        this.target = "-";
        this.credential = Credential.ABSENT;
        this.authorization = AuthorizationFate.ABSENT;
        this.requestEnded = true;
        downstream.closeAfterwards();
        downstream.edge().exchanges().started();
    }

    private static String originForm(RequestHead head) {
        String text = new String(
                head.bytes(), head.pathStart(), head.targetEnd() - head.pathStart(), StandardCharsets.ISO_8859_1);
        return text.startsWith("/") || text.equals("*") ? text : "/" + text;
    }

    Downstream downstream() {
        return downstream;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /**
     * @throws IllegalStateException if the request's bytes were no head
     */
    RequestHead head() {
        if (head == null) {
            throw new IllegalStateException("head: unreadable (expected: only refused)");
        }
        return head;
    }

    Framing framing() {
        return framing;
    }

    RequestIdentity id() {
        return id;
    }

    Credential credential() {
        return credential;
    }

    long startMillis() {
        return startMillis;
    }

    /**
     * @throws IllegalStateException if none was chosen
     */
    Route route() {
        if (route == null) {
            throw new IllegalStateException("route: none (expected: chosen before forwarding)");
        }
        return route;
    }

    void route(@Nullable Route route) {
        this.route = route;
    }

    void endpoint(@Nullable Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Nullable
    Endpoint endpoint() {
        return endpoint;
    }

    void checkRequest(CheckRequest request) {
        this.checkRequest = request;
    }

    /**
     * @throws IllegalStateException if the gate has not been asked
     */
    CheckRequest checkRequest() {
        if (checkRequest == null) {
            throw new IllegalStateException("check request: none (expected: made before the gate is asked)");
        }
        return checkRequest;
    }

    void session(@Nullable Session session) {
        this.session = session;
        this.sessionAsked = true;
    }

    @Nullable
    Session session() {
        return session;
    }

    void learned(Session session) {
        this.session = session;
        this.learned = true;
    }

    /** It would have been refused; the first such finding counts. */
    void observed(Deny found) {
        if (deny == null) {
            deny = found;
            verdict = VerdictKind.OBSERVE_DENY;
        }
    }

    /** Something worth the log's attention, without a refusal. */
    void note(String found) {
        note = found;
    }

    boolean isFinished() {
        return finished;
    }

    boolean isResponseStarted() {
        return responseStarted;
    }

    boolean isRequestEnded() {
        return requestEnded;
    }

    void countIn(int bytes) {
        bytesIn += bytes;
    }

    long bytesIn() {
        return bytesIn;
    }

    /** The edge has told the client to go on (RFC 9110 section 10.1.1). */
    void continued() {
        continued = true;
    }

    boolean isContinued() {
        return continued;
    }

    void upstream(@Nullable UpstreamHandler handler) {
        upstream = handler;
    }

    @Nullable
    UpstreamHandler upstream() {
        return upstream;
    }

    /** The head is about to be written upstream; says whether the Authorization fields in it are those that were read. */
    boolean prove(HeadWriter written) {
        long hash = AuthorizationProof.fieldHash(written, downstream.edge().hash());
        boolean intact = hash == credential.fieldHash();
        if (!intact) {
            authorization = AuthorizationFate.ALTERED;
            return false;
        }
        sentNanos = System.nanoTime();
        if (credential.isPresent()) {
            authorization = AuthorizationFate.INTACT;
        }
        return true;
    }

    /** Answers with a refusal, or breaks off where an answer has begun. */
    void refuse(Deny found, VerdictKind kind) {
        if (finished) {
            return;
        }
        if (deny == null || kind == VerdictKind.DENY) {
            deny = found;
        }
        if (verdict != VerdictKind.OBSERVE_DENY || kind == VerdictKind.DENY) {
            verdict = kind;
        }
        dropUpstream();
        if (responseStarted || !downstream.channel().isActive()) {
            boolean theirs = kind == VerdictKind.DENY || !downstream.channel().isActive();
            abort(theirs ? Side.DOWNSTREAM : Side.UPSTREAM);
            return;
        }
        responseStarted = true;
        status = found.reason().status();
        boolean close = found.reason().endsConnection() || closesAfter(head) || leavesTooMuch();
        if (close) {
            downstream.closeAfterwards();
        }
        Refusal refusal = Refusal.of(
                found,
                id.id(),
                snapshot.gate().settings().requestIdHeader().toString(),
                method,
                downstream.isClosing());
        bytesOut = refusal.bodyLength();
        downstream.writer().raw(refusal.bytes());
        responseEnded();
    }

    private boolean closesAfter(@Nullable RequestHead request) {
        return request == null || !request.isPersistent() || downstream.edge().isDraining();
    }

    /** Whether the rest of the request is too long to wait for, or may never come. */
    private boolean leavesTooMuch() {
        if (requestEnded) {
            return false;
        }
        long remaining = downstream.decoder().bodyRemaining();
        return remaining > DRAINED_BODY || remaining < 0 || head != null && head.expectsContinue() && !continued;
    }

    /** Forwards an interim response, if the client can take one. */
    void interim(ResponseHead interim) {
        if (finished || head().minorVersion() == 0 || interim.status() == 100 && continued) {
            return;
        }
        HeadWriter out = downstream.loop().headWriter();
        snapshot.rewriter().response(interim, new ResponseEdit(id.id(), Framing.NONE, false, false), out);
        downstream.writer().head(out, false);
        downstream.writer().flush();
    }

    /** Forwards the head of the response. */
    void respond(ResponseHead response, Framing from) {
        responseStarted = true;
        status = response.status();
        upstreamStatus = status;
        answeredNanos = System.nanoTime();
        correlationId = response.value(CORRELATION_ID);
        String theirs = response.value(snapshot.gate().settings().requestIdHeader());
        upstreamRequestId = theirs == null || theirs.equals(id.id()) ? null : theirs;
        boolean http10 = head().minorVersion() == 0;
        boolean unframed = from.kind() == Framing.Kind.CHUNKED || from.kind() == Framing.Kind.UNTIL_CLOSE;
        Framing to = !unframed ? from : http10 ? Framing.UNTIL_CLOSE : Framing.CHUNKED;
        if (closesAfter(head()) || to.kind() == Framing.Kind.UNTIL_CLOSE || leavesTooMuch()) {
            downstream.closeAfterwards();
        }
        HeadWriter out = downstream.loop().headWriter();
        boolean close = downstream.isClosing();
        snapshot.rewriter().response(response, new ResponseEdit(id.id(), to, close, http10 && !close), out);
        downstream.writer().head(out, to.kind() == Framing.Kind.CHUNKED);
    }

    void respondData(ByteBuf content) {
        bytesOut += content.readableBytes();
        downstream.writer().data(content);
    }

    void respondEnd(@Nullable Trailers trailers) {
        answeredNanos = System.nanoTime();
        downstream.writer().end(trailers);
        responseEnded();
    }

    private void responseEnded() {
        responseEnded = true;
        downstream.writer().flush();
        if (requestEnded || downstream.isClosing()) {
            finish();
        } else {
            downstream.resumeReading();
        }
    }

    void requestEnded() {
        requestEnded = true;
        if (responseEnded) {
            finish();
        }
    }

    /** One side has broken off: the other one sees a transfer that was cut short, never a short answer. */
    void abort(Side by) {
        if (finished) {
            return;
        }
        aborted = by;
        dropUpstream();
        if (by == Side.DOWNSTREAM && !responseStarted) {
            status = 0;
        }
        downstream.reset();
        finish();
    }

    private void dropUpstream() {
        UpstreamHandler handler = upstream;
        upstream = null;
        if (handler != null) {
            handler.abandon();
        }
    }

    /** The sole exit. */
    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        long now = System.nanoTime();
        downstream.edge().exchanges().finished(record(now));
        downstream.exchangeFinished();
    }

    private ExchangeRecord record(long now) {
        Session known = session;
        return new ExchangeRecord(
                startMillis,
                id.id(),
                id.source(),
                id.unusable(),
                upstreamRequestId,
                method,
                TargetMask.of(target),
                status,
                verdict,
                deny == null ? null : deny.reason(),
                deny == null ? note : deny.detail(),
                route == null ? null : route.path(),
                route == null ? null : route.upstream().name(),
                upstreamStatus,
                correlationId,
                credential.fingerprint() == null
                        ? null
                        : credential.fingerprint().toString(),
                known == null ? -1 : Math.max(0, startMillis - known.issuedAt()),
                authorization,
                organization(),
                tokenCheck(),
                bytesIn,
                bytesOut,
                now - startNanos,
                sentNanos == NONE || answeredNanos == NONE ? NONE : answeredNanos - sentNanos,
                sentNanos == NONE ? NONE : sentNanos - headNanos,
                downstream.client(),
                downstream.scheme(),
                head != null && head.minorVersion() == 0 ? "HTTP/1.0" : "HTTP/1.1",
                head == null ? null : traceparent(head),
                aborted);
    }

    /** Trace Context section 3.2.2, version 00; whatever else is sent in its place stays out of logs. */
    private static @Nullable String traceparent(RequestHead head) {
        String value = head.value(TRACEPARENT);
        if (value == null || value.length() != 55) {
            return null;
        }
        for (int i = 0; i < 55; i++) {
            char c = value.charAt(i);
            boolean hyphen = i == 2 || i == 35 || i == 52;
            if (hyphen ? c != '-' : Octets.hex((byte) c) < 0) {
                return null;
            }
        }
        return value;
    }

    private OrganizationFate organization() {
        Organization organization = snapshot.gate().settings().organization();
        if (organization == null || head == null) {
            return OrganizationFate.NONE;
        }
        if (sentNanos == NONE) {
            boolean refused = deny != null && deny.reason() == Reason.ORG_MISMATCH;
            return refused ? OrganizationFate.REFUSED : OrganizationFate.NONE;
        }
        if (!head.has(organization.header())) {
            return OrganizationFate.ADDED;
        }
        return organization.isIn(head) ? OrganizationFate.KEPT : OrganizationFate.REPLACED;
    }

    private TokenCheck tokenCheck() {
        if (learned) {
            return TokenCheck.LEARNED;
        }
        if (!sessionAsked) {
            return TokenCheck.NONE;
        }
        String code = deny == null ? "" : deny.reason().code();
        if (session == null) {
            return TokenCheck.UNKNOWN;
        }
        return code.startsWith("token.")
                ? TokenCheck.STALE
                : code.startsWith("session.") ? TokenCheck.CONFLICT : TokenCheck.CONFIRMED;
    }
}
