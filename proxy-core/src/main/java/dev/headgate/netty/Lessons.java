package dev.headgate.netty;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Outcome;
import dev.headgate.gate.UpstreamRefusal;
import dev.headgate.http.FieldName;
import dev.headgate.http.Framing;
import dev.headgate.http.ResponseHead;
import dev.headgate.profile.Binding;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Profile;
import dev.headgate.profile.Uuid;
import dev.headgate.session.Ending;
import dev.headgate.session.Session;
import dev.headgate.session.SessionRecorder.NothingLearned;
import dev.headgate.session.SessionStore;
import dev.headgate.session.TokenFingerprint;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the edge takes from the upstream's answer to one exchange: a new session, an end or a binding of one that it
 * knows, or an explanation of a refusal. Confined to the exchange's event loop.
 */
final class Lessons {
    /*
     * Invariants:
     *   - it is made when the gate has let the request pass, so request is final: its session and ids are known;
     *   - an answer either teaches a session (a create request's 2xx) or is explained (a 401 or 403), never both;
     *   - only a new session is waited for. A store that fails changes nothing about the answer.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Lessons.class);

    private static final byte[] UNREADABLE = {};
    private static final FieldName REASON = FieldName.of("x-headgate-reason");
    private static final FieldName DIAGNOSIS = FieldName.of("x-headgate-diagnosis");
    private static final FieldName AGE = FieldName.of("age");
    private static final FieldName X_CACHE = FieldName.of("x-cache");
    private static final FieldName VIA = FieldName.of("via");

    private final Exchange exchange;
    private final CheckRequest request;
    private final @Nullable Profile profile;
    private final @Nullable Endpoint endpoint;
    private final @Nullable CreateRequest create;

    Lessons(Exchange exchange) {
        this.exchange = exchange;
        this.request = exchange.checkRequest();
        this.profile = request.target().profile();
        this.endpoint = request.target().endpoint();
        this.create = profile == null || endpoint == null || endpoint.learns() == null
                ? null
                : new CreateRequest(
                        profile, endpoint.learns(), exchange.snapshot().limits().checkedBody());
    }

    /** Whether the answer may bring a token. */
    boolean isCreate() {
        return create != null;
    }

    /** Looks at content of the request, which stays the caller's. */
    void look(ByteBuf content) {
        if (create != null) {
            create.look(content);
        }
    }

    /** Whether the answer has to wait until {@link #take(HeldAnswer)} has seen all of it. */
    boolean needsBody(ResponseHead head, Framing framing) {
        boolean brings = create != null && isSuccess(head) && framing.hasBody();
        return brings || endpoint != null && isRefusal(head);
    }

    private static boolean isSuccess(ResponseHead head) {
        return Outcome.isSuccess(head.status());
    }

    /** A 401 or 403 that no other edge behind this one has refused or explained already. */
    private static boolean isRefusal(ResponseHead head) {
        return (head.status() == 401 || head.status() == 403) && !head.has(REASON) && !head.has(DIAGNOSIS);
    }

    /** Takes what the head alone says. */
    void take(ResponseHead head) {
        if (create != null && isSuccess(head)) {
            exchange.add(AnswerFields.noStore(head));
            lookForCaches(head);
        }
        if (Outcome.tells(request) && isSuccess(head)) {
            bind();
            end();
        }
    }

    /** A 401 ends the token that it is about; where the API saw none, it is about none. */
    private void reject(ResponseHead head, ApiError error) {
        TokenFingerprint token = request.token();
        if (token != null && Outcome.isRejected(request, head.status(), error)) {
            change(() -> store().end(token, new Ending(Ending.Cause.REJECTED, now())));
        }
    }

    private void bind() {
        Session seen = Outcome.seen(request, now());
        if (seen != null) {
            change(() -> store().bind(seen));
        }
    }

    private void end() {
        Binding ends = endpoint == null ? null : endpoint.ends();
        String id = Outcome.ended(request);
        if (profile != null && ends != null && id != null) {
            change(() -> store().end(profile.name(), ends, id, new Ending(Ending.Cause.ENDED, now())));
        }
    }

    /** Nothing waits for it. A store that fails, or throws, costs the change and not the answer. */
    private static void change(Supplier<? extends CompletionStage<?>> change) {
        try {
            var unused = change.get().whenComplete((done, failure) -> {
                if (failure != null) {
                    warnOfStore(failure);
                }
            });
        } catch (RuntimeException e) {
            warnOfStore(e);
        }
    }

    private static void warnOfStore(Throwable failure) {
        LOG.warn("session store: {}", failure.toString());
    }

    /** An answer out of a cache, or on its way through one, may give one guest's token to another. */
    private void lookForCaches(ResponseHead head) {
        if (head.has(AGE) || isHit(head)) {
            warn(Confidence.CERTAIN, "the upstream's answer came out of a cache (Age or X-Cache)");
        } else if (exchange.head().has(VIA)) {
            warn(Confidence.POSSIBLE, "the request came through another proxy (Via), which may be a shared cache");
        }
    }

    /** Each cache on the way may have a field of its own. */
    private static boolean isHit(ResponseHead head) {
        boolean hit = false;
        for (int i = head.find(X_CACHE); i >= 0 && !hit; i = head.find(X_CACHE, i + 1)) {
            hit = head.value(i).toLowerCase(Locale.ROOT).contains("hit");
        }
        return hit;
    }

    private void warn(Confidence confidence, String detail) {
        exchange.findings().diagnosis(new Diagnosis(Cause.CACHE_SHARED, confidence, detail));
    }

    /**
     * Takes what the whole answer says. The stage is complete when every request from now on sees the session that it
     * brings, or when the store has failed; on any thread. Then {@link #taken} is to be called.
     */
    CompletableFuture<?> take(HeldAnswer answer) {
        if (create != null && isSuccess(answer.head())) {
            return learn(create, answer);
        }
        byte[] body = exchange.head().method().equals("HEAD") ? null : answer.body();
        explain(answer.head(), body == null ? ApiError.UNREAD : ApiError.of(body));
        return CompletableFuture.completedFuture(null);
    }

    /** Does without the answer's body. */
    void tooLong(HeldAnswer answer) {
        if (create != null && isSuccess(answer.head())) {
            nothingLearned("answer: larger than limits.checkedBody");
        } else {
            explain(answer.head(), ApiError.UNREAD);
        }
    }

    /** A knowledge session's id has the form of a context id. */
    private ApiError withoutToken(ApiError error) {
        return isToken(error.contextId()) ? error.withoutContext() : error;
    }

    private boolean isToken(@Nullable String text) {
        if (text == null) {
            return false;
        }
        byte[] bytes = Uuid.canonical(text).getBytes(StandardCharsets.UTF_8);
        return exchange.downstream()
                .edge()
                .hash()
                .fingerprint(bytes, 0, bytes.length)
                .equals(request.token());
    }

    private void explain(ResponseHead head, ApiError said) {
        ApiError error = withoutToken(said.orContext(exchange.correlationId()));
        exchange.findings().error(error);
        reject(head, error);
        if (!exchange.findings().isExplained()) {
            String host = exchange.route().upstream().host();
            exchange.findings().explained(new UpstreamRefusal(request, head.status(), error, host).diagnosis());
        }
    }

    private CompletableFuture<?> learn(CreateRequest of, HeldAnswer answer) {
        byte[] body = answer.body();
        try {
            Session session = of.learn(exchange.snapshot().recorder(), body == null ? UNREADABLE : body, now());
            exchange.findings().learned(session);
            return store().put(session).toCompletableFuture();
        } catch (NothingLearned e) {
            nothingLearned(e.getMessage());
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The stage that {@link #take(HeldAnswer)} gave is complete. */
    void taken(CompletableFuture<?> stage) {
        if (stage.isCompletedExceptionally()) {
            nothingLearned("session store: did not keep the session");
        }
    }

    /** The client still gets the answer as it is. */
    private void nothingLearned(@Nullable String why) {
        LOG.warn("request {}: no session learned: {}", exchange.id().id(), why);
        exchange.findings().note("no session learned: " + why);
    }

    private SessionStore store() {
        return exchange.downstream().edge().sessions();
    }

    private long now() {
        return exchange.downstream().edge().clock().millis();
    }
}
