package dev.headgate.netty;

import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Cors;
import dev.headgate.gate.ForwardedClient;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.HeadRewriter.ResponseEdit;
import dev.headgate.gate.IpAddress;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.FieldName;
import dev.headgate.http.FieldNames;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.RequestHead;
import dev.headgate.http.ResponseHead;
import dev.headgate.http.Trailers;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.OrganizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.profile.Endpoint;
import dev.headgate.session.Credential;
import dev.headgate.session.Session;
import dev.headgate.session.TokenFingerprint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
    private static final long NONE = -1;

    /** In characters, of what the upstream writes. */
    private static final int LONGEST_KEPT = 256;

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
    private final @Nullable IpAddress client;

    private final Findings findings = new Findings();
    private @Nullable Route route;
    private @Nullable CheckRequest checkRequest;
    private String added = "";
    private long retryAfter = NONE;
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
    private @Nullable String upstreamAddress;
    private @Nullable Tunnel tunnel;
    private final @Nullable CapturedExchange capture;

    /**
     * @param pathToken the part of the path that is a credential, or null
     */
    Exchange(Downstream downstream, Snapshot snapshot, Request request, @Nullable String pathToken) {
        this.downstream = downstream;
        this.snapshot = snapshot;
        this.head = request.head();
        this.framing = request.framing();
        this.headNanos = request.headNanos();
        this.startNanos = request.startNanos();
        this.startMillis = downstream.edge().clock().millis();
        this.id = RequestIdentity.of(request.head(), pathToken, snapshot.gate().settings(), startMillis);
        this.method = request.head().method();
        this.target = originForm(request.head());
        this.credential = Credential.of(request.head(), downstream.edge().hash());
        IpAddress peer = downstream.connection().peer();
        this.client = peer == null
                ? null
                : ForwardedClient.of(request.head(), peer, settings().forwarded());
        this.authorization = credential.isPresent() ? AuthorizationFate.UNSENT : AuthorizationFate.ABSENT;
        this.capture = downstream.edge().capture(head, framing, headNanos - startNanos);
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
        this.client = downstream.connection().peer();
        this.authorization = AuthorizationFate.ABSENT;
        this.requestEnded = true;
        this.capture = downstream.edge().capture(null, framing, headNanos - startNanos);
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

    /** Who sent it, by the peer and by those hops before it that are trusted; null where that is no IP address. */
    @Nullable
    IpAddress client() {
        return client;
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

    Findings findings() {
        return findings;
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

    /** Content of the request has come, whatever becomes of it; it stays the caller's. */
    void received(ByteBuf content) {
        if (capture != null && tunnel == null) {
            capture.requestContent(content);
        }
    }

    void received(@Nullable Trailers trailers) {
        if (capture != null) {
            capture.requestTrailers(trailers);
        }
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
        if (handler != null) {
            upstreamAddress = handler.address().text();
        }
    }

    @Nullable
    UpstreamHandler upstream() {
        return upstream;
    }

    /** The head is about to be written upstream; says whether the Authorization fields in it are those that were read. */
    boolean prove(HeadWriter written) {
        if (!AuthorizationProof.holds(head(), written)) {
            authorization = AuthorizationFate.ALTERED;
            return false;
        }
        sentNanos = System.nanoTime();
        if (credential.isPresent()) {
            authorization = AuthorizationFate.INTACT;
        }
        return true;
    }

    /** A refusal says when the request may come again (RFC 9110 section 10.2.3), in whole seconds from now. */
    void retryAfter(long seconds) {
        retryAfter = seconds;
    }

    /** Answers with a refusal, or breaks off where an answer has begun. */
    void refuse(Deny found, VerdictKind kind) {
        if (finished) {
            return;
        }
        findings.refused(found, kind);
        dropUpstream();
        if (responseStarted || !downstream.channel().isActive()) {
            boolean theirs = kind == VerdictKind.DENY || !downstream.channel().isActive();
            abort(theirs ? Side.DOWNSTREAM : Side.UPSTREAM);
            return;
        }
        boolean close = beginOwnAnswer(found.reason().status(), found.reason().endsConnection());
        HeadWriter out = downstream.loop().headWriter();
        byte[] body = Refusal.write(found, id.id(), settings(), head, close, retryAfter, out);
        bytesOut = body.length;
        captureHead(out);
        if (capture != null) {
            capture.responseContent(body);
        }
        downstream.head(out, false);
        downstream.data(Unpooled.wrappedBuffer(body));
        ownAnswerEnds();
    }

    /** Answers a preflight that the edge decides, with these field lines. */
    void answerPreflight(String fields) {
        boolean close = beginOwnAnswer(204, false);
        HeadWriter out = downstream.loop().headWriter();
        out.write("HTTP/1.1 204 No Content\r\n" + settings().requestIdHeader() + ": " + id.id() + "\r\n" + fields
                + (close ? "Connection: close\r\n\r\n" : "\r\n"));
        captureHead(out);
        downstream.head(out, false);
        ownAnswerEnds();
    }

    private void ownAnswerEnds() {
        downstream.end(null);
        responseEnded();
    }

    /** Says whether the connection closes after it. */
    private boolean beginOwnAnswer(int code, boolean ends) {
        responseStarted = true;
        status = code;
        if (ends || closesAfter(head) || leavesTooMuch()) {
            downstream.closeAfterwards();
        }
        return downstream.isClosing();
    }

    private GateSettings settings() {
        return snapshot.gate().settings();
    }

    private boolean closesAfter(@Nullable RequestHead request) {
        return request == null || !request.isPersistent() || downstream.edge().isDraining();
    }

    /** Whether the rest of the request is too long to wait for, or may never come. */
    private boolean leavesTooMuch() {
        if (requestEnded) {
            return false;
        }
        long remaining = downstream.bodyRemaining();
        return remaining > DRAINED_BODY || remaining < 0 || head != null && head.expectsContinue() && !continued;
    }

    /** Forwards an interim response, if the client can take one. */
    void interim(ResponseHead interim) {
        if (finished || head().minorVersion() == 0 || interim.status() == 100 && continued) {
            return;
        }
        HeadWriter out = downstream.loop().headWriter();
        snapshot.rewriter()
                .response(interim, new ResponseEdit(id.id(), Framing.NONE, false, false, false, "", false), out);
        downstream.interim(out);
    }

    /** The upstream has answered with this head. */
    void answered(ResponseHead response) {
        upstreamStatus = response.status();
        noteTime();
        correlationId = bounded(response.value(CORRELATION_ID));
        String theirs = response.value(settings().requestIdHeader());
        upstreamRequestId = theirs == null || theirs.equals(id.id()) ? null : bounded(theirs);
    }

    /** The answer's ININ-Correlation-Id, cut at 256 characters; null where it has none, or none has come yet. */
    @Nullable
    String correlationId() {
        return correlationId;
    }

    /** Records are kept, so nothing in them may be as long as the upstream likes. */
    private static @Nullable String bounded(@Nullable String text) {
        return text == null || text.length() <= LONGEST_KEPT ? text : text.substring(0, LONGEST_KEPT);
    }

    /** Forwards the head of the response. */
    void respond(ResponseHead response, Framing from) {
        responseStarted = true;
        status = response.status();
        boolean http10 = head().minorVersion() == 0;
        boolean unframed = from.kind() == Framing.Kind.CHUNKED || from.kind() == Framing.Kind.UNTIL_CLOSE;
        Framing to = !unframed ? from : http10 ? Framing.UNTIL_CLOSE : Framing.CHUNKED;
        if (closesAfter(head()) || to.kind() == Framing.Kind.UNTIL_CLOSE || leavesTooMuch()) {
            downstream.closeAfterwards();
        }
        HeadWriter out = downstream.loop().headWriter();
        boolean close = downstream.isClosing();
        boolean replaceCors = replacesCors();
        add(AnswerFields.diagnosis(findings.diagnosis(), status));
        add(AnswerFields.cors(head(), response, settings()));
        snapshot.rewriter()
                .response(
                        response,
                        new ResponseEdit(id.id(), to, close, http10 && !close, replaceCors, added, false),
                        out);
        captureHead(out);
        downstream.head(out, to.kind() == Framing.Kind.CHUNKED);
    }

    /** Forwards a 101: from here on the request and its answer both go on until the tunnel ends. */
    void upgrade(ResponseHead response, Tunnel to) {
        responseStarted = true;
        requestEnded = false;
        status = response.status();
        tunnel = to;
        downstream.closeAfterwards();
        HeadWriter out = downstream.loop().headWriter();
        add(AnswerFields.diagnosis(findings.diagnosis(), status));
        snapshot.rewriter()
                .response(response, new ResponseEdit(id.id(), Framing.NONE, false, false, false, added, true), out);
        to.opened();
        captureHead(out);
        // Whatever the write comes to, the exchange ends after it began.
        downstream.edge().exchanges().upgraded(record(System.nanoTime()));
        downstream.upgrade(out, to);
    }

    boolean isTunnel() {
        return tunnel != null;
    }

    /**
     * The tunnel has ended; both connections close behind what was written to them.
     *
     * @param brokenOff by whom, or null
     */
    void tunnelEnded(@Nullable Side brokenOff) {
        if (finished) {
            return;
        }
        aborted = brokenOff;
        UpstreamHandler handler = upstream;
        upstream = null;
        if (handler != null) {
            handler.finish();
        }
        requestEnded = true;
        responseEnded = true;
        if (downstream.channel().isActive()) {
            downstream.end(null);
            downstream.flush();
        }
        finish();
    }

    /** The client's side has ended. */
    void clientGone() {
        if (tunnel != null) {
            tunnel.closed(Side.DOWNSTREAM);
        } else {
            abort(Side.DOWNSTREAM);
        }
    }

    /** The edge's word on origins counts where it has one; but where it only observes, that word refuses nobody. */
    private boolean replacesCors() {
        Cors cors = settings().cors();
        if (cors == null || !head().has(Cors.ORIGIN)) {
            return false;
        }
        String origin = Cors.origin(head());
        return origin != null && cors.allows(origin)
                || !checkRequest().policy().observed().contains(Reason.CORS_ORIGIN);
    }

    /**
     * The client's answer shall have these field lines too.
     *
     * @param lines each with its CRLF; empty for none, which costs nothing
     */
    void add(String lines) {
        if (!lines.isEmpty()) {
            added += lines;
        }
    }

    void respondData(ByteBuf content) {
        bytesOut += content.readableBytes();
        if (capture != null && tunnel == null) {
            capture.responseContent(content);
        }
        downstream.data(content);
    }

    /** The upstream's answer is complete; its connection takes the next request. */
    void answerEnded() {
        if (tunnel == null) {
            noteTime();
        }
        upstream = null;
    }

    private void noteTime() {
        if (upstream != null) {
            answeredNanos = upstream.readNanos();
        }
    }

    void respondEnd(@Nullable Trailers trailers) {
        if (capture != null) {
            capture.responseTrailers(trailers);
        }
        downstream.end(trailers);
        responseEnded();
    }

    private void captureHead(HeadWriter written) {
        if (capture != null) {
            capture.response(written);
        }
    }

    private void responseEnded() {
        responseEnded = true;
        downstream.flush();
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
        if (tunnel != null) {
            tunnel.finished();
        }
        long now = System.nanoTime();
        ExchangeRecord record = record(now);
        downstream.edge().exchanges().finished(record);
        if (capture != null) {
            capture.finish(record, checkRequest, findings.session(checkRequest));
        }
        downstream.exchangeFinished();
    }

    private ExchangeRecord record(long now) {
        CheckRequest request = checkRequest;
        Session known = findings.session(request);
        TokenFingerprint token = request == null ? credential.fingerprint() : request.token();
        String peer = downstream.connection().address();
        boolean isPeer = client == null || client.equals(downstream.connection().peer());
        String found = client == null || isPeer ? peer : client.toString();
        return new ExchangeRecord(
                startMillis,
                id.id(),
                id.source(),
                id.unusable(),
                upstreamRequestId,
                method,
                TargetMask.of(target, tokenSegment(request)),
                status,
                findings.verdict(),
                findings.reason(),
                findings.detail(),
                route == null ? null : route.path(),
                route == null ? null : route.upstream().name(),
                upstreamAddress,
                upstreamStatus,
                correlationId,
                token,
                known == null ? -1 : Math.max(0, startMillis - known.issuedAt()),
                authorization,
                organization(),
                findings.tokenCheck(request),
                bytesIn,
                bytesOut,
                now - startNanos,
                sentNanos == NONE || answeredNanos == NONE ? NONE : answeredNanos - sentNanos,
                sentNanos == NONE ? NONE : sentNanos - headNanos,
                found,
                isPeer ? null : peer,
                downstream.connection().scheme(),
                head != null && head.minorVersion() == 0 ? "HTTP/1.0" : downstream.protocol(),
                head == null ? null : Traceparent.of(head),
                aborted,
                head == null ? GuardedFields.NONE : guarded(head),
                findings.evidence());
    }

    private GuardedFields guarded(RequestHead request) {
        FieldNames names = snapshot.gate().guardedFields();
        return new GuardedFields(names, names.presentIn(request));
    }

    /** Which segment of the path is the credential, or -1. */
    private static int tokenSegment(@Nullable CheckRequest request) {
        Endpoint endpoint = request == null ? null : request.target().endpoint();
        String variable = endpoint == null ? null : endpoint.tokenVariable();
        return endpoint == null || variable == null ? -1 : endpoint.path().position(variable);
    }

    private OrganizationFate organization() {
        Organization organization = settings().organization();
        if (organization == null || head == null) {
            return OrganizationFate.NONE;
        }
        if (sentNanos == NONE) {
            boolean refused = findings.reason() == Reason.ORG_MISMATCH;
            return refused ? OrganizationFate.REFUSED : OrganizationFate.NONE;
        }
        if (!head.has(organization.header())) {
            return OrganizationFate.ADDED;
        }
        return organization.isIn(head) ? OrganizationFate.KEPT : OrganizationFate.REPLACED;
    }
}
