package dev.headgate.replay;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.BodyNeed;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Cors;
import dev.headgate.gate.Gate;
import dev.headgate.gate.Outcome;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.gate.Target;
import dev.headgate.gate.Verdict;
import dev.headgate.gate.Verdict.Allow;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.BadHead;
import dev.headgate.http.BadHead.Fault;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadScanner;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.Limits;
import dev.headgate.profile.Binding;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Learns;
import dev.headgate.profile.PathPrefix;
import dev.headgate.profile.Profile;
import dev.headgate.profile.Unreadable;
import dev.headgate.session.CaffeineSessionStore;
import dev.headgate.session.Credential;
import dev.headgate.session.Ending;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.Session;
import dev.headgate.session.SessionRecorder;
import dev.headgate.session.SessionRecorder.NothingLearned;
import dev.headgate.session.SessionStore;
import dev.headgate.session.TokenFingerprint;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the gate of one configuration about recorded requests, without a network and without a clock: it is as late as
 * the recording says. Sessions are learned from the recorded create answers. So the same recording and configuration
 * always give the same verdicts. For one thread.
 */
public final class OfflineReplay {
    /**
     * What a configuration decides about the requests for a path.
     *
     * @param prefix a {@link PathPrefix}; the longest one counts
     * @param profile of the API behind it, or null
     */
    public record Route(String prefix, @Nullable Profile profile, Policy policy) {}

    /** Told what the gate says of each exchange. */
    @FunctionalInterface
    public interface Verdicts {
        /**
         * Told once for each, in the order of the recording.
         *
         * @param verdict {@code allow}, {@code deny} or {@code observe-deny}
         * @param reason the code; null where there is none
         */
        void decided(RecordedExchange exchange, String verdict, @Nullable String reason);
    }

    /**
     * What became of the exchanges.
     *
     * @param decided those that the gate was asked about
     * @param undecided those that it could not be asked about: a body, or a credential, is not in the recording; or they
     *     were refused for what no recording shows, such as too many requests
     * @param unread those that Headgate could not read when they were recorded
     */
    public record Totals(long decided, long undecided, long unread) {}

    /** Of more sessions that are remembered at a time, the oldest are forgotten, whatever the configuration allows. */
    private static final long MOST_SESSIONS = 100_000;

    private static final String ALLOW = "allow";
    private static final String DENY = "deny";
    private static final String OBSERVED = "observe-deny";

    /** Refusals that do not follow from a request and the session of its token. */
    private static final Set<String> ELSEWHERE = Set.of(
            "limit.rate",
            "limit.connections",
            "proxy.draining",
            "store.unavailable",
            "trailer.forbidden",
            "head.timeout");

    /** What the gate says. */
    private record Decision(String verdict, @Nullable String reason) {
        static final Decision ALLOWED = new Decision(ALLOW, null);
    }

    /** The gate cannot be asked. */
    @SuppressWarnings("serial")
    private static final class Undecided extends Exception {
        Undecided(String message) {
            super(message, null, false, false);
        }
    }

    private final Gate gate;
    private final List<Route> routes;
    private final SessionRecorder recorder;
    private final KeyedHash hash;
    private final Limits limits;
    private final HeadParser parser;
    private final Verdicts verdicts;
    private final Recording.Problems problems;
    private final SessionStore store;
    private long now;
    private long decided;
    private long undecided;
    private long unread;

    /** What was observed first, in the exchange that is being decided. */
    private @Nullable Deny observed;

    /** What it is refused for. */
    private @Nullable Deny refused;

    /** As the gate saw it last, where it let it pass and its answer may tell something. */
    private @Nullable CheckRequest passed;

    private byte[] body = {};

    /**
     * @param hash that the recorder has too
     * @param maximumSessions the most that are kept; 100,000 at most, to bound memory
     * @param problems told of those that the gate cannot be asked about
     */
    public OfflineReplay(
            Gate gate,
            List<Route> routes,
            SessionRecorder recorder,
            KeyedHash hash,
            long maximumSessions,
            Limits limits,
            Verdicts verdicts,
            Recording.Problems problems) {
        this.gate = gate;
        this.routes = routes.stream()
                .sorted(Comparator.comparingInt((Route r) -> r.prefix.length()).reversed())
                .toList();
        this.recorder = recorder;
        this.hash = hash;
        this.limits = limits;
        this.parser = new HeadParser(limits.fields());
        this.verdicts = verdicts;
        this.problems = problems;
        InstantSource recorded = () -> Instant.ofEpochMilli(now);
        this.store = new CaffeineSessionStore(Math.min(maximumSessions, MOST_SESSIONS), recorded);
    }

    /**
     * Reads a recording to its end, on a thread of its own: reading takes as long as deciding.
     *
     * @param recording closed at the end
     * @throws IOException if it cannot be read any further
     */
    public void run(Recording recording) throws IOException {
        try (ReadAhead ahead = new ReadAhead(recording)) {
            decideAll(ahead);
        }
    }

    private void decideAll(Recording recording) throws IOException {
        for (RecordedExchange next = recording.next(); next != null; next = recording.next()) {
            RecordedRequest request = next.request();
            if (request == null) {
                unread++;
                problems.found(next.place(), "Headgate could not read it when it was recorded; it is left out");
                continue;
            }
            try {
                Decision decision = decide(next, request);
                decided++;
                verdicts.decided(next, decision.verdict, decision.reason);
                learn(next);
            } catch (Undecided e) {
                undecided++;
                problems.found(next.place(), String.valueOf(e.getMessage()));
            }
        }
    }

    public Totals totals() {
        return new Totals(decided, undecided, unread);
    }

    private Decision decide(RecordedExchange exchange, RecordedRequest request) throws Undecided {
        now = Math.floorDiv(exchange.startMicros(), 1000);
        observed = null;
        refused = null;
        passed = null;
        if (exchange.reason() != null && ELSEWHERE.contains(exchange.reason())) {
            throw new Undecided(exchange.reason() + ": not decided by the request alone");
        }
        try {
            byte[] bytes = RecordedHead.bytes(exchange, request);
            int length = new HeadScanner().scan(bytes, bytes.length);
            if (length > limits.head() || length != bytes.length) {
                throw new BadHead(Fault.TOO_LARGE, "head: more than " + limits.head() + " bytes");
            }
            RequestHead head = parser.request(bytes, length);
            return decide(exchange, request, head, Framing.of(head));
        } catch (Unsendable e) {
            throw new Undecided(String.valueOf(e.getMessage()));
        } catch (BadHead e) {
            return new Decision(DENY, Gate.refusal(e).reason().code());
        }
    }

    private Decision decide(RecordedExchange exchange, RecordedRequest recorded, RequestHead head, Framing framing)
            throws Undecided {
        Route route = route(head.path());
        Profile profile = route == null ? null : route.profile;
        Endpoint endpoint = profile == null ? null : profile.endpoint(head.method(), head.path());
        Target target = new Target(route == null ? Policy.ENFORCE : route.policy, profile, endpoint);
        Credential credential = Credential.of(head, hash);
        if (lacksItsCredential(exchange, endpoint, credential)) {
            throw new Undecided("its credential is not in the recording");
        }
        TokenFingerprint token = Gate.token(head, endpoint, credential, hash);
        CheckRequest request = gate.request(head, target, credential, token, now);
        if (refuses(gate.head(request))) {
            return decision();
        }
        if (route == null) {
            return new Decision(DENY, Reason.ROUTE_UNMATCHED.code());
        }
        Cors cors = gate.settings().cors();
        String origin = cors != null && CheckRequest.isPreflight(head) ? Cors.origin(head) : null;
        if (cors != null && origin != null) {
            Deny foreign = new Deny(Reason.CORS_ORIGIN, "Origin: none of cors.origins");
            if (cors.allows(origin) || refuses(request.policy().verdict(foreign))) {
                return decision();
            }
        }
        long size = recorded.body().size();
        if (limits.body() > 0 && size > limits.body()) {
            return new Decision(DENY, Reason.BODY_TOO_LARGE.code());
        }
        if (token != null && gate.needsSession(request)) {
            request = request.with(store.find(token).toCompletableFuture().join());
            if (refuses(gate.session(request))) {
                return decision();
            }
        }
        return content(request, recorded, framing.hasBody() || size > 0);
    }

    private Decision content(CheckRequest request, RecordedRequest recorded, boolean hasBody) throws Undecided {
        BodyNeed need = gate.needsBody(request, hasBody);
        body = recorded.body().isComplete() ? StandIns.in(recorded.body().bytes()) : new byte[0];
        byte[] read = need == BodyNeed.NONE ? null : body;
        if (need != BodyNeed.NONE && recorded.body().size() > limits.checkedBody()) {
            read = null;
            Deny tooLarge = new Deny(Reason.BODY_TOO_LARGE, "body: larger than limits.checkedBody");
            if (need == BodyNeed.REQUIRED && refuses(request.policy().verdict(tooLarge))) {
                return decision();
            }
        } else if (need == BodyNeed.REQUIRED && !recorded.body().isComplete()) {
            throw new Undecided("its body, which the gate reads, is not in the recording");
        }
        try {
            return compare(gate.read(request, read));
        } catch (Unreadable e) {
            if (refuses(request.policy().verdict(new Deny(Reason.BODY_UNREADABLE, e.what())))) {
                return decision();
            }
        }
        try {
            return compare(gate.read(request, null));
        } catch (Unreadable e) {
            throw new IllegalStateException("without a body nothing is unreadable", e);
        }
    }

    private Decision compare(CheckRequest read) {
        return refuses(gate.content(read)) ? decision() : pass(read);
    }

    private Decision pass(CheckRequest request) {
        passed = request;
        return decision();
    }

    /** Whoever exported it has left out the credential of a request that was answered. */
    private static boolean lacksItsCredential(
            RecordedExchange exchange, @Nullable Endpoint endpoint, Credential credential) {
        Guards guards = endpoint == null ? null : endpoint.guards();
        RecordedResponse response = exchange.response();
        boolean missing =
                credential.kind() == Credential.Kind.ABSENT || credential.kind() == Credential.Kind.PLACEHOLDER;
        return exchange.sanitized()
                && guards != null
                && guards.authorization()
                && missing
                && response != null
                && response.status() / 100 == 2;
    }

    private @Nullable Route route(String path) {
        for (int i = 0; i < routes.size(); i++) {
            if (PathPrefix.covers(routes.get(i).prefix, path)) {
                return routes.get(i);
            }
        }
        return null;
    }

    private boolean refuses(Verdict verdict) {
        if (verdict instanceof Deny deny) {
            refused = deny;
            return true;
        }
        if (verdict instanceof Allow allow && allow.observed() != null && observed == null) {
            observed = allow.observed();
        }
        return false;
    }

    private Decision decision() {
        Deny deny = refused;
        refused = null;
        if (deny != null) {
            return new Decision(DENY, deny.reason().code());
        }
        return observed == null
                ? Decision.ALLOWED
                : new Decision(OBSERVED, observed.reason().code());
    }

    /** What the recorded answer tells, where it is the upstream's and the gate has let the request pass. */
    private void learn(RecordedExchange exchange) {
        CheckRequest request = passed;
        RecordedResponse response = exchange.response();
        if (request == null || response == null || DENY.equals(exchange.verdict())) {
            return;
        }
        now = Math.floorDiv(exchange.startMicros() + Math.max(0, exchange.durationMicros()), 1000);
        Target target = request.target();
        Endpoint endpoint = target.endpoint();
        Profile profile = target.profile();
        if (endpoint == null || profile == null) {
            return;
        }
        boolean success = Outcome.isSuccess(response.status());
        Learns learns = endpoint.learns();
        if (learns != null && success) {
            create(profile, learns, response);
        }
        TokenFingerprint token = request.token();
        if (token == null || !Outcome.tells(request)) {
            return;
        }
        if (success) {
            used(request, profile, endpoint);
        } else if (response.status() == 401
                && response.value("x-headgate-reason") == null
                && Outcome.isRejected(request, 401, ApiError.of(response.body().bytes()))) {
            store.end(token, new Ending(Ending.Cause.REJECTED, now))
                    .toCompletableFuture()
                    .join();
        }
    }

    private void create(Profile profile, Learns learns, RecordedResponse response) {
        try {
            byte[] answer = StandIns.in(response.body().bytes());
            Session session = recorder.learn(profile, learns, body, answer, now);
            store.put(session).toCompletableFuture().join();
        } catch (NothingLearned e) {
            // As at the edge: its token will be unknown.
        }
    }

    private void used(CheckRequest request, Profile profile, Endpoint endpoint) {
        Session seen = Outcome.seen(request, now);
        if (seen != null) {
            store.bind(seen).toCompletableFuture().join();
        }
        Binding ends = endpoint.ends();
        String id = Outcome.ended(request);
        if (ends != null && id != null) {
            store.end(profile.name(), ends, id, new Ending(Ending.Cause.ENDED, now))
                    .toCompletableFuture()
                    .join();
        }
    }
}
