package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.profile.Binding;
import dev.headgate.session.Ending.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random changes, against a list of sessions that is searched from end to end. */
class StoreModelTest {
    private static final int OPERATIONS = 100_000;
    private static final int TOKENS = 100;
    private static final int MAXIMUM = 60;
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Binding[] BINDINGS = Binding.values();

    /** By token, the oldest first. */
    private final Map<Integer, Session> model = new LinkedHashMap<>();

    /** By profile and guest, the token that was issued last. */
    private final Map<String, Integer> newest = new HashMap<>();

    private long now = 1_800_000_000_000L;
    private long slowness = 1;
    private int maximum = MAXIMUM;
    private CaffeineSessionStore store = new CaffeineSessionStore(MAXIMUM, () -> Instant.ofEpochMilli(now));

    /** Tokens are forgotten by age, and there is room for all. */
    @Test
    void agreesOnWhatTimeDoes() throws Exception {
        int[] sizes = agree(1, 100);
        assertThat(steps(sizes, 0, 30)).as("steps with most forgotten").isGreaterThan(OPERATIONS / 50);
        assertThat(steps(sizes, 70, 101)).as("steps with many sessions").isGreaterThan(OPERATIONS / 50);
    }

    /** The oldest make room, and time hardly passes. */
    @Test
    void agreesOnWhoMakesRoom() throws Exception {
        slowness = 10_000;
        assertThat(agree(2, MAXIMUM)[MAXIMUM]).as("steps with a full store").isGreaterThan(OPERATIONS * 9 / 10);
    }

    private static int steps(int[] sizes, int from, int to) {
        return Arrays.stream(sizes, from, to).sum();
    }

    private int[] agree(long seed, int most) throws Exception {
        maximum = most;
        store = new CaffeineSessionStore(most, () -> Instant.ofEpochMilli(now));
        Random random = new Random(seed);
        int[] sizes = new int[most + 1];
        for (int step = 0; step < OPERATIONS; step++) {
            operation(random);
            model.values().removeIf(this::isForgotten);
            sizes[model.size()]++;
            String at = "seed " + seed + ", step " + step;
            int token = random.nextInt(TOKENS);
            assertThat(now(store.find(fingerprint(token))))
                    .as("%s: token %s", at, token)
                    .isEqualTo(model.get(token));
            if (step % 16 == 0) {
                agreeOnAll(at, random);
            }
            if (step % 64 == 0) {
                StoreStructure.check(store, most);
            }
        }
        return sizes;
    }

    private void agreeOnAll(String at, Random random) throws Exception {
        SessionCounts counts = SessionCounts.ZERO;
        for (Session session : model.values()) {
            counts = counts.plus(session, now);
        }
        assertThat(now(store.counts())).as("%s: counts", at).isEqualTo(counts);
        String profile = profile(random);
        Binding binding = BINDINGS[random.nextInt(BINDINGS.length)];
        String id = "id-" + random.nextInt(8);
        List<Session> found = now(store.find(profile, binding, id));
        assertThat(found)
                .as("%s: %s %s of %s", at, binding, id, profile)
                .containsExactlyInAnyOrderElementsOf(boundTo(profile, binding, id));
    }

    private void operation(Random random) throws Exception {
        int token = random.nextInt(TOKENS);
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> put(issued(token, random));
            case 4, 5, 6 -> bind(Session.seen(fingerprint(token), profile(random), ids(random), claims(random), now));
            case 7, 8 -> end(token, ending(random));
            case 9 -> endAll(profile(random), BINDINGS[random.nextInt(5)], "id-" + random.nextInt(8), ending(random));
            default ->
                now += random.nextInt(300) == 0
                        ? DAY / slowness
                        : random.nextInt(60) == 0
                                ? HOUR / slowness
                                : random.nextInt(100_000) / (slowness + random.nextInt(1000));
        }
    }

    private void put(Session session) {
        var unused = store.put(session);
        int token = (int) session.fingerprint().low();
        Session again = model.get(token);
        String guest = session.ids().get(Binding.GUEST);
        Session kept = session;
        if (guest != null) {
            Integer last = newest.get(session.profile() + guest);
            Session before = last == null ? null : model.get(last);
            kept = before == null ? session : session.renewing(before);
            for (Session other : boundTo(session.profile(), Binding.GUEST, guest)) {
                model.put((int) other.fingerprint().low(), other.ended(new Ending(Cause.SUPERSEDED, now)));
            }
        }
        remove(token);
        if (again != null && again.ending() != null && again.ending().cause() == Cause.REVOKED) {
            kept = kept.ended(again.ending());
        }
        add(token, kept);
        if (guest != null) {
            newest.put(session.profile() + guest, token);
        }
    }

    private void bind(Session seen) {
        var unused = store.bind(seen);
        int token = (int) seen.fingerprint().low();
        Session before = model.get(token);
        add(token, before == null ? seen : before.bound(seen.ids()));
    }

    private void end(int token, Ending ending) throws Exception {
        Session before = model.get(token);
        assertThat(now(store.end(fingerprint(token), ending)))
                .as("token %s is known", token)
                .isEqualTo(before != null);
        if (before != null) {
            model.put(token, before.ended(ending));
        } else if (ending.cause() == Cause.REVOKED) {
            add(
                    token,
                    Session.seen(fingerprint(token), "-", Map.of(), TokenClaims.NONE, ending.at())
                            .ended(ending));
        }
    }

    private void endAll(String profile, Binding binding, String id, Ending ending) throws Exception {
        List<Session> sessions = boundTo(profile, binding, id);
        assertThat(now(store.end(profile, binding, id, ending)))
                .as("%s %s of %s", binding, id, profile)
                .isEqualTo(sessions.size());
        sessions.forEach(session -> model.put((int) session.fingerprint().low(), session.ended(ending)));
    }

    private void add(int token, Session session) {
        model.put(token, session);
        model.values().removeIf(this::isForgotten);
        newest.values().removeIf(last -> !model.containsKey(last));
        if (model.size() > maximum) {
            remove(model.keySet().iterator().next());
        }
    }

    private void remove(int token) {
        model.remove(token);
        newest.values().removeIf(last -> last == token);
    }

    private List<Session> boundTo(String profile, Binding binding, String id) {
        return binding == Binding.DIVISION
                ? List.of()
                : model.values().stream()
                        .filter(s ->
                                s.profile().equals(profile) && id.equals(s.ids().get(binding)))
                        .toList();
    }

    private boolean isForgotten(Session session) {
        boolean undated = !session.issued() && session.expiresAt() == Long.MAX_VALUE;
        boolean old = undated ? now >= session.issuedAt() + DAY : now - HOUR >= session.expiresAt();
        Ending ending = session.ending();
        return old && (ending == null || ending.cause() != Cause.REVOKED || now >= ending.at() + DAY);
    }

    private Session issued(int token, Random random) {
        return new Session(
                fingerprint(token),
                profile(random),
                ids(random),
                TokenClaims.NONE,
                random.nextBoolean() ? null : "scope-" + random.nextInt(5),
                random.nextBoolean() ? null : "purpose-" + random.nextInt(5),
                true,
                now,
                random.nextInt(100) == 0 ? Long.MAX_VALUE : now + slowness * random.nextInt(600_000),
                true,
                null);
    }

    private TokenClaims claims(Random random) {
        return random.nextBoolean()
                ? TokenClaims.NONE
                : new TokenClaims(now + slowness * random.nextInt(600_000), null, Map.of());
    }

    private static Map<Binding, String> ids(Random random) {
        Map<Binding, String> ids = new EnumMap<>(Binding.class);
        for (Binding binding : BINDINGS) {
            if (random.nextInt(3) == 0) {
                ids.put(binding, "id-" + random.nextInt(8));
            }
        }
        return ids;
    }

    private Ending ending(Random random) {
        return new Ending(Cause.values()[random.nextInt(4)], now - random.nextInt(2) * random.nextInt(1000));
    }

    private static String profile(Random random) {
        return random.nextInt(4) == 0 ? "other" : "forum-guest";
    }

    private static TokenFingerprint fingerprint(int token) {
        return new TokenFingerprint(token, -token);
    }

    private static <T extends @Nullable Object> T now(CompletionStage<T> stage) throws Exception {
        return SessionStoreContract.now(stage);
    }

    /** However threads meet, the tables agree afterwards. */
    @Test
    void isSoundAfterManyThreads() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Random random = new Random(t);
            threads.add(new Thread(() -> {
                try {
                    for (int i = 0; i < 20_000; i++) {
                        change(random);
                    }
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        StoreStructure structure = StoreStructure.check(store, MAXIMUM);
        assertThat(structure.sessions()).as("sessions").hasSize(MAXIMUM);
    }

    private void change(Random random) throws Exception {
        int token = random.nextInt(TOKENS);
        switch (random.nextInt(6)) {
            case 0 -> store.put(issued(token, random));
            case 1 -> store.bind(Session.seen(fingerprint(token), profile(random), ids(random), claims(random), now));
            case 2 -> store.end(fingerprint(token), ending(random));
            case 3 ->
                store.end(profile(random), BINDINGS[random.nextInt(5)], "id-" + random.nextInt(8), ending(random));
            case 4 -> {
                Session found = now(store.find(fingerprint(token)));
                assertThat(found == null || found.fingerprint().equals(fingerprint(token)))
                        .as("the session found is the token's own")
                        .isTrue();
            }
            default -> {
                String id = "id-" + random.nextInt(8);
                assertThat(now(store.find("forum-guest", Binding.CHAT, id)))
                        .allMatch(session -> id.equals(session.ids().get(Binding.CHAT)));
            }
        }
    }
}
