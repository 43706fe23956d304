package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.profile.Binding;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    @Test
    void aNewTokenTakesOverOnlyWhatItsOwnCreationDidNotTell() throws Exception {
        put(told(1, "guest-1", "a b", ""));
        put(told(2, "guest-1", null, null));
        assertThat(find(2))
                .isNotNull()
                .extracting(Session::scopes, Session::purpose)
                .containsExactly("a b", "");
        put(told(3, "guest-1", "c", null));
        assertThat(find(3))
                .isNotNull()
                .extracting(Session::scopes, Session::purpose)
                .containsExactly("c", "");
        put(told(4, "guest-1", null, "chat"));
        assertThat(find(4))
                .isNotNull()
                .extracting(Session::scopes, Session::purpose)
                .containsExactly("c", "chat");
        put(told(5, "guest-2", null, null));
        assertThat(find(5))
                .isNotNull()
                .extracting(Session::scopes, Session::purpose)
                .containsOnlyNulls();
        assertThat(find(1))
                .isNotNull()
                .extracting(Session::scopes, Session::purpose)
                .containsExactly("a b", "");
    }

    @Test
    void aTokenIssuedAgainTakesOverFromItself() throws Exception {
        put(told(1, "guest-1", "a b", ""));
        put(told(1, "guest-1", null, null));
        assertThat(find(1))
                .isNotNull()
                .extracting(Session::scopes, Session::purpose, Session::ending)
                .containsExactly("a b", "", null);
    }

    @Test
    void theFirstBindingOfEachKindStays() throws Exception {
        put(issued(1, Map.of(Binding.CONVERSATION, "c-1")));
        bind(1, Map.of(Binding.CONVERSATION, "c-2", Binding.CHAT, "h-1"));
        bind(1, Map.of(Binding.CHAT, "h-2", Binding.DIVISION, "d-1", Binding.MEMBER, "m-1"));
        bind(1, Map.of(Binding.DIVISION, "d-2"));
        assertThat(find(1))
                .isNotNull()
                .extracting(Session::ids)
                .isEqualTo(Map.of(
                        Binding.CONVERSATION, "c-1",
                        Binding.CHAT, "h-1",
                        Binding.DIVISION, "d-1",
                        Binding.MEMBER, "m-1"));
        assertThat(tokens("forum-guest", Binding.CONVERSATION, "c-1")).containsExactly(1);
        assertThat(tokens("forum-guest", Binding.CONVERSATION, "c-2")).isEmpty();
        assertThat(tokens("forum-guest", Binding.CHAT, "h-1")).containsExactly(1);
        assertThat(tokens("forum-guest", Binding.CHAT, "h-2")).isEmpty();
    }

    @Test
    void bindingChangesNothingElse() throws Exception {
        Session session = issued(1, Map.of(Binding.GUEST, "guest-1"));
        put(session);
        end(1, Ending.Cause.REJECTED);
        Session ended = session.ended(new Ending(Ending.Cause.REJECTED, millis()));
        advance(Duration.ofSeconds(5));
        bind(1, Map.of(Binding.CHAT, "h-1"));
        assertThat(find(1)).isEqualTo(ended.bound(Map.of(Binding.CHAT, "h-1")));
    }

    @Test
    void anUnknownTokenIsKeptAsItWasSeen() throws Exception {
        Session seen = seen(1, Map.of(Binding.GUEST, "guest-1"), millis() + 60_000);
        now(store.bind(seen));
        assertThat(find(1)).isEqualTo(seen).extracting(Session::issued).isEqualTo(false);
        assertThat(tokens("forum-guest", Binding.GUEST, "guest-1")).containsExactly(1);
    }

    @Test
    void anOlderTokenThatIsBoundLateIsNotTheNewest() throws Exception {
        put(told(1, null, "old", "old"));
        put(told(2, "guest-1", "new", "new"));
        bind(1, Map.of(Binding.GUEST, "guest-1"));
        assertThat(find(2))
                .as("the newest, after another was bound")
                .isNotNull()
                .extracting(Session::ending)
                .isNull();
        advance(Duration.ofSeconds(5));
        put(told(3, "guest-1", null, null));
        assertThat(find(3))
                .isNotNull()
                .extracting(Session::scopes, Session::purpose)
                .containsExactly("new", "new");
        assertThat(find(2)).isNotNull().extracting(Session::ending).isEqualTo(superseded(millis()));
        assertThat(find(1)).isNotNull().extracting(Session::ending).isEqualTo(superseded(millis()));
    }

    @Test
    void aNewTokenSupersedesAllThatWereBoundSinceTheLastOne() throws Exception {
        now(store.bind(seen(1, Map.of(Binding.GUEST, "guest-1"), Long.MAX_VALUE)));
        now(store.bind(seen(2, Map.of(Binding.GUEST, "guest-1"), Long.MAX_VALUE)));
        assertThat(find(1)).isNotNull().extracting(Session::ending).isNull();
        put(session(3, "guest-1"));
        now(store.bind(seen(4, Map.of(Binding.GUEST, "guest-1"), Long.MAX_VALUE)));
        for (int token = 1; token <= 2; token++) {
            assertThat(find(token)).isNotNull().extracting(Session::ending).isEqualTo(superseded(millis()));
        }
        assertThat(find(3)).isNotNull().extracting(Session::ending).isNull();
        assertThat(find(4)).isNotNull().extracting(Session::ending).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void endsAToken(Ending.Cause cause) throws Exception {
        Session session = session(1, "guest-1");
        put(session);
        put(session(2, "guest-2"));
        assertThat(end(1, cause)).as("known").isTrue();
        assertThat(find(1)).isEqualTo(session.ended(new Ending(cause, millis())));
        assertThat(find(2)).isNotNull().extracting(Session::ending).isNull();
        long first = millis();
        advance(Duration.ofSeconds(5));
        assertThat(end(1, cause)).as("known, though ended").isTrue();
        assertThat(find(1)).isNotNull().extracting(Session::ending).isEqualTo(new Ending(cause, first));
    }

    @Test
    void aHeavierEndingReplacesALighterOneOnly() throws Exception {
        put(session(1, "guest-1"));
        List<Ending.Cause> kept = new ArrayList<>();
        for (Ending.Cause cause : List.of(
                Ending.Cause.SUPERSEDED,
                Ending.Cause.ENDED,
                Ending.Cause.REJECTED,
                Ending.Cause.SUPERSEDED,
                Ending.Cause.REVOKED,
                Ending.Cause.ENDED)) {
            end(1, cause);
            kept.add(Objects.requireNonNull(Objects.requireNonNull(find(1)).ending())
                    .cause());
        }
        assertThat(kept)
                .containsExactly(
                        Ending.Cause.SUPERSEDED,
                        Ending.Cause.ENDED,
                        Ending.Cause.ENDED,
                        Ending.Cause.ENDED,
                        Ending.Cause.REVOKED,
                        Ending.Cause.REVOKED);
    }

    @ParameterizedTest
    @EnumSource
    void ofUnknownTokensOnlyTheRevokedAreRemembered(Ending.Cause cause) throws Exception {
        assertThat(end(1, cause)).as("known").isFalse();
        if (cause != Ending.Cause.REVOKED) {
            assertThat(find(1)).isNull();
            return;
        }
        assertThat(find(1))
                .isNotNull()
                .extracting(Session::issued, Session::ending)
                .containsExactly(false, new Ending(cause, millis()));
    }

    @Test
    void aRevokedTokenStaysRevokedWhenItIsIssuedAgain() throws Exception {
        end(1, Ending.Cause.REVOKED);
        put(session(2, "guest-2"));
        end(2, Ending.Cause.REVOKED);
        Ending revoked = new Ending(Ending.Cause.REVOKED, millis());
        advance(Duration.ofSeconds(5));
        for (int token = 1; token <= 2; token++) {
            Session again = session(token, "guest-" + token);
            put(again);
            assertThat(find(token)).isEqualTo(again.ended(revoked));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SUPERSEDED", "ENDED", "REJECTED"})
    void anyOtherEndingIsOverWhenTheTokenIsIssuedAgain(Ending.Cause cause) throws Exception {
        put(session(1, "guest-1"));
        end(1, cause);
        put(session(1, "guest-1"));
        assertThat(find(1)).isNotNull().extracting(Session::ending).isNull();
    }

    @Test
    void endsEveryTokenOfAnId() throws Exception {
        put(issued(1, Map.of(Binding.GUEST, "g-1", Binding.CONVERSATION, "c-1")));
        put(issued(2, Map.of(Binding.GUEST, "g-2", Binding.CONVERSATION, "c-1")));
        put(issued(3, Map.of(Binding.GUEST, "g-3", Binding.CONVERSATION, "c-2")));
        put(issued(4, Map.of(Binding.GUEST, "c-1", Binding.MEMBER, "c-1")));
        put(session(5, "other", Map.of(Binding.CONVERSATION, "c-1"), 0, Long.MAX_VALUE));
        now(store.bind(seen(6, Map.of(Binding.CONVERSATION, "c-1"), Long.MAX_VALUE)));
        Ending ended = new Ending(Ending.Cause.ENDED, millis());
        assertThat(now(store.end("forum-guest", Binding.CONVERSATION, "c-1", ended)))
                .isEqualTo(3);
        for (int token = 1; token <= 6; token++) {
            assertThat(find(token))
                    .as("token %s", token)
                    .isNotNull()
                    .extracting(Session::ending)
                    .isEqualTo(List.of(1, 2, 6).contains(token) ? ended : null);
        }
        assertThat(now(store.end("forum-guest", Binding.CONVERSATION, "c-1", ended)))
                .isEqualTo(3);
        assertThat(now(store.end("forum-guest", Binding.CONVERSATION, "c-9", ended)))
                .isZero();
        assertThat(now(store.end("forum-guest", Binding.CHAT, "c-1", ended))).isZero();
    }

    @Test
    void findsTheTokensOfAnIdInTheirOrder() throws Exception {
        for (int token : new int[] {3, 1, 2}) {
            put(session(token, "guest-1"));
        }
        put(session(4, "other", Map.of(Binding.GUEST, "guest-1"), 0, Long.MAX_VALUE));
        assertThat(tokens("forum-guest", Binding.GUEST, "guest-1")).containsExactly(3, 1, 2);
        assertThat(tokens("other", Binding.GUEST, "guest-1")).containsExactly(4);
        assertThat(tokens("none", Binding.GUEST, "guest-1")).isEmpty();
        put(session(3, "guest-1"));
        assertThat(tokens("forum-guest", Binding.GUEST, "guest-1"))
                .as("3 was issued again")
                .containsExactly(1, 2, 3);
        put(session(1, "guest-2"));
        assertThat(tokens("forum-guest", Binding.GUEST, "guest-1"))
                .as("1 is another's now")
                .containsExactly(2, 3);
    }

    @Test
    void divisionsAreNoWayToTokens() throws Exception {
        put(issued(1, Map.of(Binding.DIVISION, "d-1")));
        assertThat(find(1)).isNotNull().extracting(Session::ids).isEqualTo(Map.of(Binding.DIVISION, "d-1"));
        assertThat(tokens("forum-guest", Binding.DIVISION, "d-1")).isEmpty();
        assertThat(now(store.end("forum-guest", Binding.DIVISION, "d-1", superseded(0))))
                .isZero();
        assertThat(find(1)).isNotNull().extracting(Session::ending).isNull();
    }

    @Test
    void countsWhatTokensAreGoodFor() throws Exception {
        assertThat(now(store.counts())).isEqualTo(SessionCounts.ZERO);
        put(session(1, "guest-1"));
        put(session(2, "guest-1"));
        put(session(3, "guest-3"));
        put(session(4, "forum-guest", Map.of(), 0, millis()));
        int token = 5;
        for (Ending.Cause cause : Ending.Cause.values()) {
            put(session(token, null));
            end(token++, cause);
        }
        end(token, Ending.Cause.REVOKED);
        SessionCounts counts = now(store.counts());
        assertThat(counts).isEqualTo(new SessionCounts(2, 1, 2, 1, 1, 2));
        assertThat(counts.all()).isEqualTo(9);
        advance(LIFETIME);
        assertThat(now(store.counts())).as("a lifetime later").isEqualTo(new SessionCounts(0, 3, 2, 1, 1, 2));
    }

    /** Each an hour after its end. */
    @Test
    void whatIsForgottenIsUnknownInEveryWay() throws Exception {
        put(issued(1, Map.of(Binding.GUEST, "guest-1")));
        advance(LIFETIME.plus(Duration.ofHours(1)).minusMillis(1));
        assertThat(find(1)).isNotNull();
        assertThat(tokens("forum-guest", Binding.GUEST, "guest-1")).containsExactly(1);
        advance(Duration.ofMillis(1));
        assertThat(find(1)).isNull();
        assertThat(tokens("forum-guest", Binding.GUEST, "guest-1")).isEmpty();
        assertThat(now(store.counts())).isEqualTo(SessionCounts.ZERO);
        assertThat(now(store.end("forum-guest", Binding.GUEST, "guest-1", superseded(0))))
                .isZero();
        assertThat(end(1, Ending.Cause.REJECTED)).isFalse();
        Session seen = seen(1, Map.of(Binding.GUEST, "guest-2"), Long.MAX_VALUE);
        now(store.bind(seen));
        assertThat(find(1)).as("bound on first use").isEqualTo(seen);
    }

    @Test
    void aForgottenTokenCanStillBeRevoked() throws Exception {
        put(session(1, "guest-1"));
        advance(LIFETIME.plus(Duration.ofHours(1)));
        assertThat(end(1, Ending.Cause.REVOKED)).as("known").isFalse();
        assertThat(find(1))
                .isNotNull()
                .extracting(Session::ending)
                .isEqualTo(new Ending(Ending.Cause.REVOKED, millis()));
    }

    @Test
    void aTokenSeenIsRememberedForADayOrAnHourAfterItsEnd() throws Exception {
        now(store.bind(seen(1, Map.of(), Long.MAX_VALUE)));
        now(store.bind(seen(2, Map.of(), millis() + 60_000)));
        advance(Duration.ofHours(1).plusMillis(59_999));
        assertThat(find(2)).isNotNull();
        advance(Duration.ofMillis(1));
        assertThat(find(2)).isNull();
        advance(Duration.ofHours(23).minusMillis(60_001));
        assertThat(find(1)).isNotNull();
        advance(Duration.ofMillis(1));
        assertThat(find(1)).isNull();
    }

    /** A stolen token of which only the edge thinks that its lifetime is over must not come back. */
    @Test
    void aRevocationIsRememberedForADay() throws Exception {
        put(session(1, "guest-1"));
        end(1, Ending.Cause.REVOKED);
        end(2, Ending.Cause.REVOKED);
        advance(Duration.ofDays(1).minusMillis(1));
        assertThat(find(1)).isNotNull();
        assertThat(find(2)).isNotNull();
        advance(Duration.ofMillis(1));
        assertThat(find(1)).isNull();
        assertThat(find(2)).isNull();
    }

    private Session told(int token, @Nullable String guest, @Nullable String scopes, @Nullable String purpose) {
        Map<Binding, String> ids = guest == null ? Map.of() : Map.of(Binding.GUEST, guest);
        return new Session(
                new TokenFingerprint(token, -token),
                "forum-guest",
                ids,
                TokenClaims.NONE,
                scopes,
                purpose,
                true,
                millis(),
                millis() + LIFETIME.toMillis(),
                true,
                null);
    }

    Session issued(int token, Map<Binding, String> ids) {
        return session(token, "forum-guest", ids, millis(), millis() + LIFETIME.toMillis());
    }

    Session seen(int token, Map<Binding, String> ids, long expiresAt) {
        TokenClaims claims = new TokenClaims(expiresAt, null, Map.of());
        return Session.seen(new TokenFingerprint(token, -token), "forum-guest", ids, claims, millis());
    }

    void bind(int token, Map<Binding, String> ids) throws Exception {
        now(store.bind(seen(token, ids, Long.MAX_VALUE)));
    }

    boolean end(int token, Ending.Cause cause) throws Exception {
        return now(store.end(new TokenFingerprint(token, -token), new Ending(cause, millis())));
    }

    List<Integer> tokens(String profile, Binding binding, String id) throws Exception {
        return now(store.find(profile, binding, id)).stream()
                .map(session -> (int) session.fingerprint().low())
                .toList();
    }

    long millis() {
        return now.toEpochMilli();
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

    static <T extends @Nullable Object> T now(java.util.concurrent.CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
