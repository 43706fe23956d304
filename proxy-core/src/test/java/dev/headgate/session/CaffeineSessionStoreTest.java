package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CaffeineSessionStoreTest extends SessionStoreContract {
    @Override
    SessionStore create(InstantSource clock) {
        return new CaffeineSessionStore(1000, clock);
    }

    @Test
    void keepsNoMoreSessionsThanItsMaximum() throws Exception {
        for (int i = 1; i <= 20_000; i++) {
            put(session(i, "guest-" + i));
        }
        CaffeineSessionStore store = (CaffeineSessionStore) store();
        store.cache().cleanUp();
        assertThat(store.cache().estimatedSize()).isBetween(1L, 1000L);
        assertThat(new Sizes(store).largestTable()).isLessThan(8 * 1000);
    }

    @AfterEach
    void isSound() throws Exception {
        StoreStructure.check((CaffeineSessionStore) store(), 1000);
    }

    /** A policy that judges by use would drop a token that nobody has had the time to use. */
    @Test
    void theNewestSurviveWhenItIsFull() throws Exception {
        for (int token = 1; token <= 1200; token++) {
            put(session(token, "guest-" + token));
            find(1);
        }
        for (int token = 1; token <= 1200; token++) {
            assertThat(find(token) != null).as("token %s is kept", token).isEqualTo(token > 200);
        }
    }

    /** What happens to a token later makes it no younger. */
    @Test
    void theOldestGoWhateverHasHappenedToThem() throws Exception {
        for (int token = 1; token <= 1000; token++) {
            put(session(token, "guest-" + token));
            advance(Duration.ofSeconds(2));
        }
        bind(1, Map.of(Binding.CHAT, "h-1"));
        end(2, Ending.Cause.REVOKED);
        find(3);
        put(session(1001, "guest-4"));
        put(session(1002, "guest-1002"));
        put(session(1003, "guest-1003"));
        put(session(1004, "guest-1004"));
        for (int token = 1; token <= 1004; token++) {
            assertThat(find(token) != null).as("token %s is kept", token).isEqualTo(token > 4);
        }
    }

    @Test
    void aTokenIssuedAgainIsAsYoungAsANewOne() throws Exception {
        for (int token = 1; token <= 1000; token++) {
            put(session(token, "guest-" + token));
            advance(Duration.ofMillis(100));
        }
        put(session(1, "guest-1"));
        put(session(1001, "guest-1001"));
        assertThat(find(1)).isNotNull();
        assertThat(find(2)).isNull();
    }

    @Test
    void aMillionTokensLeaveNothingBehind() throws Exception {
        CaffeineSessionStore small = new CaffeineSessionStore(10_000, () -> Instant.ofEpochMilli(millis()));
        for (int token = 1; token <= 1_000_000; token++) {
            Map<Binding, String> ids =
                    Map.of(Binding.GUEST, "guest-" + token % 300_000, Binding.CONVERSATION, "c-" + token);
            if (token % 10 == 0) {
                small.bind(seen(token, ids, Long.MAX_VALUE));
            } else {
                small.put(issued(token, ids));
            }
        }
        StoreStructure structure = StoreStructure.check(small, 10_000);
        assertThat(structure.sessions()).hasSize(10_000);
        assertThat(structure.keys()).as("ids in the index").hasSize(20_000);
        for (int token = 990_001; token <= 1_000_000; token++) {
            assertThat(now(small.find(new TokenFingerprint(token, -token))))
                    .as("token %s", token)
                    .isNotNull();
        }
    }

    @Test
    void stagesAreCompleteOnReturn() {
        assertThat(store().put(session(1, "guest-1")).toCompletableFuture()).isCompleted();
        assertThat(store().find(new TokenFingerprint(1, -1)).toCompletableFuture())
                .isCompleted();
    }

    @Test
    void forgetsAnHourAfterTheEndOfALifetime() throws Exception {
        put(session(1, "guest-1"));
        advance(LIFETIME.plus(Duration.ofHours(1)).minusMillis(1));
        assertThat(find(1)).isNotNull();
        advance(Duration.ofMillis(1));
        assertThat(find(1)).isNull();
    }

    @Test
    void keepsNoToken() throws Exception {
        String token = "s3cret-opaque-guest-token-0123456789";
        String answer = "{\"guest_token\":\"" + token + "\",\"guestId\":\"g-1\",\"conversationId\":\"c-1\"}";
        SessionRecorder recorder = new SessionRecorder(KeyedHash.random(), LIFETIME, Duration.ZERO);
        Session session = recorder.learn(
                BuiltInProfiles.FORUM_GUEST,
                Objects.requireNonNull(
                        BuiltInProfiles.FORUM_GUEST.endpoints().get(0).learns()),
                ("{\"purpose\":\"" + "x".repeat(65) + token + "\"}").getBytes(StandardCharsets.UTF_8),
                answer.getBytes(StandardCharsets.UTF_8),
                session(1, null).issuedAt());
        put(session);
        assertThat(session.purpose()).isNull();
        List<String> texts = Texts.reachableFrom(store());
        assertThat(texts).contains("g-1", "c-1").noneMatch(text -> text.contains(token.substring(0, 12)));
        assertThat(session.toString()).doesNotContain(token).contains(Binding.GUEST.name());
    }

    /** All text that can be reached from an object, octets and characters included. */
    private static final class Texts {
        static List<String> reachableFrom(Object root) throws IllegalAccessException {
            List<String> texts = new ArrayList<>();
            walk(root, texts);
            return texts;
        }

        static void walk(Object root, List<String> texts) throws IllegalAccessException {
            Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Deque<Object> open = new ArrayDeque<>(List.of(root));
            while (!open.isEmpty()) {
                Object next = open.pop();
                if (!seen.add(next) || next instanceof Class || next instanceof Thread || next instanceof ClassLoader) {
                    continue;
                }
                if (next instanceof String text) {
                    texts.add(text);
                } else if (next instanceof byte[] bytes) {
                    texts.add(new String(bytes, StandardCharsets.ISO_8859_1));
                } else if (next instanceof char[] chars) {
                    texts.add(new String(chars));
                } else if (next instanceof Object[] array) {
                    for (Object element : array) {
                        if (element != null) {
                            open.push(element);
                        }
                    }
                } else {
                    fields(next, open);
                }
            }
        }

        private static void fields(Object owner, Deque<Object> open) throws IllegalAccessException {
            if (owner instanceof Map<?, ?> map && isClosed(owner)) {
                map.forEach((key, value) -> {
                    open.push(key);
                    open.push(value);
                });
                return;
            }
            for (Class<?> c = owner.getClass(); c != null && c != Object.class; c = c.getSuperclass()) {
                for (Field field : c.getDeclaredFields()) {
                    boolean readable = !Modifier.isStatic(field.getModifiers())
                            && !field.getType().isPrimitive()
                            && field.trySetAccessible();
                    Object value = readable ? field.get(owner) : null;
                    if (value != null) {
                        open.push(value);
                    }
                }
            }
        }

        /** The JDK's own classes are closed to reflection, but its maps tell what they hold. */
        private static boolean isClosed(Object owner) {
            return owner.getClass().getName().startsWith("java.");
        }
    }

    private record Sizes(CaffeineSessionStore store) {
        /** The number of entries of the larger of the store's two tables. */
        long largestTable() throws IllegalAccessException {
            long largest = 0;
            for (Field field : CaffeineSessionStore.class.getDeclaredFields()) {
                if (field.getType() == com.github.benmanes.caffeine.cache.Cache.class && field.trySetAccessible()) {
                    var cache = (com.github.benmanes.caffeine.cache.Cache<?, ?>) field.get(store);
                    cache.cleanUp();
                    largest = Math.max(largest, cache.estimatedSize());
                }
            }
            return largest;
        }
    }
}
