package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.netty.EachProtocol.Http1Only;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.WireClient.Answer;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Create requests and answers that are not what the profile says: they pass untouched, and the record says why. */
@EachProtocol
class CreateWireTest extends GuardedWireTest {
    private static final String IDENTITIES = "/api/v2/guests/identities";
    private static final String JSON = "Content-Type: application/json";
    private static final String LARGE = "{\"purpose\":\"chat\",\"x\":\"" + "x".repeat(GuardedEdge.CHECKED_BODY) + "\"}";

    private static Stream<String> strangeBodies() {
        return Stream.of(
                "",
                "purpose=chat",
                "[]",
                "{\"purpose\":\"chat\"",
                "{\"purpose\":\"chat\",\"purpose\":\"chat\"}",
                "{\"purpose\":\"\\ud800\"}",
                "{\"purpose\":{}}",
                "{\"purpose\":\"\u00e9\"}",
                "{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}");
    }

    @ParameterizedTest
    @MethodSource("strangeBodies")
    void aRequestThatCannotBeReadIsForwardedAndFlagged(String body) throws Exception {
        for (String type : List.of(JSON, "Content-Type: text/plain", "X: y")) {
            Answer answer = edge.ask(Ask.post(IDENTITIES, body, type));
            ExchangeRecord record = edge.record();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.values("x-headgate-diagnosis")).containsExactly("identity.incomplete");
            assertThat(record.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
            assertThat(record.detail()).startsWith("create request: without a body that can be read (body: ");
            assertThat(record.tokenCheck()).isEqualTo(TokenCheck.LEARNED);
            assertThat(edge.api.seen.get(edge.api.seen.size() - 1).body()).isEqualTo(body);
        }
    }

    @Test
    void oneThatIsTooLongIsForwardedWithoutAWord() throws Exception {
        for (Policy policy : List.of(Policy.ENFORCE, new Policy(false, Set.of()))) {
            edge.use(GuardedEdge.ENFORCE, policy);
            for (String request : List.of(
                    Ask.post(IDENTITIES, LARGE, JSON), Ask.chunked(Ask.post(IDENTITIES, LARGE, JSON), 10_000, ""))) {
                edge.api.seen.clear();
                ExchangeRecord record = passed(request);
                assertThat(record.tokenCheck()).isEqualTo(TokenCheck.LEARNED);
                assertThat(record.bytesIn()).isEqualTo(LARGE.length());
                assertThat(edge.api.seen.get(0).body()).isEqualTo(LARGE);
            }
        }
    }

    @Http1Only
    @Test
    void itMayComeByteByByteAndAfterContinue() throws Exception {
        try (WireClient client = edge.connect()) {
            Answer slow = client.sendSlowly(Ask.chunked(Ask.identity(), 1, "")).read();
            assertThat(slow.status()).isEqualTo(200);
            assertThat(slow.names()).doesNotContain("x-headgate-diagnosis");
            assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.LEARNED);

            String request = Ask.identity("Expect: 100-continue");
            int body = request.indexOf("\r\n\r\n") + 4;
            assertThat(client.send(request.substring(0, body)).read().status()).isEqualTo(100);
            assertThat(edge.api.seen).hasSize(1);
            assertThat(client.send(request.substring(body)).read().status()).isEqualTo(200);
            assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.LEARNED);
            assertThat(edge.api.seen.get(1).values("Expect")).isEmpty();
        }
    }

    @Test
    void theUpstreamIsAskedWhetherToContinueWhereTheEdgeDoesNotRead() throws Exception {
        String request = Ask.post(IDENTITIES, LARGE, JSON, "Expect: 100-continue");
        try (WireClient client = edge.connect()) {
            assertThat(client.send(request).read().status()).isEqualTo(200);
            assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.LEARNED);
            assertThat(edge.api.seen.get(0).values("Expect")).containsExactly("100-continue");
        }
    }

    @Test
    void anIncompleteOneThatIsRefusedIsUnseenHoweverItComes() throws Exception {
        edge.use(GuardedEdge.ENFORCE, new Policy(false, Set.of()));
        String request = Ask.post(IDENTITIES, "{\"name\":\"Ada\"}", JSON);
        refused(Ask.chunked(request, 1, ""), Reason.IDENTITY_INCOMPLETE, "purpose in the body");
        refused(request, Reason.IDENTITY_INCOMPLETE, "purpose in the body");
        try (WireClient client = edge.connect()) {
            client.send(request + Ask.identity());
            Refusals.check(client.read(), Reason.IDENTITY_INCOMPLETE, "purpose", edge.record());
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.LEARNED);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"guestId\":\"x\"} | answer: no token (expected: one of /guest_token, /guestToken, /identityToken,",
                "{\"token\":null} | answer: no token",
                "{\"token\":\"\"} | answer: no token",
                "<html>    | answer's body: no well-formed JSON",
                "[]        | answer's body: no JSON object",
                "{\"token\":\"a\",\"token\":\"b\"} | answer's body: /token appears twice",
                "{\"token\":{}} | answer's body: /token is an object",
                "{\"token\":\"\\ud800\"} | answer's body: /token has half of a surrogate pair",
                "{\"token\":\"a\" | answer's body: no well-formed JSON",
                "{\"token\":\"a\"}x | answer's body: ",
                "LONG      | answer: an id of 257 characters",
                "DEEP      | answer's body: no well-formed JSON",
                "LARGE     | answer: larger than limits.checkedBody"
            })
    void anAnswerThatTeachesNothingPassesUntouched(String told, String why) throws Exception {
        String body =
                switch (told) {
                    case "LONG" -> "{\"token\":\"a\",\"guestId\":\"" + "x".repeat(257) + "\"}";
                    case "DEEP" -> "{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + ",\"token\":\"a\"}";
                    case "LARGE" -> LARGE;
                    default -> told;
                };
        edge.api.script = seen -> List.of(GuestApi.json(body));
        for (int i = 0; i < 2; i++) {
            Answer answer = edge.ask(Ask.identity());
            ExchangeRecord record = edge.record();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(body);
            assertThat(answer.values("Cache-Control")).containsExactly("no-store");
            assertThat(record.verdict()).isEqualTo(VerdictKind.ALLOW);
            assertThat(record.tokenCheck()).isEqualTo(TokenCheck.NONE);
            assertThat(record.detail()).startsWith("no session learned: " + why);
        }
    }

    @Test
    void eachProfileNamesWhatItsAnswerShouldHave() throws Exception {
        edge.api.script = seen -> List.of(GuestApi.json("{\"uri\":\"x\"}"));
        answeredWithout(Chat.create(), "answer: no token (expected: one of /jwt)");
        answeredWithout(Knowledge.create(), "answer: no token (expected: one of /id)");
    }

    private void answeredWithout(String request, String why) throws Exception {
        assertThat(edge.ask(request).status()).isEqualTo(200);
        assertThat(edge.record().detail()).isEqualTo("no session learned: " + why);
    }
}
