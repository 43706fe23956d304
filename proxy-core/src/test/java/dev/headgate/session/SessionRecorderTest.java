package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Learns;
import dev.headgate.session.SessionRecorder.NothingLearned;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'expiresIn':60}                                    | 61000   | true
            {'expiresIn':'60'}                                  | 61000   | true
            {'expires_in':1.5}                                  | 2500    | true
            {'expiresIn':60,'expires_in':90}                    | 61000   | true
            {'expiresIn':null,'expires_in':90}                  | 91000   | true
            {'expiresIn':60,'expiresAt':'1970-01-01T01:00:00Z'} | 61000   | true
            {'expiresAt':'1970-01-01T01:00:00Z'}                | 3605000 | true
            {'expiresAt':'1970-01-01T02:00:00+01:00'}           | 3605000 | true
            {'expiresAt':'1970-01-01T00:00:00.5Z'}              | 5500    | true
            {'expiresAt':'1969-12-31T00:00:00Z'}                | -86395000 | true
            {'expiresIn':3162240000}                            | 3162240001000 | true
            {}                                                  | 901000  | false
            {'expiresIn':0}                                     | 901000  | false
            {'expiresIn':-60}                                   | 901000  | false
            {'expiresIn':3162240001}                            | 901000  | false
            {'expiresIn':1e300}                                 | 901000  | false
            {'expiresIn':'NaN'}                                 | 901000  | false
            {'expiresIn':'soon'}                                | 901000  | false
            {'expiresIn':true}                                  | 901000  | false
            {'expiresAt':'tomorrow'}                            | 901000  | false
            {'expiresAt':'1970-01-01'}                          | 901000  | false
            {'expiresAt':1700000000}                            | 901000  | false
            {'expiresAt':'+999999999-12-31T00:00:00Z'}          | 901000  | false
            """)
    void readsTheLifetime(String answer, long expiresAt, boolean told) throws NothingLearned {
        Session session = learn(
                "{}",
                answer.replace('\'', '"')
                        .replaceFirst("[{]", "{\"token\":\"t\",")
                        .replace(",}", "}"));
        assertThat(session.expiresAt()).as(answer).isEqualTo(expiresAt);
        assertThat(session.lifetimeTold()).as(answer).isEqualTo(told);
    }

    /** The claim is by the upstream's clock, which may be five seconds behind. */
    @ParameterizedTest
    @CsvSource({
        "60, 30, 35000, true",
        "60, 56, 61000, true",
        "60, 55.999, 60999, true",
        "60, 90, 61000, true",
        "60, -90, 61000, true",
        ", 30, 35000, true",
        ", 895.999, 900999, true",
        ", 896, 901000, false",
        ", 9000, 901000, false",
        ", 0, 5000, true",
    })
    void aClaimOnlyShortensTheLifetime(String expiresIn, String exp, long expiresAt, boolean told) throws Exception {
        String token = "h."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(("{\"exp\":" + exp + "}").getBytes(StandardCharsets.UTF_8))
                + ".s";
        Session session = learn(
                "{}", "{\"token\":\"" + token + "\"" + (expiresIn == null ? "" : ",\"expiresIn\":" + expiresIn) + "}");
        assertThat(session.expiresAt()).isEqualTo(expiresAt);
        assertThat(session.lifetimeTold()).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", emptyValue = "", textBlock = """
            {'purpose':'chat'}                   | chat
            {'purpose':'chat','guestId':'g'}     | chat
            {'purpose':'voice'}                  | voice
            {'purpose':['chat']}                 | chat
            {}                                   | ``
            {'purpose':''}                       | ``
            {'purpose':null}                     | ``
            {'guestId':''}                       | ``
            {'other':{'purpose':'chat'}}         | ``
            {'guestId':'g'}                      | null
            {'guestId':'g','purpose':''}         | null
            {'purpose':{}}                       | null
            {'purpose':'chat','purpose':'chat'}  | null
            []                                   | null
            {'purpose':'chat'                    | null
            """)
    void aMissingPurposeIsOneAndAnUnreadableOneIsNone(String request, String purpose) throws NothingLearned {
        assertThat(learn(request.replace('\'', '"'), "{\"token\":\"t\"}").purpose())
                .as(request)
                .isEqualTo(purpose);
    }

    @Test
    void aProfileWithoutPurposesKnowsNone() throws NothingLearned {
        assertThat(webchat("{\"jwt\":\"t\",\"id\":\"c\"}").purpose()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "null", textBlock = """
            'scope':'a b'               | a b
            'scope':'a','scopes':['b']  | a
            'scope':'','scopes':['b']   | b
            'scopes':['a','b']          | a b
            'scopes':'a b'              | a b
            'scopes':[]                 | null
            'scopes':null               | null
            'other':1                   | null
            """)
    void readsScopes(String member, String scopes) throws NothingLearned {
        assertThat(learn("{}", "{\"token\":\"t\"," + member.replace('\'', '"') + "}")
                        .scopes())
                .as(member)
                .isEqualTo(scopes);
    }

    @Test
    void readsNestedIdsAndTheTokensOwnClaims() throws NothingLearned {
        String token = "h."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("{\"org\":\"o\",\"data\":{\"conv\":\"C\",\"sub\":\"M\"}}"
                                .getBytes(StandardCharsets.UTF_8))
                + ".s";
        Session session = webchat("{\"jwt\":\"" + token
                + "\",\"id\":\"c\",\"member\":{\"role\":\"CUSTOMER\",\"id\":\"m\"},\"eventStreamUri\":\"wss://x\"}");
        assertThat(session.fingerprint()).isEqualTo(fingerprint(token));
        assertThat(session.profile()).isEqualTo("webchat-v2");
        assertThat(session.issued()).isTrue();
        assertThat(session.ids()).isEqualTo(Map.of(Binding.CONVERSATION, "c", Binding.MEMBER, "m"));
        assertThat(session.claims())
                .isEqualTo(
                        new TokenClaims(Long.MAX_VALUE, "o", Map.of(Binding.CONVERSATION, "C", Binding.MEMBER, "M")));
    }

    private Session webchat(String answer) throws NothingLearned {
        Learns learns = Objects.requireNonNull(
                BuiltInProfiles.WEBCHAT_V2.endpoints().get(0).learns());
        return recorder.learn(
                BuiltInProfiles.WEBCHAT_V2,
                learns,
                "{}".getBytes(StandardCharsets.UTF_8),
                answer.getBytes(StandardCharsets.UTF_8),
                1000);
    }

    /** A chat by webchat-v2 may last longer than what is assumed of other tokens. */
    @Test
    void aProfileMayAssumeALifetimeOfItsOwn() throws NothingLearned {
        Learns learns = Objects.requireNonNull(
                BuiltInProfiles.WEBCHAT_V2.endpoints().get(0).learns());
        byte[] answer = "{\"jwt\":\"t\",\"id\":\"c\"}".getBytes(StandardCharsets.UTF_8);
        Session session = recorder.learn(BuiltInProfiles.WEBCHAT_V2, learns, new byte[0], answer, 1000);
        assertThat(session.expiresAt()).isEqualTo(1000 + Duration.ofDays(1).toMillis());
        assertThat(session.lifetimeTold()).isFalse();
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
