package dev.headgate.netty;

import dev.headgate.gate.BodyNeed;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Cors;
import dev.headgate.gate.Gate;
import dev.headgate.gate.IpAddress;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Target;
import dev.headgate.gate.Verdict;
import dev.headgate.gate.Verdict.Allow;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.Limits.RateLimit;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Profile;
import dev.headgate.profile.Unreadable;
import dev.headgate.session.Session;
import dev.headgate.session.TokenFingerprint;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the gate about each request of a connection or stream. What it allows goes on as an {@link Exchange}, its content
 * and its {@link BodyEnd}; what it denies is answered here. Confined to the event loop.
 */
final class Gatekeeper implements Requests {
    private static final Logger LOG = LoggerFactory.getLogger(Gatekeeper.class);

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /*
     * WAIT -> HOLD | PASS | DISCARD, HOLD -> PASS | DISCARD, PASS -> DISCARD; a new request begins at WAIT.
     * Invariants: held and heldEnd are empty in PASS and DISCARD; in WAIT and HOLD they are all that has come of the
     * body; heldEnd is set only when the body is complete. In HOLD the next content, or the end, decides.
     */

    /** What is done with the content that arrives. */
    private enum Content {
        /** It waits until the session store has answered. */
        WAIT,
        /** It waits until it is complete, for the gate to read. */
        HOLD,
        /** It goes on as it comes: the gate has let the request pass. */
        PASS,
        /** The edge has answered the request itself, or there is none. */
        DISCARD
    }

    private final Downstream downstream;
    private final Edge edge;
    private final Forwarder forwarder = new Forwarder();
    private Content content = Content.DISCARD;
    private @Nullable Exchange exchange;
    private final HeldContent held = new HeldContent();
    private BodyNeed need = BodyNeed.NONE;
    private @Nullable BodyEnd heldEnd;

    Gatekeeper(Downstream downstream) {
        this.downstream = downstream;
        this.edge = downstream.edge();
    }

    @Override
    public void begin(Request start) {
        Snapshot snapshot = edge.snapshot();
        Gate gate = snapshot.gate();
        RequestHead head = start.head();
        Route route = snapshot.route(head.path());
        Target target = target(head, route);
        Exchange next = new Exchange(downstream, snapshot, start, Gate.pathToken(head, target.endpoint()));
        exchange = next;
        content = Content.WAIT;
        next.route(route);
        TokenFingerprint token = Gate.token(head, target.endpoint(), next.credential(), edge.hash());
        CheckRequest request = gate.request(head, target, next.credential(), token, next.startMillis());
        // From here on the exchange knows which part of its path is a credential, and masks it in the record.
        next.checkRequest(request);
        if (edge.isDraining() && edge.drainGraceNanos() == 0) {
            refuse(next, new Deny(Reason.PROXY_DRAINING, "draining: no new requests"));
            return;
        }
        if (comesTooOften(next)) {
            return;
        }
        if (refuses(next, gate.head(request))) {
            return;
        }
        if (route == null) {
            refuse(next, new Deny(Reason.ROUTE_UNMATCHED, "path: none of the routes is a prefix of it"));
            return;
        }
        if (settlesPreflight(next)) {
            return;
        }
        long limit = next.snapshot().limits().body();
        if (limit > 0 && start.framing().length() > limit) {
            refuse(next, tooLarge("limits.body", limit));
            return;
        }
        if (token == null || !gate.needsSession(request)) {
            decideBody(next);
            return;
        }
        findSession(next, token);
    }

    private static Target target(RequestHead head, @Nullable Route route) {
        Profile profile = route == null ? null : route.profile();
        Endpoint endpoint = profile == null ? null : profile.endpoint(head.method(), head.path());
        return new Target(route == null ? Policy.ENFORCE : route.policy(), profile, endpoint);
    }

    /** Where the edge decides which origins may use the API, a page's preflight never reaches the upstream. */
    private static boolean isPreflightForTheEdge(Exchange next) {
        return next.snapshot().gate().settings().cors() != null
                && CheckRequest.isPreflight(next.head())
                && Cors.origin(next.head()) != null;
    }

    /** Answers or refuses such a preflight. */
    private boolean settlesPreflight(Exchange next) {
        Cors cors = next.snapshot().gate().settings().cors();
        String origin = isPreflightForTheEdge(next) ? Cors.origin(next.head()) : null;
        if (cors == null || origin == null) {
            return false;
        }
        if (!cors.allows(origin)) {
            Deny foreign = new Deny(Reason.CORS_ORIGIN, "Origin: " + origin + " (expected: one of cors.origins)");
            return refuses(next, next.checkRequest().policy().verdict(foreign));
        }
        content = Content.DISCARD;
        next.answerPreflight(cors.preflight(next.head(), origin));
        return true;
    }

    private void findSession(Exchange next, TokenFingerprint fingerprint) {
        CompletableFuture<@Nullable Session> found;
        try {
            found = edge.sessions().find(fingerprint).toCompletableFuture();
        } catch (RuntimeException e) {
            found = CompletableFuture.failedFuture(e);
        }
        if (found.isDone()) {
            sessionFound(next, found);
            return;
        }
        downstream.pauseReading();
        CompletableFuture<@Nullable Session> pending = found;
        var unused = found.whenComplete((session, failure) -> downstream.run(() -> {
            if (!next.isFinished()) {
                downstream.resumeReading();
                sessionFound(next, pending);
                forwarder.flushRequest();
            }
        }));
    }

    private void sessionFound(Exchange next, CompletableFuture<@Nullable Session> found) {
        if (found.isCompletedExceptionally()) {
            Deny unavailable = new Deny(Reason.STORE_UNAVAILABLE, "session store: no answer");
            if (!refuses(next, next.checkRequest().policy().verdict(unavailable))) {
                decideBody(next);
            }
            return;
        }
        CheckRequest known = next.checkRequest().with(found.join());
        next.checkRequest(known);
        next.findings().sessionAsked();
        if (!refuses(next, next.snapshot().gate().session(known)) && !comesTooOften(next, known)) {
            decideBody(next);
        }
    }

    private boolean comesTooOften(Exchange next) {
        IpAddress client = next.client();
        RateLimit rate = next.snapshot().limits().clientRate();
        if (rate == null || client == null || isPreflightForTheEdge(next)) {
            return false;
        }
        long wait = edge.clientRates().take(client.network(), rate, nanos(next));
        if (wait > 0) {
            refuse(next, tooOften("limits.rate.perClient", client.toString(), rate), wait);
        }
        return wait > 0;
    }

    private boolean comesTooOften(Exchange next, CheckRequest known) {
        RateLimit rate = next.snapshot().limits().sessionRate();
        TokenFingerprint token = known.token();
        if (rate == null || token == null || known.session() == null) {
            return false;
        }
        long wait = edge.sessionRates().take(token, rate, nanos(next));
        if (wait > 0) {
            refuse(next, tooOften("limits.rate.perSession", "token " + token, rate), wait);
        }
        return wait > 0;
    }

    private static long nanos(Exchange next) {
        return TimeUnit.MILLISECONDS.toNanos(next.startMillis());
    }

    private static Deny tooOften(String key, String who, RateLimit rate) {
        return new Deny(
                Reason.LIMIT_RATE,
                who + ": more than " + rate.requests() + " requests in "
                        + rate.per().toMillis() + " ms, and " + rate.burst() + " at once (" + key + ")");
    }

    /** @param wait in nanoseconds */
    private void refuse(Exchange next, Deny tooOften, long wait) {
        next.retryAfter(TimeUnit.NANOSECONDS.toSeconds(wait - 1) + 1);
        refuse(next, tooOften);
    }

    /** The head may pass; where the gate reads the body, it waits for the body. */
    private void decideBody(Exchange next) {
        need = next.snapshot()
                .gate()
                .needsBody(next.checkRequest(), next.framing().hasBody());
        if (need == BodyNeed.NONE) {
            decideContent(next, null);
            return;
        }
        if (next.framing().length() > next.snapshot().limits().checkedBody()) {
            decideUnread(next);
            return;
        }
        content = Content.HOLD;
        BodyEnd end = heldEnd;
        if (end != null) {
            decideContent(next, held.bytes());
        } else if (next.head().expectsContinue()) {
            next.continued();
            downstream.interim(downstream.loop().headWriter().write(CONTINUE));
        }
    }

    /** The body is longer than what may be held. */
    private void decideUnread(Exchange next) {
        if (need == BodyNeed.WANTED) {
            decideContent(next, null);
            return;
        }
        Deny deny = tooLarge("limits.checkedBody", next.snapshot().limits().checkedBody());
        if (!refuses(next, next.checkRequest().policy().verdict(deny))) {
            decideContent(next, null);
        }
    }

    /**
     * @param body null where it is not read
     */
    private void decideContent(Exchange next, byte @Nullable [] body) {
        Gate gate = next.snapshot().gate();
        CheckRequest read;
        try {
            read = gate.read(next.checkRequest(), body);
        } catch (Unreadable e) {
            Deny unreadable = new Deny(Reason.BODY_UNREADABLE, e.what());
            if (!refuses(next, next.checkRequest().policy().verdict(unreadable))) {
                // What its path and query say can be read all the same.
                decideContent(next, null);
            }
            return;
        }
        next.checkRequest(read);
        if (!refuses(next, gate.content(read))) {
            pass(next);
        }
    }

    private void pass(Exchange next) {
        content = Content.PASS;
        forwarder.begin(next);
        ByteBuf body = held.take();
        if (body != null) {
            forwarder.data(body);
        }
        BodyEnd end = heldEnd;
        heldEnd = null;
        if (end != null) {
            next.requestEnded();
            if (!next.isFinished()) {
                // Otherwise the next request is under way already, and this would be taken for its end.
                forwarder.end(end);
            }
        }
    }

    @Override
    public void data(ByteBuf data) {
        Exchange current = exchange;
        if (current == null || current.isFinished()) {
            data.release();
            return;
        }
        current.received(data);
        if (content == Content.DISCARD) {
            data.release();
            return;
        }
        current.countIn(data.readableBytes());
        long limit = current.snapshot().limits().body();
        if (limit > 0 && current.bytesIn() > limit && !current.isTunnel()) {
            data.release();
            refuse(current, tooLarge("limits.body", limit));
            return;
        }
        if (content == Content.PASS) {
            forwarder.data(data);
            return;
        }
        held.add(data);
        if (content == Content.HOLD && held.size() > current.snapshot().limits().checkedBody()) {
            decideUnread(current);
        }
    }

    @Override
    public void end(BodyEnd end) {
        Exchange current = exchange;
        if (current == null || current.isFinished()) {
            return;
        }
        current.received(end.trailers());
        Deny forbidden =
                end.trailers() == null ? null : current.snapshot().gate().trailers(end.trailers());
        if (forbidden != null && content != Content.DISCARD) {
            downstream.closeAfterwards();
            refuse(current, forbidden);
            current.requestEnded();
            return;
        }
        switch (content) {
            case PASS -> {
                current.requestEnded();
                forwarder.end(end);
            }
            case WAIT -> heldEnd = end;
            case HOLD -> {
                heldEnd = end;
                decideContent(current, held.bytes());
            }
            case DISCARD -> current.requestEnded();
        }
    }

    @Override
    public void bad(BadRequest bad) {
        Exchange current = exchange;
        if (current == null || current.isFinished()) {
            current = new Exchange(downstream, edge.snapshot(), bad);
            exchange = current;
        }
        downstream.closeAfterwards();
        refuse(current, bad.deny());
    }

    /** Answers a denial; says whether it did. What was observed only is noted. */
    private boolean refuses(Exchange current, Verdict verdict) {
        if (verdict instanceof Deny deny) {
            refuse(current, deny);
            return true;
        }
        if (verdict instanceof Allow allow && allow.observed() != null) {
            current.findings().observed(allow.observed());
        }
        return false;
    }

    private void refuse(Exchange current, Deny deny) {
        content = Content.DISCARD;
        held.release();
        boolean ended = heldEnd != null;
        heldEnd = null;
        if (ended) {
            current.requestEnded();
        }
        current.refuse(deny, VerdictKind.DENY);
    }

    private static Deny tooLarge(String key, long limit) {
        return new Deny(Reason.BODY_TOO_LARGE, "body: more than " + limit + " bytes (" + key + ")");
    }

    @Override
    public void readComplete() {
        forwarder.flushRequest();
    }

    @Override
    public void writable() {
        forwarder.writable();
    }

    @Override
    public void closed() {
        content = Content.DISCARD;
        held.release();
        Exchange current = exchange;
        if (current != null) {
            current.clientGone();
        }
        forwarder.release();
        downstream.release();
    }

    @Override
    public void failed(Throwable cause) {
        // What a client's bytes bring about is no news: one that speaks no TLS to a TLS port comes as DecoderException.
        boolean theirs = cause instanceof IOException || cause instanceof DecoderException;
        if (!theirs) {
            LOG.error("exchange broken off", cause);
        }
        Exchange current = exchange;
        if (current != null && !current.isFinished()) {
            forwarder.release();
            if (theirs) {
                current.clientGone();
            } else {
                current.abort(Side.UPSTREAM);
            }
        }
        downstream.channel().close();
    }
}
