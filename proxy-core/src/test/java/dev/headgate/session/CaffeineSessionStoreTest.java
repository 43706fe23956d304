package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class CaffeineSessionStoreTest extends SessionStoreContract {
    @Override
    SessionStore store(InstantSource clock) {
        return new CaffeineSessionStore(1000, clock);
    }

    @Test
    void isBounded() {
        CaffeineSessionStore store = new CaffeineSessionStore(100, now::get);
        for (int i = 0; i < 10_000; i++) {
            put(store, session("token " + i, "guest " + i));
        }
        store.cache().cleanUp();
        assertThat(store.cache().estimatedSize()).isLessThanOrEqualTo(100);
        assertThat(store.toString()).doesNotContain("token");
    }
}
