package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.profile.Binding;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What every store must do, with a clock that stands still unless told. */
abstract class SessionStoreContract {
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-01T00:00:00Z"));
    private final KeyedHash hash = KeyedHash.random();

    abstract SessionStore store(InstantSource clock);

    TokenFingerprint fingerprint(String token) {
        return hash.fingerprint(token.getBytes(), 0, token.length());
    }

    Session session(String token, String guest) {
        long issued = now.get().toEpochMilli();
        return new Session(
                fingerprint(token),
                "forum-guest",
                guest == null ? Map.of() : Map.of(Binding.GUEST, guest),
                null,
                "chat",
                issued,
                issued + 900_000,
                Long.MAX_VALUE);
    }

    static Session find(SessionStore store, TokenFingerprint fingerprint) {
        return store.find(fingerprint).toCompletableFuture().join();
    }

    static void put(SessionStore store, Session session) {
        store.put(session).toCompletableFuture().join();
    }

    @Test
    void findsWhatWasPutAndNothingElse() {
        SessionStore store = store(now::get);
        Session session = session("a", "guest");
        put(store, session);
        assertThat(find(store, fingerprint("a"))).isEqualTo(session);
        assertThat(find(store, fingerprint("b"))).isNull();
    }

    @Test
    void aNewerTokenSupersedesTheSameGuestsOlderOne() {
        SessionStore store = store(now::get);
        put(store, session("a", "guest"));
        put(store, session("other", "other guest"));
        now.updateAndGet(t -> t.plusSeconds(5));
        put(store, session("b", "guest"));
        assertThat(find(store, fingerprint("a")).supersededAt())
                .isEqualTo(now.get().toEpochMilli());
        assertThat(find(store, fingerprint("b")).supersededAt()).isEqualTo(Long.MAX_VALUE);
        assertThat(find(store, fingerprint("other")).supersededAt()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theFirstSupersedingCounts() {
        SessionStore store = store(now::get);
        put(store, session("a", "guest"));
        put(store, session("b", "guest"));
        long first = now.get().toEpochMilli();
        now.updateAndGet(t -> t.plusSeconds(5));
        put(store, session("c", "guest"));
        assertThat(find(store, fingerprint("a")).supersededAt()).isEqualTo(first);
    }

    @Test
    void theSameTokenAgainDoesNotSupersedeItself() {
        SessionStore store = store(now::get);
        put(store, session("a", "guest"));
        put(store, session("a", "guest"));
        assertThat(find(store, fingerprint("a")).supersededAt()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void guestsWithoutAnIdDoNotSupersedeEachOther() {
        SessionStore store = store(now::get);
        put(store, session("a", null));
        put(store, session("b", null));
        assertThat(find(store, fingerprint("a")).supersededAt()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void remembersAStaleSessionForAWhile() {
        SessionStore store = store(now::get);
        put(store, session("a", "guest"));
        now.updateAndGet(t -> t.plusSeconds(1800));
        assertThat(find(store, fingerprint("a"))).isNotNull();
        now.updateAndGet(t -> t.plusSeconds(3600));
        assertThat(find(store, fingerprint("a"))).isNull();
    }
}
