package dev.headgate.admin;

import dev.headgate.gate.IdText;
import dev.headgate.profile.Binding;
import dev.headgate.session.Ending;
import dev.headgate.session.Session;
import dev.headgate.session.SessionCounts;
import dev.headgate.session.SessionStore;
import dev.headgate.session.TokenFingerprint;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /sessions}: how many there are; those of one token, guest or conversation; and their revocation. */
public final class SessionsPage implements AdminPage {
    private static final Logger LOG = LoggerFactory.getLogger(SessionsPage.class);

    private static final String FINGERPRINT = "fingerprint";
    private static final Map<String, Binding> BINDINGS = Map.of(
            "guest", Binding.GUEST,
            "conversation", Binding.CONVERSATION,
            "member", Binding.MEMBER,
            "chat", Binding.CHAT);
    private static final String EXPECTED = " (expected: just one of fingerprint, guest, conversation, member, chat)";

    /** A guest may have had any number of tokens. */
    private static final int LISTED = 100;

    /** Clients write it, and may write anything; this is longer than a purpose and shorter than a token. */
    private static final int LONGEST_PURPOSE = 19;

    private final SessionStore store;
    private final Supplier<List<String>> profiles;
    private final InstantSource clock;

    /**
     * @param profiles the names of those whose sessions are looked for, each once
     */
    public SessionsPage(SessionStore store, Supplier<List<String>> profiles, InstantSource clock) {
        this.store = store;
        this.profiles = profiles;
        this.clock = clock;
    }

    /** Which sessions: those of one token, or those that are bound to one id. */
    private record Query(
            @Nullable TokenFingerprint fingerprint,
            @Nullable Binding binding,
            String id) {}

    /**
     * DELETE and not POST: a page in an operator's browser can send a POST to any address, but a DELETE only after a
     * preflight, and the admin port grants none.
     */
    @Override
    public List<HttpMethod> methods() {
        return List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);
    }

    @Override
    public CompletionStage<AdminResponse> answer(FullHttpRequest request) {
        boolean revokes = request.method().equals(HttpMethod.DELETE);
        CompletionStage<ObjectNode> body;
        try {
            Map<String, List<String>> parameters = new QueryStringDecoder(request.uri()).parameters();
            if (parameters.isEmpty() && !revokes) {
                body = store.counts().thenApply(SessionsPage::json);
            } else {
                Query query = query(parameters);
                body = revokes ? revoke(query) : find(query).thenApply(this::json);
            }
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(
                    AdminResponse.problem(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage())));
        }
        return body.thenApply(AdminResponse::json).exceptionally(SessionsPage::unavailable);
    }

    private static AdminResponse unavailable(Throwable failure) {
        LOG.warn("admin: the session store failed", failure);
        return AdminResponse.problem(HttpResponseStatus.SERVICE_UNAVAILABLE, "The session store did not answer.");
    }

    /** Does not repeat a value: a token may have been put in its place. */
    private static Query query(Map<String, List<String>> parameters) {
        if (parameters.size() != 1) {
            throw new IllegalArgumentException("query: " + parameters.size() + " parameters" + EXPECTED);
        }
        Map.Entry<String, List<String>> only = parameters.entrySet().iterator().next();
        Binding binding = BINDINGS.get(only.getKey());
        boolean known = binding != null || only.getKey().equals(FINGERPRINT);
        if (!known || only.getValue().size() != 1 || only.getValue().get(0).isEmpty()) {
            throw new IllegalArgumentException("query: another parameter, no value or several" + EXPECTED);
        }
        String value = only.getValue().get(0);
        if (binding != null) {
            return new Query(null, binding, value);
        }
        try {
            return new Query(TokenFingerprint.parse(value), null, "");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("fingerprint: " + e.getMessage(), e);
        }
    }

    /** From the oldest to the newest within each profile. */
    private CompletionStage<List<Session>> find(Query query) {
        if (query.fingerprint() != null) {
            return store.find(query.fingerprint())
                    .thenApply(session -> session == null ? List.<Session>of() : List.of(session));
        }
        CompletionStage<List<Session>> all = CompletableFuture.completedFuture(List.of());
        for (String profile : profiles.get()) {
            all = all.thenCombine(store.find(profile, bindingOf(query), query.id()), SessionsPage::joined);
        }
        return all;
    }

    private static Binding bindingOf(Query query) {
        if (query.binding() == null) {
            throw new IllegalStateException("query: no binding (expected: where there is no fingerprint)");
        }
        return query.binding();
    }

    private static List<Session> joined(List<Session> some, List<Session> more) {
        List<Session> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private CompletionStage<ObjectNode> revoke(Query query) {
        Ending revocation = new Ending(Ending.Cause.REVOKED, clock.millis());
        if (query.fingerprint() != null) {
            return store.end(query.fingerprint(), revocation)
                    .thenApply(known -> known ? revoked(1) : revoked(0).put("remembered", true));
        }
        CompletionStage<Integer> sum = CompletableFuture.completedFuture(0);
        for (String profile : profiles.get()) {
            sum = sum.thenCombine(store.end(profile, bindingOf(query), query.id(), revocation), Integer::sum);
        }
        return sum.thenApply(SessionsPage::revoked);
    }

    private static ObjectNode revoked(int count) {
        return AdminResponse.JSON.createObjectNode().put("revoked", count);
    }

    private static ObjectNode json(SessionCounts counts) {
        return AdminResponse.JSON
                .createObjectNode()
                .put("live", counts.live())
                .put("expired", counts.expired())
                .put("superseded", counts.superseded())
                .put("ended", counts.ended())
                .put("rejected", counts.rejected())
                .put("revoked", counts.revoked())
                .put("all", counts.all());
    }

    private ObjectNode json(List<Session> sessions) {
        long now = clock.millis();
        ObjectNode body = AdminResponse.JSON.createObjectNode().put("found", sessions.size());
        ArrayNode newest = body.putArray("sessions");
        for (int i = sessions.size() - 1; i >= Math.max(0, sessions.size() - LISTED); i--) {
            newest.add(json(sessions.get(i), now));
        }
        return body;
    }

    private static ObjectNode json(Session session, long now) {
        ObjectNode out = AdminResponse.JSON
                .createObjectNode()
                .put("fingerprint", session.fingerprint().toString())
                .put("profile", session.profile());
        ObjectNode ids = out.putObject("ids");
        for (Binding binding : Binding.values()) {
            String id = session.ids().get(binding);
            if (id != null) {
                ids.put(lower(binding), IdText.of(id));
            }
        }
        Ending ending = session.ending();
        String state = now >= session.expiresAt() ? "expired" : "live";
        return out.put("scopes", session.scopes())
                .put("purpose", purpose(session.purpose()))
                .put("issued", session.issued())
                .put("issued_at", time(session.issuedAt()))
                .put("expires_at", time(session.expiresAt()))
                .put("lifetime_told", session.lifetimeTold())
                .put("state", ending == null ? state : lower(ending.cause()))
                .put("ended_at", ending == null ? null : time(ending.at()));
    }

    private static @Nullable String purpose(@Nullable String purpose) {
        return purpose == null || purpose.length() <= LONGEST_PURPOSE ? purpose : IdText.of(purpose);
    }

    /** Null for never. */
    private static @Nullable String time(long millis) {
        return millis == Long.MAX_VALUE ? null : Instant.ofEpochMilli(millis).toString();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
