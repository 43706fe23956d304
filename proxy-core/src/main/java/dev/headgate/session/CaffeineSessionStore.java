package dev.headgate.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.FixedExpiration;
import dev.headgate.profile.Binding;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in this process's memory, bounded in number: the oldest go first. Thread-safe; every stage is complete on
 * return.
 */
public final class CaffeineSessionStore implements SessionStore {
    /*
     * sessions: token -> session. bound: (profile, binding, id) -> its tokens, from the oldest to the newest.
     * Invariants, whenever the lock is free:
     *   - a token is in the sets of just the ids that its session is bound to (divisions left out), and no set is
     *     empty; so what one table forgets the other forgets too;
     *   - no more sessions than the maximum;
     *   - of the tokens of one guest only the newest is not ended.
     * Only a holder of the lock changes either table; sessions is read without it. What was forgotten reads as a token
     * never issued, never as another session's.
     */

    /** How long a stale session is remembered, so that a refusal can say why instead of "unknown". */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    /** How long a token is remembered of which nobody knows when it expires. */
    private static final Duration REMEMBERED_UNDATED = Duration.ofDays(1);

    /** Longer than any process lives: entries leave by age when there are too many, and not by this clock. */
    private static final Duration NEVER = Duration.ofDays(100 * 366);

    /** How many old sessions a new one looks at, to let go of those that are not remembered any more. */
    private static final int LOOKED_AT = 4;

    private record Key(String profile, Binding binding, String id) {}

    /** The tokens that are bound to one id. */
    private static final class Tokens {
        final Set<TokenFingerprint> all = new LinkedHashSet<>(2);
        /** The one added last, or null when that one has gone. */
        @Nullable
        TokenFingerprint newest;

        void add(TokenFingerprint token) {
            if (all.add(token)) {
                newest = token;
            }
        }

        boolean removeLeavesNone(TokenFingerprint token) {
            all.remove(token);
            newest = token.equals(newest) ? null : newest;
            return all.isEmpty();
        }
    }

    private final InstantSource clock;
    private final long maximum;
    private final Cache<TokenFingerprint, Session> sessions;
    private final FixedExpiration<TokenFingerprint, Session> byAge;
    private final Map<Key, Tokens> bound = new HashMap<>();
    private final Object lock = new Object();

    /**
     * @param maximum how many sessions are kept at most, 1 or more
     */
    public CaffeineSessionStore(long maximum, InstantSource clock) {
        this.clock = clock;
        this.maximum = maximum;
        // With a maximum of its own, Caffeine would judge by use, and drop a token that nobody has had time to use.
        this.sessions = Caffeine.newBuilder()
                .expireAfterWrite(NEVER)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .recordStats()
                .build();
        this.byAge = sessions.policy().expireAfterWrite().orElseThrow();
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
                    .filter(Objects::nonNull)
                    .toList());
        }
    }

    @Override
    public CompletionStage<@Nullable Void> put(Session session) {
        synchronized (lock) {
            Session again = sessions.asMap().get(session.fingerprint());
            Ending ending = again == null ? null : again.ending();
            if (again != null) {
                remove(again);
            }
            Session kept = renewed(session);
            add(ending != null && ending.cause() == Ending.Cause.REVOKED ? kept.ended(ending) : kept);
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Supersedes the token that the same guest had before, and takes over what only that one's creation told. */
    private Session renewed(Session session) {
        String guest = session.ids().get(Binding.GUEST);
        Tokens tokens = guest == null ? null : bound.get(new Key(session.profile(), Binding.GUEST, guest));
        TokenFingerprint newest = tokens == null ? null : tokens.newest;
        Session before = newest == null ? null : sessions.asMap().get(newest);
        if (newest == null || before == null) {
            return session;
        }
        change(newest, new Ending(Ending.Cause.SUPERSEDED, session.issuedAt()));
        return session.renewing(before);
    }

    @Override
    public CompletionStage<@Nullable Void> bind(Session seen) {
        synchronized (lock) {
            Session before = sessions.asMap().get(seen.fingerprint());
            add(before == null ? seen : before.bound(seen.ids()));
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> end(TokenFingerprint fingerprint, Ending ending) {
        synchronized (lock) {
            boolean known = change(fingerprint, ending);
            if (!known && ending.cause() == Ending.Cause.REVOKED) {
                add(Session.seen(fingerprint, "-", Map.of(), TokenClaims.NONE, ending.at())
                        .ended(ending));
            }
            return CompletableFuture.completedFuture(known);
        }
    }

    @Override
    public CompletionStage<Integer> end(String profile, Binding binding, String id, Ending ending) {
        synchronized (lock) {
            Set<TokenFingerprint> tokens = tokens(new Key(profile, binding, id));
            tokens.forEach(token -> change(token, ending));
            return CompletableFuture.completedFuture(tokens.size());
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

    private boolean change(TokenFingerprint fingerprint, Ending ending) {
        return sessions.asMap().computeIfPresent(fingerprint, (token, session) -> session.ended(ending)) != null;
    }

    private void add(Session session) {
        sessions.put(session.fingerprint(), session);
        for (Map.Entry<Binding, String> id : session.ids().entrySet()) {
            if (id.getKey() != Binding.DIVISION) {
                bound.computeIfAbsent(new Key(session.profile(), id.getKey(), id.getValue()), key -> new Tokens())
                        .add(session.fingerprint());
            }
        }
        for (Session old : byAge.oldest(LOOKED_AT).values()) {
            if (isForgotten(old)) {
                remove(old);
            }
        }
        long surplus = sessions.estimatedSize() - maximum;
        if (surplus > 0) {
            byAge.oldest((int) Math.min(surplus, Integer.MAX_VALUE)).values().forEach(this::remove);
        }
    }

    private void remove(Session session) {
        sessions.invalidate(session.fingerprint());
        for (Map.Entry<Binding, String> id : session.ids().entrySet()) {
            bound.computeIfPresent(
                    new Key(session.profile(), id.getKey(), id.getValue()),
                    (key, tokens) -> tokens.removeLeavesNone(session.fingerprint()) ? null : tokens);
        }
    }

    private boolean isForgotten(Session session) {
        boolean undated = !session.issued() && session.expiresAt() == Long.MAX_VALUE;
        long since = undated ? session.issuedAt() : session.expiresAt();
        long now = clock.millis();
        long age = now - since;
        // Negative in spite of the order: further away than a long can tell.
        return since < now && (age < 0 || age >= (undated ? REMEMBERED_UNDATED : REMEMBERED).toMillis());
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
