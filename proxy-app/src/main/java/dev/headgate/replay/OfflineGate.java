package dev.headgate.replay;

import dev.headgate.gate.BodyNeed;
import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Cors;
import dev.headgate.gate.Gate;
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
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.PathPrefix;
import dev.headgate.profile.Profile;
import dev.headgate.profile.Unreadable;
import dev.headgate.replay.OfflineReplay.Route;
import dev.headgate.session.Credential;
import dev.headgate.session.SessionStore;
import dev.headgate.session.TokenFingerprint;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes recorded requests through the steps of the edge's own handler of the gate, in its order. For one thread. */
final class OfflineGate {
    private static final byte[] NOTHING = {};

    /**
     * What the gate says.
     *
     * @param denied what it is refused for; null where it passes
     * @param observed what was observed first; null where nothing was
     * @param passed as the gate saw it last, where it would go to the upstream; else null
     * @param body of the request, with stand-ins for placeholders; empty where it is not all in the recording
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Decision(
            @Nullable Deny denied,
            @Nullable Deny observed,
            @Nullable CheckRequest passed,
            byte[] body) {
        /** {@code allow}, {@code deny} or {@code observe-deny}. */
        String verdict() {
            return denied != null ? "deny" : observed != null ? "observe-deny" : "allow";
        }

        /** The code; null where there is none. */
        @Nullable
        String reason() {
            Deny deny = denied != null ? denied : observed;
            return deny == null ? null : deny.reason().code();
        }
    }

    /** The gate cannot be asked. */
    @SuppressWarnings("serial")
    static final class Undecided extends Exception {
        Undecided(String message) {
            super(message, null, false, false);
        }
    }

    private final OfflineReplay.Settings settings;
    private final Gate gate;
    private final Limits limits;
    private final List<Route> routes;
    private final HeadParser parser;
    private final SessionStore store;

    /** What was observed first in the request that is being decided. */
    private @Nullable Deny observed;

    /** @param store answers at once */
    OfflineGate(OfflineReplay.Settings settings, SessionStore store) {
        this.settings = settings;
        this.gate = settings.gate();
        this.limits = settings.limits();
        this.routes = settings.routes().stream()
                .sorted(Comparator.comparingInt((Route route) -> route.prefix().length())
                        .reversed())
                .toList();
        this.parser = new HeadParser(limits.fields());
        this.store = store;
    }

    /**
     * Decides about one.
     *
     * @param now when it came, in milliseconds since the epoch
     * @throws Undecided if the recording does not have what the gate needs
     */
    Decision decide(RecordedExchange exchange, RecordedRequest request, long now) throws Undecided {
        observed = null;
        try {
            byte[] bytes = RecordedHead.bytes(exchange, request);
            int length = new HeadScanner().scan(bytes, bytes.length);
            if (length > limits.head() || length != bytes.length) {
                throw new BadHead(Fault.TOO_LARGE, "head: more than " + limits.head() + " bytes");
            }
            RequestHead head = parser.request(bytes, length);
            return head(exchange, request, head, Framing.of(head), now);
        } catch (Unsendable e) {
            throw new Undecided(String.valueOf(e.getMessage()));
        } catch (BadHead e) {
            return denied(Gate.refusal(e));
        }
    }

    private Decision head(
            RecordedExchange exchange, RecordedRequest recorded, RequestHead head, Framing framing, long now)
            throws Undecided {
        Route route = route(head.path());
        Profile profile = route == null ? null : route.profile();
        Endpoint endpoint = profile == null ? null : profile.endpoint(head.method(), head.path());
        Target target = new Target(route == null ? Policy.ENFORCE : route.policy(), profile, endpoint);
        Credential credential = Credential.of(head, settings.hash());
        if (lacksItsCredential(exchange, endpoint, credential)) {
            throw new Undecided("its credential is not in the recording");
        }
        TokenFingerprint token = Gate.token(head, endpoint, credential, settings.hash());
        CheckRequest request = gate.request(head, target, credential, token, now);
        Deny deny = denial(gate.head(request));
        if (deny != null) {
            return denied(deny);
        }
        if (route == null) {
            return denied(new Deny(Reason.ROUTE_UNMATCHED, "path: none of the routes is a prefix of it"));
        }
        Cors cors = gate.settings().cors();
        String origin = cors != null && CheckRequest.isPreflight(head) ? Cors.origin(head) : null;
        if (cors != null && origin != null) {
            if (cors.allows(origin)) {
                return new Decision(null, observed, null, NOTHING);
            }
            Deny foreign =
                    denial(request.policy().verdict(new Deny(Reason.CORS_ORIGIN, "Origin: none of cors.origins")));
            if (foreign != null) {
                return denied(foreign);
            }
        }
        long size = recorded.body().size();
        if (limits.body() > 0 && size > limits.body()) {
            return denied(new Deny(Reason.BODY_TOO_LARGE, "body: larger than limits.body"));
        }
        if (token != null && gate.needsSession(request)) {
            request = request.with(store.find(token).toCompletableFuture().join());
            deny = denial(gate.session(request));
            if (deny != null) {
                return denied(deny);
            }
        }
        return body(request, recorded.body(), framing.hasBody() || size > 0);
    }

    private Decision body(CheckRequest request, RecordedBody recorded, boolean hasBody) throws Undecided {
        BodyNeed need = gate.needsBody(request, hasBody);
        byte[] body = recorded.isComplete() ? StandIns.in(recorded.bytes()) : NOTHING;
        boolean read = need != BodyNeed.NONE;
        if (read && recorded.size() > limits.checkedBody()) {
            read = false;
            Deny tooLarge = new Deny(Reason.BODY_TOO_LARGE, "body: larger than limits.checkedBody");
            Deny deny = need == BodyNeed.REQUIRED ? denial(request.policy().verdict(tooLarge)) : null;
            if (deny != null) {
                return denied(deny);
            }
        } else if (need == BodyNeed.REQUIRED && !recorded.isComplete()) {
            throw new Undecided("its body, which the gate reads, is not in the recording");
        }
        try {
            return content(gate.read(request, read ? body : null), body);
        } catch (Unreadable e) {
            Deny deny = denial(request.policy().verdict(new Deny(Reason.BODY_UNREADABLE, e.what())));
            if (deny != null) {
                return denied(deny);
            }
        }
        try {
            return content(gate.read(request, null), body);
        } catch (Unreadable e) {
            throw new IllegalStateException("without a body nothing is unreadable", e);
        }
    }

    private Decision content(CheckRequest read, byte[] body) {
        Deny deny = denial(gate.content(read));
        return deny == null ? new Decision(null, observed, read, body) : denied(deny);
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
            if (PathPrefix.covers(routes.get(i).prefix(), path)) {
                return routes.get(i);
            }
        }
        return null;
    }

    /** What refuses it, or null; of what is only observed the first is kept. */
    private @Nullable Deny denial(Verdict verdict) {
        if (verdict instanceof Deny deny) {
            return deny;
        }
        if (verdict instanceof Allow allow && observed == null) {
            observed = allow.observed();
        }
        return null;
    }

    private static Decision denied(Deny deny) {
        return new Decision(deny, null, null, NOTHING);
    }
}
