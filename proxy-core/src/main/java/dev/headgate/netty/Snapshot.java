package dev.headgate.netty;

import dev.headgate.gate.Gate;
import dev.headgate.gate.HeadRewriter;
import dev.headgate.session.SessionRecorder;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Everything that one configuration decides about requests. Immutable; an exchange keeps the one it began with. */
public final class Snapshot {
    private final Gate gate;
    private final HeadRewriter rewriter;
    private final List<Route> routes;
    private final Set<Upstream> upstreams;
    private final Limits limits;
    private final Timeouts timeouts;
    private final SessionRecorder recorder;

    /**
     * @param recorder learns sessions from create answers
     */
    public Snapshot(Gate gate, List<Route> routes, SessionRecorder recorder, Limits limits, Timeouts timeouts) {
        this(gate, new HeadRewriter(gate.settings()), routes, recorder, limits, timeouts);
    }

    private Snapshot(
            Gate gate,
            HeadRewriter rewriter,
            List<Route> routes,
            SessionRecorder recorder,
            Limits limits,
            Timeouts timeouts) {
        this.gate = gate;
        this.rewriter = rewriter;
        this.recorder = recorder;
        this.routes = routes.stream()
                .sorted(Comparator.comparingInt((Route r) -> r.path().length()).reversed())
                .toList();
        this.upstreams = routes.stream().map(Route::upstream).collect(Collectors.toUnmodifiableSet());
        this.limits = limits;
        this.timeouts = timeouts;
    }

    /** The same with another rewriter, so that a test can have one that errs. */
    Snapshot with(HeadRewriter other) {
        return new Snapshot(gate, other, routes, recorder, limits, timeouts);
    }

    public Gate gate() {
        return gate;
    }

    HeadRewriter rewriter() {
        return rewriter;
    }

    SessionRecorder recorder() {
        return recorder;
    }

    /** The route with the longest path that matches, or null. */
    public @Nullable Route route(String path) {
        for (int i = 0; i < routes.size(); i++) {
            if (routes.get(i).matches(path)) {
                return routes.get(i);
            }
        }
        return null;
    }

    /** Those that a route leads to, each once. */
    public Set<Upstream> upstreams() {
        return upstreams;
    }

    Limits limits() {
        return limits;
    }

    Timeouts timeouts() {
        return timeouts;
    }
}
