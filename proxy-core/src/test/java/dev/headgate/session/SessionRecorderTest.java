package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Learns;
import dev.headgate.session.SessionRecorder.NothingLearned;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionRecorderTest {
    private static final KeyedHash HASH = new KeyedHash(1, 2);
    private static final Learns LEARNS = Objects.requireNonNull(
            BuiltInProfiles.FORUM_GUEST.endpoints().get(0).learns());
    private final SessionRecorder recorder = new SessionRecorder(HASH, Duration.ofMinutes(15), Duration.ofSeconds(5));

    @ParameterizedTest
    @ValueSource(strings = {"guest_token", "guestToken", "identityToken", "token"})
    void readsTheTokenUnderEachOfItsNames(String name) throws NothingLearned {
        Session session = learn("{}", "{\"" + name + "\":\"opaque\",\"id\":\"g\",\"guestId\":\"G\",\"divisionId\":7}");
        assertThat(session.fingerprint()).isEqualTo(fingerprint("opaque"));
        assertThat(session.ids()).isEqualTo(Map.of(Binding.GUEST, "G", Binding.DIVISION, "7"));
        assertThat(session.issuedAt()).isEqualTo(1000);
        assertThat(session.expiresAt()).isEqualTo(901_000);
        assertThat(session.lifetimeTold()).isFalse();
        assertThat(session.ending()).isNull();
    }

    @Test
    void readsScopesInBothFormsAndThePurposeOfTheRequest() throws NothingLearned {
        assertThat(learn("{\"purpose\":\"chat\"}", "{\"token\":\"t\",\"scope\":\"a b\"}"))
                .extracting(Session::purpose, Session::scopes)
                .containsExactly("chat", "a b");
        assertThat(learn("no JSON", "{\"token\":\"t\",\"scopes\":[\"a\",\"b\"]}"))
                .extracting(Session::purpose, Session::scopes)
                .containsExactly(null, "a b");
    }

    @Test
    void keepsOnlySoMuchOfAText() throws NothingLearned {
        Session session = learn(
                "{\"purpose\":\"" + "p".repeat(65) + "\"}",
                "{\"token\":\"t\",\"scope\":\"" + "s".repeat(1025) + "\",\"id\":\"" + "i".repeat(256) + "\"}");
        assertThat(session.purpose()).isNull();
        assertThat(session.scopes()).isNull();
        assertThat(session.ids()).containsEntry(Binding.GUEST, "i".repeat(256));
        Session kept = learn("{\"purpose\":\"" + "p".repeat(64) + "\"}", "{\"token\":\"t\"}");
        assertThat(kept.purpose()).hasSize(64);
        assertThatThrownBy(() -> learn("{}", "{\"token\":\"t\",\"id\":\"" + "i".repeat(257) + "\"}"))
                .isInstanceOf(NothingLearned.class)
                .hasMessageContaining("257 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"token\":null}",
                "{\"token\":\"\"}",
                "{\"token\":\"SECRET\",\"token\":\"SECRET\"}",
                "{\"token\":\"SECRET\"",
                "{\"token\":{\"value\":\"SECRET\"}}",
                "SECRET",
                "{\"nested\":{\"token\":\"SECRET\"}}"
            })
    void learnsNothingAndSaysWhyWithoutAValue(String answer) {
        assertThatThrownBy(() -> learn("{}", answer))
                .isInstanceOf(NothingLearned.class)
                .message()
                .startsWith("answer")
                .doesNotContain("SECRET");
    }

    private Session learn(String request, String answer) throws NothingLearned {
        return recorder.learn(
                BuiltInProfiles.FORUM_GUEST,
                LEARNS,
                request.getBytes(StandardCharsets.UTF_8),
                answer.getBytes(StandardCharsets.UTF_8),
                1000);
    }

    private static TokenFingerprint fingerprint(String token) {
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        return HASH.fingerprint(bytes, 0, bytes.length);
    }
}
