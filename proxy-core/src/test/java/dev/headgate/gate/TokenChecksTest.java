package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.GateRun.Outcome;
import dev.headgate.gate.check.Checks;
import dev.headgate.http.FieldName;
import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Profile;
import dev.headgate.session.Ending;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.Session;
import dev.headgate.session.TokenClaims;
import dev.headgate.session.TokenFingerprint;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule about sessions, by what the whole gate says. */
class TokenChecksTest {
    private static final KeyedHash HASH = new KeyedHash(1, 2);
    private static final long NOW = 1_800_000_000_000L;
    private static final long SKEW = 5000;
    private static final String ORGANIZATION = "0e8f4b7e-0000-4000-8000-00000000000a";
    private static final Policy ALLOW_UNKNOWN = new Policy(true, Policy.ENFORCE.observed());
    private static final String CONVERSATIONS = "/api/v2/webchat/guest/conversations/";

    private @Nullable Session session;
    private Profile profile = BuiltInProfiles.FORUM_GUEST;
    private Policy policy = Policy.ENFORCE;

    @ParameterizedTest
    @CsvSource({
        "ENDED, token.ended, its conversation or member was deleted",
        "REJECTED, token.rejected, the upstream answered 401 to it",
        "REVOKED, token.revoked, an operator revoked it",
    })
    void anEndedTokenIsOverAtOnce(Ending.Cause cause, String code, String why) throws Exception {
        session = issued("guest:chat", "chat", NOW + 60_000).ended(new Ending(cause, NOW - 7000));
        Outcome outcome = messages("{}");
        assertThat(outcome.reason()).hasToString(code);
        assertThat(outcome.deny().detail()).contains(why + " 7 s ago");
        assertThat(outcome.deny().check()).isEqualTo("EndedTokenCheck");
        assertThat(outcome.deny().comparison().found()).isEqualTo(why + " 7 s ago");
    }

    @ParameterizedTest
    @CsvSource({"0, ", "29999, ", "30000, token.superseded"})
    void aSupersededTokenHasAGrace(long ago, @Nullable String code) throws Exception {
        session = issued(null, "chat", NOW + 60_000).ended(new Ending(Ending.Cause.SUPERSEDED, NOW - ago));
        assertThat(code(messages("{}"))).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "POST, guest:chat, guest:write or guest:chat:write",
                "POST, guest:chat:write, null",
                "POST, guest:write, guest:chat or guest:chat:write",
                "POST, guest:write guest:chat, null",
                "POST, guest:chat:read, guest:chat or guest:chat:write",
                "POST, guest:chatter, guest:chat or guest:chat:write",
                "POST, GUEST:CHAT, guest:chat or guest:chat:write",
                "POST, null, null",
                "GET, guest:chat:read, null",
                "GET, x guest:chat, null",
                "GET, guest:write, guest:chat or guest:chat:read",
            })
    void aScopeOfEachKindIsNeeded(String method, @Nullable String scopes, @Nullable String expected) throws Exception {
        session = issued(scopes, "chat", NOW + 60_000);
        Outcome outcome = ask(method + " /api/v2/guests/messages", "{}");
        assertThat(code(outcome)).isEqualTo(expected == null ? null : "scope.missing");
        if (expected != null) {
            assertThat(outcome.deny().comparison().expected()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            emptyValue = "",
            value = {"chat, null", "'', created without a purpose", "voice, created for another purpose", "null, null"})
    void theIdentityMustHaveBeenCreatedForThis(@Nullable String purpose, @Nullable String what) throws Exception {
        session = issued(null, purpose, NOW + 60_000);
        Outcome outcome = messages("{}");
        assertThat(code(outcome)).isEqualTo(what == null ? null : "purpose.missing");
        if (what != null) {
            assertThat(outcome.deny().detail()).contains(what).doesNotContain("voice");
        }
        assertThat(code(ask("GET /api/v2/guests/other", ""))).as("elsewhere").isNull();
    }

    @ParameterizedTest
    @CsvSource({
        ORGANIZATION + ", ",
        "0E8F4B7E-0000-4000-8000-00000000000A, ",
        "elsewhere, org.mismatch",
    })
    void aTokenOfAnotherOrganisationIsRefused(String claimed, @Nullable String code) throws Exception {
        profile = BuiltInProfiles.WEBCHAT_V2;
        policy = ALLOW_UNKNOWN;
        Outcome outcome = jwt("GET " + CONVERSATIONS + "c", "{\"org\":\"" + claimed + "\"}");
        assertThat(code(outcome)).isEqualTo(code);
        assertThat(code == null || !outcome.deny().detail().contains(claimed))
                .as("the claim is not repeated")
                .isTrue();
        assertThat(code(jwt("GET " + CONVERSATIONS + "c", "{}"))).as("no claim").isNull();
    }

    /** The clock that the claim was written by may be five seconds behind. */
    @ParameterizedTest
    @CsvSource({"1, ", "0, ", "-4.999, ", "-5, token.expired", "-500, token.expired"})
    void anUnknownTokenEndsWhenItsOwnClaimSays(double inSeconds, @Nullable String code) throws Exception {
        profile = BuiltInProfiles.WEBCHAT_V2;
        policy = ALLOW_UNKNOWN;
        String exp = new java.math.BigDecimal(NOW)
                .movePointLeft(3)
                .add(java.math.BigDecimal.valueOf(inSeconds))
                .toPlainString();
        Outcome outcome = jwt("GET " + CONVERSATIONS + "c", "{\"exp\":" + exp + "}");
        assertThat(code(outcome)).as("not seen before").isEqualTo(code);
        TokenClaims claims = outcome.request().claims();
        session = Session.seen(token("h.x.s"), "webchat-v2", Map.of(), claims, NOW - 1000);
        assertThat(code(jwt("GET " + CONVERSATIONS + "c", "{\"exp\":" + exp + "}")))
                .as("bound by its first use")
                .isEqualTo(code);
    }

    @Test
    void anIssuedTokenEndsWithItsLifetime() throws Exception {
        session = issued(null, "chat", NOW + 1);
        assertThat(code(messages("{}"))).isNull();
        session = issued(null, "chat", NOW);
        assertThat(messages("{}").deny().detail()).contains("issued 60 s ago (expected: less than 60 s)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"conv\":\"c\",\"sub\":\"m\"} | ",
                "{\"conv\":\"other\",\"sub\":\"m\"} | session.conversation",
                "{\"conv\":\"c\",\"sub\":\"other\"} | session.member",
                "{\"conv\":\"other\",\"sub\":\"other\"} | session.conversation",
                "{} | ",
            })
    void whatATokenClaimsMayOnlyDeny(String data, @Nullable String code) throws Exception {
        profile = BuiltInProfiles.WEBCHAT_V2;
        policy = ALLOW_UNKNOWN;
        Outcome outcome = jwt("POST " + CONVERSATIONS + "c/members/m/messages", "{\"data\":" + data + "}");
        assertThat(code(outcome)).isEqualTo(code);
        TokenClaims agrees =
                new TokenClaims(Long.MAX_VALUE, null, Map.of(Binding.CONVERSATION, "c", Binding.MEMBER, "m"));
        session = Session.seen(token("x"), "webchat-v2", Map.of(Binding.MEMBER, "bound"), agrees, NOW);
        assertThat(code(jwt("POST " + CONVERSATIONS + "c/members/m/messages", "{}")))
                .as("its claim is right, and it is bound to another")
                .isEqualTo("session.member");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /conversations/c1, , ",
        "GET /conversations/c2, , session.conversation",
        "GET /conversations/%63%31/x, , ",
        "GET /conversations/c1?conversationId=c2, , session.conversation",
        "GET /conversations/c1?conversationId=c1&conversationId=c2, , session.conversation",
        "GET /conversations/c1?guestId=g2&conversationId=c2, , session.guest",
        "GET /conversations/c2?g%75estId=g2, , session.guest",
        "GET /conversations/c1?x=1;guestId=g2, , session.guest",
        "GET /conversations/c1?guestId=, , ",
        "GET /conversations/c1?webChatSessionId=unknown, , ",
        "POST /messages, conversationId c2, session.conversation",
        "POST /messages, conversationId c1, ",
        "POST /messages?conversationId=c2, conversationId c1, session.conversation",
        "POST /messages, divisionId d2, session.division",
    })
    void everyIdMustBeTheTokensOwn(String request, @Nullable String member, @Nullable String code) throws Exception {
        session = issued(null, "chat", NOW + 60_000)
                .bound(Map.of(Binding.GUEST, "g1", Binding.CONVERSATION, "c1", Binding.DIVISION, "d1"));
        String body = member == null ? "" : "{\"" + member.replace(" ", "\":\"") + "\"}";
        Outcome outcome = ask(request.replaceFirst(" ", " /api/v2/guests"), body);
        assertThat(code(outcome)).isEqualTo(code);
        assertThat(code == null || outcome.deny().detail().contains("a value of 2 characters"))
                .as("what is no UUID is not repeated")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"purpose\":\"chat\"} | ",
                "{} | purpose in the body",
                "{\"purpose\":\"\"} | purpose in the body",
                "[] | a body that can be read (body: no JSON object)",
            })
    void aCreateRequestWithoutWhatIsNeededLaterIsNoted(String body, @Nullable String lacks) throws Exception {
        Outcome noted = ask("POST /api/v2/guests/identities", body);
        assertThat(noted.deny()).isNull();
        assertThat(noted.observed() == null ? null : noted.observed().detail())
                .isEqualTo(lacks == null ? null : "create request: without " + lacks);
        policy = new Policy(false, java.util.Set.of());
        assertThat(code(ask("POST /api/v2/guests/identities", body)))
                .as("where that is not only noted")
                .isEqualTo(lacks == null ? null : "identity.incomplete");
    }

    private Session issued(@Nullable String scopes, @Nullable String purpose, long expiresAt) {
        return new Session(
                token("t"),
                "forum-guest",
                Map.of(),
                TokenClaims.NONE,
                scopes,
                purpose,
                true,
                expiresAt - 60_000,
                expiresAt,
                true,
                null);
    }

    private Outcome messages(String body) throws Exception {
        return ask("POST /api/v2/guests/messages", body);
    }

    private Outcome ask(String line, String body) throws Exception {
        return run(line, "Bearer t", body);
    }

    private Outcome jwt(String line, String payload) throws Exception {
        String middle =
                Base64.getUrlEncoder().withoutPadding().encodeToString(payload.getBytes(StandardCharsets.UTF_8));
        return run(line, "bearer h." + middle + ".s", "");
    }

    private Outcome run(String line, String authorization, String body) throws Exception {
        GateSettings settings = new GateSettings(
                new Organization(FieldName.of("X-Genesys-Cloud-Id"), ORGANIZATION, false),
                FieldName.of("x-request-id"),
                true,
                30_000,
                SKEW,
                null);
        return new GateRun(new Gate(settings, Checks.ALL), HASH, profile, token -> session)
                .of(policy, line + " HTTP/1.1\r\nAuthorization: " + authorization, body, NOW);
    }

    private static TokenFingerprint token(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return HASH.fingerprint(bytes, 0, bytes.length);
    }

    private static @Nullable String code(Outcome outcome) {
        return outcome.reason() == null ? null : outcome.reason().code();
    }
}
