package dev.headgate.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.headgate.profile.Binding;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sessions in this process's memory, bounded in number. Thread-safe; every stage is complete on return. */
public final class CaffeineSessionStore implements SessionStore {
    /*
     * sessions: token -> session, latest: guest -> its newest token.
     * Invariants: a session in which a newer token of the same guest has been put is marked superseded before put
     * returns. Either table may lose any entry at any time (size, age); what is lost reads as a token never issued,
     * never as another session's.
     */

    /** How long a stale session is remembered, so that a refusal can say why instead of "unknown". */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    private record Guest(String profile, String id) {}

    private final InstantSource clock;
    private final Cache<TokenFingerprint, Session> sessions;
    private final Cache<Guest, TokenFingerprint> latest;

    /**
     * @param maximum how many sessions are kept at most, 1 or more
     */
    public CaffeineSessionStore(long maximum, InstantSource clock) {
        this.clock = clock;
        this.sessions = Caffeine.newBuilder()
                .maximumSize(maximum)
                .expireAfter(Expiry.writing((TokenFingerprint fingerprint, Session session) ->
                        Duration.ofMillis(session.expiresAt() - clock.millis()).plus(REMEMBERED)))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .recordStats()
                .build();
        this.latest = Caffeine.newBuilder().maximumSize(maximum).build();
    }

    @Override
    public CompletionStage<@Nullable Session> find(TokenFingerprint fingerprint) {
        return CompletableFuture.completedFuture(sessions.getIfPresent(fingerprint));
    }

    @Override
    public CompletionStage<@Nullable Void> put(Session session) {
        sessions.put(session.fingerprint(), session);
        String id = session.ids().get(Binding.GUEST);
        if (id != null) {
            latest.asMap().compute(new Guest(session.profile(), id), (guest, before) -> {
                if (before != null && !before.equals(session.fingerprint())) {
                    sessions.asMap().computeIfPresent(before, (f, old) -> old.supersededAt(session.issuedAt()));
                }
                return session.fingerprint();
            });
        }
        return CompletableFuture.completedFuture(null);
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
