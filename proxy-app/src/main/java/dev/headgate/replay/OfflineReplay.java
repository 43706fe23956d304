package dev.headgate.replay;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Gate;
import dev.headgate.gate.Outcome;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Target;
import dev.headgate.netty.Limits;
import dev.headgate.profile.Binding;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Learns;
import dev.headgate.profile.PathPrefix;
import dev.headgate.profile.Profile;
import dev.headgate.replay.OfflineGate.Decision;
import dev.headgate.replay.OfflineGate.Undecided;
import dev.headgate.session.CaffeineSessionStore;
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
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the gate of one configuration about recorded requests, without a network and without a clock: it is as late as
 * the recording says. Sessions are learned from the recorded create answers. So the same recording and configuration
 * always give the same verdicts. {@code OfflineGate} takes the steps of the edge. For one thread.
 */
public final class OfflineReplay {
    /**
     * What a configuration decides about the requests for a path.
     *
     * @param prefix a {@link PathPrefix}; the longest one counts
     * @param profile of the API behind it, or null
     */
    public record Route(String prefix, @Nullable Profile profile, Policy policy) {}

    /**
     * What the gate is made of.
     *
     * @param hash that the recorder has too
     * @param maximumSessions the most that are kept; 100,000 at most, to bound memory
     */
    public record Settings(
            Gate gate,
            List<Route> routes,
            SessionRecorder recorder,
            KeyedHash hash,
            long maximumSessions,
            Limits limits) {}

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

    /** Refusals that do not follow from a request and the session of its token. */
    private static final Set<String> ELSEWHERE = Set.of(
            "limit.rate",
            "limit.connections",
            "proxy.draining",
            "store.unavailable",
            "trailer.forbidden",
            "head.timeout");

    private final SessionRecorder recorder;
    private final Verdicts verdicts;
    private final Recording.Problems problems;
    private final SessionStore store;
    private final OfflineGate gate;

    /** Milliseconds since the epoch; the recording's. */
    private long now;

    private long decided;
    private long undecided;
    private long unread;

    /**
     * @param verdicts told on the thread of {@link #run}
     * @param problems told of those that the gate cannot be asked about
     */
    public OfflineReplay(Settings settings, Verdicts verdicts, Recording.Problems problems) {
        this.recorder = settings.recorder();
        this.verdicts = verdicts;
        this.problems = problems;
        InstantSource recorded = () -> Instant.ofEpochMilli(now);
        this.store = new CaffeineSessionStore(Math.min(settings.maximumSessions(), MOST_SESSIONS), recorded);
        this.gate = new OfflineGate(settings, store);
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
                verdicts.decided(next, decision.verdict(), decision.reason());
                learn(next, decision);
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
        if (exchange.reason() != null && ELSEWHERE.contains(exchange.reason())) {
            throw new Undecided(exchange.reason() + ": not decided by the request alone");
        }
        now = Math.floorDiv(exchange.startMicros(), 1000);
        return gate.decide(exchange, request, now);
    }

    /** What the recorded answer tells, where it is the upstream's and the gate has let the request pass. */
    private void learn(RecordedExchange exchange, Decision decision) {
        CheckRequest request = decision.passed();
        RecordedResponse response = exchange.response();
        if (request == null || response == null || "deny".equals(exchange.verdict())) {
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
            create(profile, learns, decision.body(), response);
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

    private void create(Profile profile, Learns learns, byte[] body, RecordedResponse response) {
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
