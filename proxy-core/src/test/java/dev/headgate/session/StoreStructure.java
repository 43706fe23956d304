package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import dev.headgate.profile.Binding;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link CaffeineSessionStore} holds inside. By reflection, so that nothing is there for tests alone.
 *
 * @param keys each id of the index, with its tokens
 */
record StoreStructure(Map<TokenFingerprint, Session> sessions, Map<List<Object>, List<TokenFingerprint>> keys) {
    /** Holds the class's own invariants against it. */
    @SuppressWarnings("unchecked")
    static StoreStructure check(CaffeineSessionStore store, long maximum) throws ReflectiveOperationException {
        Map<TokenFingerprint, Session> sessions =
                Map.copyOf(((Cache<TokenFingerprint, Session>) get(store, "sessions")).asMap());
        Map<List<Object>, List<TokenFingerprint>> found = new HashMap<>();
        Map<List<Object>, Set<TokenFingerprint>> expected = new HashMap<>();
        sessions.forEach((token, session) -> {
            assertThat(session.fingerprint()).isEqualTo(token);
            session.ids().forEach((binding, id) -> {
                if (binding != Binding.DIVISION) {
                    expected.computeIfAbsent(List.of(session.profile(), binding, id), key -> new HashSet<>())
                            .add(token);
                }
            });
        });
        for (Map.Entry<Object, Object> entry : ((Map<Object, Object>) get(store, "bound")).entrySet()) {
            List<Object> key =
                    List.of(get(entry.getKey(), "profile"), get(entry.getKey(), "binding"), get(entry.getKey(), "id"));
            Collection<TokenFingerprint> all = (Collection<TokenFingerprint>) get(entry.getValue(), "all");
            found.put(key, List.copyOf(all));
            if (key.get(1) == Binding.GUEST) {
                current(key, entry.getValue(), sessions);
            }
        }
        Map<List<Object>, Set<TokenFingerprint>> indexed = new HashMap<>();
        found.forEach((key, tokens) -> indexed.put(key, new HashSet<>(tokens)));
        if (!indexed.equals(expected)) {
            assertThat(indexed).as("the index has just the ids of the sessions").isEqualTo(expected);
        }
        assertThat((long) sessions.size()).as("sessions").isLessThanOrEqualTo(maximum);
        assertThat(new HashSet<>((Collection<TokenFingerprint>) get(store, "byAge")))
                .as("tokens in the order of their age")
                .isEqualTo(sessions.keySet());
        return new StoreStructure(sessions, found);
    }

    /** Every token of a guest has ended, but for the newest, and for those that were bound since. */
    private static void current(List<Object> key, Object tokens, Map<TokenFingerprint, Session> sessions)
            throws ReflectiveOperationException {
        @SuppressWarnings("unchecked")
        Collection<TokenFingerprint> all = (Collection<TokenFingerprint>) get(tokens, "all");
        @SuppressWarnings("unchecked")
        Collection<TokenFingerprint> since = (Collection<TokenFingerprint>) get(tokens, "boundSince");
        Object newest = get(tokens, "newest");
        List<TokenFingerprint> current = new ArrayList<>(since == null ? List.of() : since);
        if (newest != null) {
            current.add((TokenFingerprint) newest);
        }
        assertThat(all).as("tokens of %s", key).containsAll(current).doesNotHaveDuplicates();
        List<TokenFingerprint> order = new ArrayList<>(all);
        assertThat(since == null || since.stream().allMatch(t -> order.indexOf(t) > order.indexOf(newest)))
                .as("tokens of %s bound since were bound after the newest was issued", key)
                .isTrue();
        for (TokenFingerprint token : all) {
            assertThat(current.contains(token) || sessions.get(token).ending() != null)
                    .as("token %s of %s is the newest, or bound since, or ended", token, key)
                    .isTrue();
        }
    }

    private static @Nullable Object get(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }
}
