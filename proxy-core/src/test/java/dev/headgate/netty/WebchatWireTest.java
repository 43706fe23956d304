package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The profile {@code webchat-v2}: a JSON Web Token, the conversation and the member in the path. */
@EachProtocol
class WebchatWireTest extends GuardedWireTest {
    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "bEaReR   ", ""})
    void bearerInAnyCaseOrNoSchemeAtAll(String scheme) throws Exception {
        Chat mine = Chat.started(edge);
        String authorization = "Authorization: " + scheme + mine.jwt();
        ExchangeRecord record = passed(mine.asks(authorization, "POST", mine.messages(), "{\"body\":\"hi\"}"));
        assertThat(record.tokenCheck()).isEqualTo(TokenCheck.CONFIRMED);
        assertThat(record.authorization()).isEqualTo(AuthorizationFate.INTACT);
        assertThat(edge.api.seen.get(0).values("Authorization")).containsExactly((scheme + mine.jwt()).strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic JWT", "JWT JWT", "Bearer Bearer JWT", "Bearer", "bearer JWT x"})
    void otherSchemesAreMalformed(String credential) throws Exception {
        Chat mine = Chat.started(edge);
        String authorization = "Authorization: " + credential.replace("JWT", mine.jwt());
        refused(mine.asks(authorization, "GET", "", null), Reason.AUTH_MALFORMED, "Authorization: ");
        passed(mine.ask("GET", "", null));
    }

    @Test
    void itNeedsAuthorization() throws Exception {
        Chat mine = Chat.started(edge);
        refused(mine.asks("X: y", "GET", "", null), Reason.AUTH_MISSING, "absent");
        refused(mine.asks("Authorization: undefined", "GET", "", null), Reason.AUTH_PLACEHOLDER, "placeholder");
        passed(mine.ask("GET", "", null));
    }

    @Test
    void aGuestLooksAtAnotherMemberAndSpeaksForItselfOnly() throws Exception {
        Chat mine = Chat.started(edge);
        String agent = "/members/" + Chat.next().member();
        passed(mine.ask("GET", agent, null));
        passed(mine.ask("GET", "/members", null));
        for (String under : List.of("", "/", "/messages", "/typing", "//messages", ";x=1/messages")) {
            refused(mine.ask("POST", agent + under, "{}"), Reason.SESSION_MEMBER, "memberId in the path");
        }
        passed(mine.ask("POST", "/members/" + mine.member() + "/typing", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/members", "/messages", "/members/{member}", "/members/{member}/messages"})
    void anotherConversationIsRefused(String under) throws Exception {
        Chat mine = Chat.started(edge);
        Chat other = Chat.started(edge);
        String own = under.replace("{member}", mine.member());
        for (String method : List.of("GET", "POST", "DELETE")) {
            refused(
                    other.asks(mine.bearer(), method, own, null),
                    Reason.SESSION_CONVERSATION,
                    "conversationId in the path: " + other.conversation() + " (expected: the one that token");
        }
        passed(mine.ask("GET", own, null));
    }

    @Test
    void theConversationCountsInEverySpellingOfThePath() throws Exception {
        Chat mine = Chat.started(edge);
        Chat other = Chat.started(edge);
        for (String pattern : List.of("//ID", "/ID;a=b", "/;a/ID", "/%ID", "/ID?a=b", "/ID/")) {
            String request = Ask.get(Chat.ROOT + spelled(pattern, other.conversation()), mine.bearer());
            refused(request, Reason.SESSION_CONVERSATION, "conversationId in the path");
            passed(Ask.get(Chat.ROOT + spelled(pattern, mine.conversation()), mine.bearer()));
        }
        // Read as text, another case is another id.
        refused(
                Ask.get(Chat.ROOT + "/" + mine.conversation().toUpperCase(Locale.ROOT) + "A", mine.bearer()),
                Reason.SESSION_CONVERSATION,
                "a value of 37 characters");
    }

    /** With {@code %ID}, the first octet of the id is escaped. */
    static String spelled(String pattern, String id) {
        String escaped = String.format("%%%02x", (int) id.charAt(0)) + id.substring(1);
        return pattern.contains("%ID") ? pattern.replace("%ID", escaped) : pattern.replace("ID", id);
    }

    @Test
    void claimsDoNotAllow() throws Exception {
        Chat mine = Chat.started(edge);
        String org = ",\"org\":\"" + GuardedEdge.ORGANIZATION + "\",\"exp\":4102444800";
        String forged = Chat.claiming(mine.conversation(), mine.member(), org);
        for (String scheme : List.of("", "Bearer ")) {
            refused(
                    mine.asks("Authorization: " + scheme + forged, "GET", "", null),
                    Reason.TOKEN_UNKNOWN,
                    "no identity answer with it has passed here");
        }
        // The same claims and signature, with another header.
        String resigned =
                "eyJhbGciOiJub25lIn0" + mine.jwt().substring(mine.jwt().indexOf('.'));
        refused(mine.asks("Authorization: " + resigned, "GET", "", null), Reason.TOKEN_UNKNOWN, "no identity answer");
        passed(mine.ask("GET", "", null));
    }

    @Test
    void claimsDenyWhatTheAnswerWouldAllow() throws Exception {
        Chat claimed = Chat.next();
        Chat told = Chat.next();
        Chat both = Chat.started(edge, new Chat(claimed.jwt(), told.conversation(), told.member()));
        refused(both.ask("GET", "", null), Reason.SESSION_CONVERSATION, "claims)");
        refused(claimed.ask("GET", "", null), Reason.SESSION_CONVERSATION, "is bound to)");
        passed(Chat.started(edge).ask("GET", "", null));
    }

    @Test
    void aTokenThatCannotBeReadIsOpaque() throws Exception {
        String right = "{\"data\":{\"conv\":\"x\"}}";
        for (String jwt : List.of(
                "opaque",
                "a.b.c",
                "a.%%%.c",
                Jwts.of("[]"),
                Jwts.of("{\"data\":{\"conv\":\"x\",\"conv\":\"x\"}}"),
                Jwts.of("{\"data\":\"conv\"}"),
                Jwts.of("{\"data\":{\"conv\":\"" + "x".repeat(300) + "\"}}"),
                Jwts.of(right) + ".more",
                Jwts.of(right).substring(0, 30))) {
            Chat next = Chat.next();
            Chat mine = Chat.started(edge, new Chat(jwt, next.conversation(), next.member()));
            passed(mine.ask("GET", "", null));
        }
        Chat next = Chat.next();
        Chat mine = Chat.started(edge, new Chat(Jwts.of(right), next.conversation(), next.member()));
        refused(mine.ask("GET", "", null), Reason.SESSION_CONVERSATION, "claims)");
    }
}
