package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.profile.Binding;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every session store does, whatever it keeps sessions in. */
abstract class SessionStoreContract {
    static final Duration LIFETIME = Duration.ofMinutes(15);

    private Instant now = Instant.parse("2026-11-01T00:00:00Z");
    private SessionStore store = create(() -> now);

    /** A store that keeps a thousand sessions at least, and goes by that clock. */
    abstract SessionStore create(InstantSource clock);

    @BeforeEach
    void fresh() {
        store = create(() -> now);
    }

    @Test
    void knowsNothingAtFirst() throws Exception {
        assertThat(find(1)).isNull();
    }

    @Test
    void findsWhatWasPut() throws Exception {
        Session session = session(1, "guest-1");
        put(session);
        assertThat(find(1)).isEqualTo(session);
        assertThat(find(2)).isNull();
    }

    @Test
    void tellsFingerprintsApartThatDifferInOneHalf() throws Exception {
        put(session(1, "guest-1"));
        assertThat(now(store.find(new TokenFingerprint(1, 0)))).isNull();
        assertThat(now(store.find(new TokenFingerprint(0, -1)))).isNull();
    }

    @Test
    void remembersAStaleSessionForAWhile() throws Exception {
        Session session = session(1, "guest-1");
        put(session);
        advance(LIFETIME.plusSeconds(60));
        assertThat(find(1)).isEqualTo(session);
    }

    @Test
    void aNewerTokenSupersedesTheOneBeforeIt() throws Exception {
        put(session(1, "guest-1"));
        advance(Duration.ofSeconds(5));
        Session second = session(2, "guest-1");
        put(second);
        assertThat(find(1)).isNotNull().extracting(Session::ending).isEqualTo(superseded(second.issuedAt()));
        assertThat(find(2)).isEqualTo(second);
        advance(Duration.ofSeconds(5));
        put(session(3, "guest-1"));
        assertThat(find(1)).isNotNull().extracting(Session::ending).isEqualTo(superseded(second.issuedAt()));
        assertThat(find(2)).isNotNull().extracting(Session::ending).isEqualTo(superseded(now.toEpochMilli()));
    }

    @Test
    void aTokenIssuedAgainIsTheNewestAgain() throws Exception {
        put(session(1, "guest-1"));
        advance(Duration.ofSeconds(5));
        put(session(2, "guest-1"));
        advance(Duration.ofSeconds(5));
        Session again = session(1, "guest-1");
        put(again);
        assertThat(find(1)).isEqualTo(again);
        assertThat(find(2)).isNotNull().extracting(Session::ending).isEqualTo(superseded(now.toEpochMilli()));
        put(again);
        assertThat(find(1)).isEqualTo(again);
    }

    @Test
    void otherGuestsProfilesAndGuestlessSessionsAreLeftAlone() throws Exception {
        put(session(1, "guest-1"));
        put(session(2, "guest-2"));
        put(session(3, null));
        put(session(4, null));
        put(session(5, "other", Map.of(Binding.GUEST, "guest-1"), 0, Long.MAX_VALUE / 2));
        for (int i = 1; i <= 4; i++) {
            assertThat(find(i)).isNotNull().extracting(Session::ending).isNull();
        }
    }

    @Test
    void takesLifetimesAtTheEndsOfTheirRange() throws Exception {
        put(session(1, "p", Map.of(), 0, Long.MAX_VALUE));
        put(session(2, "p", Map.of(), 0, Long.MIN_VALUE));
        assertThat(find(1)).isNotNull();
        advance(Duration.ofDays(365));
        assertThat(find(1)).isNotNull();
    }

    Session session(int token, @Nullable String guest) {
        return session(
                token,
                "forum-guest",
                guest == null ? Map.of() : Map.of(Binding.GUEST, guest),
                now.toEpochMilli(),
                now.plus(LIFETIME).toEpochMilli());
    }

    static Session session(int token, String profile, Map<Binding, String> ids, long issuedAt, long expiresAt) {
        return new Session(
                new TokenFingerprint(token, -token),
                profile,
                ids,
                TokenClaims.NONE,
                "guest:chat guest:write",
                "chat",
                true,
                issuedAt,
                expiresAt,
                true,
                null);
    }

    private static Ending superseded(long at) {
        return new Ending(Ending.Cause.SUPERSEDED, at);
    }

    SessionStore store() {
        return store;
    }

    void advance(Duration by) {
        now = now.plus(by);
    }

    void put(Session session) throws Exception {
        now(store.put(session));
    }

    @Nullable
    Session find(int token) throws Exception {
        return now(store.find(new TokenFingerprint(token, -token)));
    }

    private static <T extends @Nullable Object> T now(java.util.concurrent.CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
