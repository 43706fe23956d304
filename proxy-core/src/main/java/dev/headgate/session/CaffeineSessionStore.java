package dev.headgate.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.headgate.profile.Binding;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in this process's memory, bounded in number: the oldest go first. Thread-safe; every stage is complete on
 * return.
 */
public final class CaffeineSessionStore implements SessionStore {
    /*
     * sessions: token -> session. byAge: its tokens, from the first issued or seen to the last. bound: (profile,
     * binding, id) -> its tokens, from the oldest to the newest.
     * Invariants, whenever the lock is free:
     *   - a token is in the sets of just the ids that its session is bound to (divisions left out), and no set is
     *     empty; so what one table forgets the other forgets too;
     *   - byAge has just the tokens of sessions, and no more than the maximum;
     *   - of the tokens of one guest, those issued before the newest have ended. One that is bound by its use does not
     *     end another: nobody knows which of the two is older. The next one issued ends both.
     * Only a holder of the lock changes the tables; sessions is read without it. What was forgotten reads as a token
     * never issued, never as another session's.
     */

    /** How long a stale session is remembered, so that a refusal can say why instead of "unknown". */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    /** How long a token is remembered of which nobody knows when it expires, and how long a revocation. */
    private static final Duration REMEMBERED_UNDATED = Duration.ofDays(1);

    /** How many old sessions a new one looks at, to let go of those that are not remembered any more. */
    private static final int LOOKED_AT = 4;

    private record Key(String profile, Binding binding, String id) {}

    /** The tokens that are bound to one id. */
    private static final class Tokens {
        final Set<TokenFingerprint> all = new LinkedHashSet<>(2);
        /** The one issued last, or null when that one has gone. */
        @Nullable
        TokenFingerprint newest;

        /** Those that use has bound since; null for none, which is nearly always. */
        @Nullable
        Set<TokenFingerprint> boundSince;

        void issued(TokenFingerprint token) {
            all.add(token);
            newest = token;
            boundSince = null;
        }

        void bound(TokenFingerprint token) {
            if (all.add(token)) {
                boundSince = boundSince == null ? new LinkedHashSet<>(2) : boundSince;
                boundSince.add(token);
            }
        }

        /** Those that the next one issued ends. */
        List<TokenFingerprint> current() {
            List<TokenFingerprint> current = new ArrayList<>(boundSince == null ? Set.of() : boundSince);
            if (newest != null) {
                current.add(newest);
            }
            return current;
        }

        boolean removeLeavesNone(TokenFingerprint token) {
            all.remove(token);
            newest = token.equals(newest) ? null : newest;
            if (boundSince != null) {
                boundSince.remove(token);
            }
            return all.isEmpty();
        }
    }

    private final InstantSource clock;
    private final long maximum;
    private final Cache<TokenFingerprint, Session> sessions;
    private final Set<TokenFingerprint> byAge = new LinkedHashSet<>();
    private final Map<Key, Tokens> bound = new HashMap<>();
    private final Object lock = new Object();

    /**
     * @param maximum how many sessions are kept at most, 1 or more
     */
    public CaffeineSessionStore(long maximum, InstantSource clock) {
        this.clock = clock;
        this.maximum = maximum;
        // With a maximum of its own, Caffeine would judge by use, and drop a token that nobody has had time to use. By
        // the time of writing, a token would be young again when it is ended or bound.
        this.sessions = Caffeine.newBuilder().recordStats().build();
    }

    @Override
    public CompletionStage<@Nullable Session> find(TokenFingerprint fingerprint) {
        Session session = sessions.getIfPresent(fingerprint);
        return CompletableFuture.completedFuture(session == null || isForgotten(session) ? null : session);
    }

    @Override
    public CompletionStage<List<Session>> find(String profile, Binding binding, String id) {
        synchronized (lock) {
            return CompletableFuture.completedFuture(tokens(new Key(profile, binding, id)).stream()
                    .map(sessions.asMap()::get)
                    .filter(session -> session != null && !isForgotten(session))
                    .toList());
        }
    }

    @Override
    public CompletionStage<@Nullable Void> put(Session session) {
        synchronized (lock) {
            Session again = remembered(session.fingerprint());
            Ending ending = again == null ? null : again.ending();
            Session kept = renewed(session);
            if (again != null) {
                remove(again);
            }
            add(ending != null && ending.cause() == Ending.Cause.REVOKED ? kept.ended(ending) : kept, Tokens::issued);
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Supersedes the tokens that the same guest had before, and takes over what only the last one's creation told. */
    private Session renewed(Session session) {
        String guest = session.ids().get(Binding.GUEST);
        Tokens tokens = guest == null ? null : bound.get(new Key(session.profile(), Binding.GUEST, guest));
        if (tokens == null) {
            return session;
        }
        TokenFingerprint newest = tokens.newest;
        for (TokenFingerprint token : tokens.current()) {
            change(token, new Ending(Ending.Cause.SUPERSEDED, session.issuedAt()));
        }
        Session before = newest == null ? null : remembered(newest);
        return before == null ? session : session.renewing(before);
    }

    @Override
    public CompletionStage<@Nullable Void> bind(Session seen) {
        synchronized (lock) {
            Session before = remembered(seen.fingerprint());
            add(before == null ? seen : before.bound(seen.ids()), Tokens::bound);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> end(TokenFingerprint fingerprint, Ending ending) {
        synchronized (lock) {
            boolean known = change(fingerprint, ending);
            if (!known && ending.cause() == Ending.Cause.REVOKED) {
                Session unknown = Session.seen(fingerprint, "-", Map.of(), TokenClaims.NONE, ending.at());
                add(unknown.ended(ending), Tokens::bound);
            }
            return CompletableFuture.completedFuture(known);
        }
    }

    @Override
    public CompletionStage<Integer> end(String profile, Binding binding, String id, Ending ending) {
        synchronized (lock) {
            int ended = 0;
            for (TokenFingerprint token : List.copyOf(tokens(new Key(profile, binding, id)))) {
                ended += change(token, ending) ? 1 : 0;
            }
            return CompletableFuture.completedFuture(ended);
        }
    }

    @Override
    public CompletionStage<SessionCounts> counts() {
        long now = clock.millis();
        SessionCounts counts = SessionCounts.ZERO;
        for (Session session : sessions.asMap().values()) {
            counts = isForgotten(session) ? counts : counts.plus(session, now);
        }
        return CompletableFuture.completedFuture(counts);
    }

    private Set<TokenFingerprint> tokens(Key key) {
        Tokens tokens = bound.get(key);
        return tokens == null ? Set.of() : tokens.all;
    }

    /** Whether that token is known. */
    private boolean change(TokenFingerprint fingerprint, Ending ending) {
        Session session = remembered(fingerprint);
        if (session != null) {
            sessions.put(fingerprint, session.ended(ending));
        }
        return session != null;
    }

    /** The session of a token; one that is not remembered any more is let go of. */
    private @Nullable Session remembered(TokenFingerprint fingerprint) {
        Session session = sessions.asMap().get(fingerprint);
        if (session != null && isForgotten(session)) {
            remove(session);
            return null;
        }
        return session;
    }

    private void add(Session session, BiConsumer<Tokens, TokenFingerprint> how) {
        sessions.put(session.fingerprint(), session);
        byAge.add(session.fingerprint());
        for (Map.Entry<Binding, String> id : session.ids().entrySet()) {
            if (id.getKey() != Binding.DIVISION) {
                Key key = new Key(session.profile(), id.getKey(), id.getValue());
                how.accept(bound.computeIfAbsent(key, k -> new Tokens()), session.fingerprint());
            }
        }
        byAge.stream().limit(LOOKED_AT).toList().forEach(this::remembered);
        while (byAge.size() > maximum) {
            remove(Objects.requireNonNull(sessions.asMap().get(byAge.iterator().next())));
        }
    }

    private void remove(Session session) {
        sessions.invalidate(session.fingerprint());
        byAge.remove(session.fingerprint());
        for (Map.Entry<Binding, String> id : session.ids().entrySet()) {
            bound.computeIfPresent(
                    new Key(session.profile(), id.getKey(), id.getValue()),
                    (key, tokens) -> tokens.removeLeavesNone(session.fingerprint()) ? null : tokens);
        }
    }

    private boolean isForgotten(Session session) {
        Ending ending = session.ending();
        if (ending != null && ending.cause() == Ending.Cause.REVOKED && !isPast(ending.at(), REMEMBERED_UNDATED)) {
            // Or else what is refused now would pass later, where unknown tokens do.
            return false;
        }
        boolean undated = !session.issued() && session.expiresAt() == Long.MAX_VALUE;
        return undated ? isPast(session.issuedAt(), REMEMBERED_UNDATED) : isPast(session.expiresAt(), REMEMBERED);
    }

    private boolean isPast(long since, Duration by) {
        long now = clock.millis();
        long age = now - since;
        // Negative in spite of the order: further away than a long can tell.
        return since < now && (age < 0 || age >= by.toMillis());
    }

    /** For metrics: its statistics and size. */
    public Cache<TokenFingerprint, Session> cache() {
        return sessions;
    }

    @Override
    public String toString() {
        return "CaffeineSessionStore[" + sessions.estimatedSize() + " sessions at " + clock.instant() + "]";
    }
}
