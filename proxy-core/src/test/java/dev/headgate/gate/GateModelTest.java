package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.GateRun.Outcome;
import dev.headgate.gate.GuestModel.Use;
import dev.headgate.gate.check.Checks;
import dev.headgate.http.FieldName;
import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Learns;
import dev.headgate.session.CaffeineSessionStore;
import dev.headgate.session.Ending;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.Session;
import dev.headgate.session.SessionRecorder;
import dev.headgate.session.TokenFingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guests create, use, refresh and mix up tokens in any order, the upstream rejects some, and an operator revokes some;
 * the gate and its store say what a few rules say.
 */
class GateModelTest {
    private static final int STEPS = 100_000;
    private static final int GUESTS = 50;
    private static final long[] PASSES = {0, 0, 0, 1, 999, 1000, 2000, 5000, 29_999, 30_000, 30_001, 60_000, 299_999};
    private static final Learns LEARNS = Objects.requireNonNull(
            BuiltInProfiles.FORUM_GUEST.endpoints().get(0).learns());
    private static final Policy ALLOW_UNKNOWN = new Policy(true, Policy.ENFORCE.observed());

    private final KeyedHash hash = KeyedHash.random();
    private final SessionRecorder recorder = new SessionRecorder(hash, Duration.ofMinutes(5), Duration.ZERO);
    private long now = Instant.parse("2026-11-01T00:00:00Z").toEpochMilli();
    private final CaffeineSessionStore store = new CaffeineSessionStore(1_000_000, () -> Instant.ofEpochMilli(now));
    private final GateRun gate = new GateRun(
            new Gate(new GateSettings(null, FieldName.of("x-request-id"), true, GuestModel.GRACE, 0, null), Checks.ALL),
            hash,
            BuiltInProfiles.FORUM_GUEST,
            token -> store.find(token).toCompletableFuture().join());
    private final GuestModel model = new GuestModel();
    private final Map<String, Map<Binding, String>> made = new HashMap<>();
    private final Map<String, String> latest = new HashMap<>();
    private final List<String> tokens = new ArrayList<>();
    private final Map<Reason, Integer> refused = new EnumMap<>(Reason.class);
    private final Map<Reason, Integer> observed = new EnumMap<>(Reason.class);
    private final Map<Policy, Integer> passed = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void gateAndModelAgree(long seed) throws Exception {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            int roll = random.nextInt(1000);
            if (roll < 80) {
                create(random, step);
            } else if (roll < 150) {
                now += PASSES[random.nextInt(PASSES.length)];
            } else if (roll < 151) {
                now += random.nextInt(2) == 0
                        ? Duration.ofHours(1).toMillis()
                        : Duration.ofDays(1).toMillis();
            } else if (roll < 155) {
                revoke(random);
            } else {
                use(random, step);
            }
        }
        assertThat(passed)
                .as("requests that passed, by policy")
                .hasSize(3)
                .allSatisfy((policy, count) -> assertThat(count).isGreaterThan(STEPS / 50));
        EnumSet<Reason> all = EnumSet.of(
                Reason.TOKEN_UNKNOWN,
                Reason.TOKEN_EXPIRED,
                Reason.TOKEN_SUPERSEDED,
                Reason.TOKEN_REJECTED,
                Reason.TOKEN_REVOKED,
                Reason.TOKEN_ENDED,
                Reason.SCOPE_MISSING,
                Reason.PURPOSE_MISSING,
                Reason.SESSION_GUEST,
                Reason.SESSION_CONVERSATION,
                Reason.SESSION_CHAT);
        for (Map<Reason, Integer> counts : List.of(refused, observed)) {
            assertThat(counts.keySet()).isEqualTo(all);
            counts.forEach(
                    (reason, count) -> assertThat(count).as(reason.code()).isGreaterThan(STEPS / 2000));
        }
    }

    /** Mostly a token of its own; now and then the API hands out one that it has handed out before. */
    private void create(Random random, int step) throws Exception {
        String guest = "g" + random.nextInt(GUESTS);
        String before = latest.get(guest);
        boolean again = before != null && random.nextInt(10) == 0;
        String token = again ? before : "token-" + step;
        Map<Binding, String> ids = new EnumMap<>(Binding.class);
        ids.put(Binding.GUEST, guest);
        ids.put(Binding.CONVERSATION, again ? made.get(token).get(Binding.CONVERSATION) : "c" + random.nextInt(500));
        if (random.nextBoolean()) {
            ids.put(Binding.CHAT, "h" + random.nextInt(100));
        }
        String chat = ids.get(Binding.CHAT);
        String purpose = pick(random, "chat", "chat", "chat", "chat", "chat", "chat", "", null);
        String scopes = pick(
                random,
                null,
                null,
                null,
                null,
                "guest:write guest:chat",
                "guest:write guest:chat",
                "guest:chat:write",
                "guest:chat:read",
                "other");
        String request = purpose == null
                ? "{\"guestId\":\"" + guest + "\"}"
                : purpose.isEmpty() ? "{}" : "{\"purpose\":\"" + purpose + "\"}";
        String answer = "{\"guest_token\":\"" + token + "\",\"guestId\":\"" + guest + "\",\"conversationId\":\""
                + ids.get(Binding.CONVERSATION) + "\",\"expiresIn\":300"
                + (chat == null ? "" : ",\"webChatSessionId\":\"" + chat + "\"")
                + (scopes == null ? "" : ",\"scope\":\"" + scopes + "\"") + "}";
        store.put(recorder.learn(BuiltInProfiles.FORUM_GUEST, LEARNS, bytes(request), bytes(answer), now));
        model.create(token, ids, scopes, purpose, now);
        tokens.add(token);
        made.put(token, ids);
        latest.put(guest, token);
    }

    private void revoke(Random random) {
        Ending revoked = new Ending(Ending.Cause.REVOKED, now);
        if (random.nextInt(4) == 0) {
            String guest = "g" + random.nextInt(GUESTS);
            store.end("forum-guest", Binding.GUEST, guest, revoked);
            model.revokeGuest(guest, now);
        } else {
            String token = token(random);
            store.end(fingerprint(token), revoked);
            model.revoke(token, now);
        }
    }

    /** One of the last few issued, most of the time; else one from elsewhere, which comes again. */
    private String token(Random random) {
        int recent = Math.max(0, tokens.size() - 40);
        return tokens.isEmpty() || random.nextInt(8) == 0
                ? "strange-" + random.nextInt(40)
                : tokens.get(recent + random.nextInt(tokens.size() - recent));
    }

    private void use(Random random, int step) throws Exception {
        String token = token(random);
        Use use = pick(random, Use.WRITE, Use.WRITE, Use.WRITE, Use.WRITE, Use.READ, Use.READ, Use.READ, Use.DELETE);
        if (use == Use.DELETE && random.nextInt(10) != 0) {
            use = Use.READ;
        }
        Policy policy = pick(random, Policy.ENFORCE, Policy.OBSERVE, ALLOW_UNKNOWN);
        Map<Binding, String> ids = ids(token, random);
        if (use == Use.DELETE) {
            ids.putIfAbsent(Binding.CONVERSATION, "c" + random.nextInt(500));
        }

        Reason expected = model.fault(token, use, ids, policy.allowUnknownTokens(), now);
        Outcome outcome = ask(policy, token, use, ids, random.nextBoolean());

        assertThat(outcome.reason())
                .as("step %s, token %s, %s %s", step, token, use, ids)
                .isEqualTo(policy == Policy.OBSERVE ? null : expected);
        assertThat(outcome.observed() == null ? null : outcome.observed().reason())
                .as("step %s, token %s, %s %s, observed", step, token, use, ids)
                .isEqualTo(policy == Policy.OBSERVE ? expected : null);
        if (expected != null) {
            (policy == Policy.OBSERVE ? observed : refused).merge(expected, 1, Integer::sum);
        }
        if (outcome.deny() == null) {
            passed.merge(policy, 1, Integer::sum);
            answer(random.nextInt(60), token, use, ids, outcome.request());
        }
    }

    /** Its own, mostly; sometimes another guest's. */
    private Map<Binding, String> ids(String token, Random random) {
        Map<Binding, String> own = made.getOrDefault(token, Map.of());
        Map<Binding, String> ids = new EnumMap<>(Binding.class);
        int mixed = random.nextInt(16);
        put(ids, Binding.GUEST, mixed == 0 ? null : own.get(Binding.GUEST), "g" + random.nextInt(GUESTS), random);
        put(
                ids,
                Binding.CONVERSATION,
                mixed == 1 ? null : own.get(Binding.CONVERSATION),
                "c" + random.nextInt(500),
                random);
        String chat = own.get(Binding.CHAT);
        put(
                ids,
                Binding.CHAT,
                mixed == 2 ? null : chat == null ? "h" + token.hashCode() : chat,
                "h" + random.nextInt(100),
                random);
        return ids;
    }

    private static void put(
            Map<Binding, String> ids, Binding binding, @Nullable String own, String other, Random random) {
        if (random.nextInt(4) != 0) {
            ids.put(binding, own == null ? other : own);
        }
    }

    private Outcome ask(Policy policy, String token, Use use, Map<Binding, String> ids, boolean inQuery)
            throws Exception {
        Map<String, String> members = new HashMap<>();
        names(ids).forEach(members::put);
        String path = use == Use.DELETE
                ? "/api/v2/guests/conversations/" + members.remove("conversationId")
                : "/api/v2/guests/messages";
        StringBuilder query = new StringBuilder();
        StringBuilder body = new StringBuilder();
        members.forEach((name, id) -> {
            query.append(query.isEmpty() ? "?" : "&").append(name).append('=').append(id);
            body.append(body.isEmpty() ? "" : ",")
                    .append('"')
                    .append(name)
                    .append("\":\"")
                    .append(id)
                    .append('"');
        });
        boolean query1 = inQuery || use != Use.WRITE;
        String method = use == Use.WRITE ? "POST" : use == Use.READ ? "GET" : "DELETE";
        return gate.of(
                policy,
                method + " " + path + (query1 ? query : "") + " HTTP/1.1\r\nAuthorization: Bearer " + token,
                use != Use.WRITE ? "" : query1 ? "{}" : "{" + body + "}",
                now);
    }

    private static Map<String, String> names(Map<Binding, String> ids) {
        Map<String, String> names = new HashMap<>();
        ids.forEach((binding, id) -> names.put(
                switch (binding) {
                    case GUEST -> "guestId";
                    case CONVERSATION -> "conversationId";
                    case CHAT -> "webChatSessionId";
                    case DIVISION -> "divisionId";
                    case MEMBER -> "memberId";
                },
                id));
        return names;
    }

    /** What the wire makes of the upstream's answer. */
    private void answer(int roll, String token, Use use, Map<Binding, String> ids, CheckRequest request) {
        Session session = request.session();
        if (roll == 0) {
            if (session != null) {
                store.end(fingerprint(token), new Ending(Ending.Cause.REJECTED, now));
            }
            model.rejected(token, now);
            return;
        }
        if (roll == 1) {
            return;
        }
        boolean unknownPass = request.policy().allowUnknownTokens();
        if (session != null || unknownPass) {
            Map<Binding, String> more = new EnumMap<>(Binding.class);
            for (PresentedId id : request.ids()) {
                more.put(id.binding(), id.value());
            }
            store.bind(Session.seen(fingerprint(token), "forum-guest", more, request.claims(), now));
        }
        model.used(token, ids, unknownPass, now);
        if (use == Use.DELETE) {
            String conversation = Objects.requireNonNull(ids.get(Binding.CONVERSATION));
            store.end("forum-guest", Binding.CONVERSATION, conversation, new Ending(Ending.Cause.ENDED, now));
            model.ended(conversation, now);
        }
    }

    @SafeVarargs
    private static <T extends @Nullable Object> T pick(Random random, T... of) {
        return of[random.nextInt(of.length)];
    }

    private TokenFingerprint fingerprint(String token) {
        byte[] bytes = bytes(token);
        return hash.fingerprint(bytes, 0, bytes.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
