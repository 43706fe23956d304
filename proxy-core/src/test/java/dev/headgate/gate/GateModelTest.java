package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Verdict.Deny;
import dev.headgate.gate.check.Checks;
import dev.headgate.http.FieldName;
import dev.headgate.http.HeadParser;
import dev.headgate.http.RequestHead;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Learns;
import dev.headgate.session.CaffeineSessionStore;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.SessionRecorder;
import dev.headgate.session.TokenFingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guests create, use and mix up tokens in any order; the gate and its store say what a few lines of rules say. */
class GateModelTest {
    private static final int STEPS = 20_000;
    private static final long GRACE = 30_000;
    private static final long HOUR = 3_600_000;
    private static final long[] PASSES = {0, 0, 0, 1, 999, 1000, 29_999, 30_000, 30_001, 60_000, 299_999, 300_000, HOUR
    };
    private static final Learns LEARNS = Objects.requireNonNull(
            BuiltInProfiles.FORUM_GUEST.endpoints().get(0).learns());

    /** What the model knows of a token. */
    private static final class Known {
        final int guest;
        final int conversation;
        long expires;
        long superseded = Long.MAX_VALUE;

        Known(int guest, int conversation, long expires) {
            this.guest = guest;
            this.conversation = conversation;
            this.expires = expires;
        }
    }

    private final KeyedHash hash = KeyedHash.random();
    private final SessionRecorder recorder = new SessionRecorder(hash, Duration.ofMinutes(5), Duration.ZERO);
    private final GateSettings settings = new GateSettings(null, FieldName.of("x-request-id"), true, GRACE, 0, null);
    private final Gate gate = new Gate(settings, Checks.ALL);
    private long now = Instant.parse("2026-11-01T00:00:00Z").toEpochMilli();
    private final CaffeineSessionStore store = new CaffeineSessionStore(100_000, () -> Instant.ofEpochMilli(now));
    private final Map<String, Known> model = new HashMap<>();
    private final Map<Integer, String> newest = new HashMap<>();
    private final List<String> tokens = new ArrayList<>();
    private final Map<Reason, Integer> seen = new EnumMap<>(Reason.class);
    private int allowed;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void gateAndModelAgree(long seed) throws Exception {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            int roll = random.nextInt(100);
            if (roll < 8) {
                create(random, step);
            } else if (roll < 30) {
                now += PASSES[random.nextInt(roll < 10 ? PASSES.length : PASSES.length - 1)];
            } else {
                use(random, step);
            }
        }
        assertThat(allowed).isGreaterThan(STEPS / 100);
        assertThat(seen)
                .containsOnlyKeys(
                        Reason.TOKEN_UNKNOWN,
                        Reason.TOKEN_EXPIRED,
                        Reason.TOKEN_SUPERSEDED,
                        Reason.SESSION_GUEST,
                        Reason.SESSION_CONVERSATION)
                .allSatisfy(
                        (reason, count) -> assertThat(count).as(reason.code()).isGreaterThan(50));
    }

    /** Mostly a token of its own; now and then the API hands out one that it has handed out before. */
    private void create(Random random, int step) throws Exception {
        int guest = random.nextInt(5);
        String before = newest.get(guest);
        boolean again = before != null && random.nextInt(10) == 0;
        String token = again ? before : "token-" + step;
        int conversation = again ? Objects.requireNonNull(model.get(token)).conversation : random.nextInt(1000);
        String answer = "{\"guest_token\":\"" + token + "\",\"guestId\":\"g" + guest + "\",\"conversationId\":\"c"
                + conversation + "\",\"expiresIn\":300}";
        store.put(recorder.learn(BuiltInProfiles.FORUM_GUEST, LEARNS, new byte[0], bytes(answer), now));
        tokens.add(token);
        if (before != null && !before.equals(token)) {
            Known old = Objects.requireNonNull(model.get(before));
            old.superseded = Math.min(old.superseded, now);
        }
        model.put(token, new Known(guest, conversation, now + 300_000));
        newest.put(guest, token);
    }

    private void use(Random random, int step) throws Exception {
        int recent = Math.max(0, tokens.size() - 8);
        boolean stranger = tokens.isEmpty() || random.nextInt(50) == 0;
        String token = stranger ? "strange-" + step : tokens.get(recent + random.nextInt(tokens.size() - recent));
        Known known = model.get(token);
        int guest = known == null || random.nextInt(5) == 0 ? random.nextInt(5) : known.guest;
        int conversation = known == null || random.nextInt(5) == 0 ? random.nextInt(1000) : known.conversation;
        boolean query = random.nextBoolean();
        String ids = query ? "?conversationId=c" + conversation + "&guestId=g" + guest : "";
        String body = query ? "{}" : "{\"conversationId\":\"c" + conversation + "\",\"guestId\":\"g" + guest + "\"}";

        Reason expected = expected(known, guest, conversation);
        Reason actual = decide(
                "POST /api/v2/guests/messages" + ids + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token
                        + "\r\n\r\n",
                body);

        assertThat(actual).as("step %s, token %s", step, token).isEqualTo(expected);
        if (actual == null) {
            allowed++;
        } else {
            seen.merge(actual, 1, Integer::sum);
        }
    }

    private @Nullable Reason expected(@Nullable Known known, int guest, int conversation) {
        if (known == null || now >= known.expires + HOUR) {
            return Reason.TOKEN_UNKNOWN;
        }
        if (known.superseded != Long.MAX_VALUE && now - known.superseded >= GRACE) {
            return Reason.TOKEN_SUPERSEDED;
        }
        if (now >= known.expires) {
            return Reason.TOKEN_EXPIRED;
        }
        if (guest != known.guest) {
            return Reason.SESSION_GUEST;
        }
        return conversation == known.conversation ? null : Reason.SESSION_CONVERSATION;
    }

    /** As the wire does it, step by step. */
    private @Nullable Reason decide(String text, String body) throws Exception {
        byte[] bytes = bytes(text);
        RequestHead head = new HeadParser(100).request(bytes, bytes.length);
        Credential credential = Credential.of(head, hash);
        Endpoint endpoint = Objects.requireNonNull(BuiltInProfiles.FORUM_GUEST.endpoint(head.method(), head.path()));
        TokenFingerprint token = Objects.requireNonNull(Gate.token(head, endpoint, credential, hash));
        CheckRequest request = gate.request(
                head, new Target(Policy.ENFORCE, BuiltInProfiles.FORUM_GUEST, endpoint), credential, token, now);
        if (gate.head(request) instanceof Deny deny) {
            return deny.reason();
        }
        CheckRequest known =
                request.with(store.find(token).toCompletableFuture().get());
        if (gate.session(known) instanceof Deny deny) {
            return deny.reason();
        }
        return gate.content(gate.read(known, bytes(body))) instanceof Deny deny ? deny.reason() : null;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
