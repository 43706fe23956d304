package dev.headgate.replay.compare;

import static dev.headgate.replay.compare.Exchanges.answer;
import static dev.headgate.replay.compare.Exchanges.body;
import static dev.headgate.replay.compare.Exchanges.cut;
import static dev.headgate.replay.compare.Exchanges.failed;
import static dev.headgate.replay.compare.Exchanges.json;
import static dev.headgate.replay.compare.Exchanges.kinds;
import static dev.headgate.replay.compare.Exchanges.recorded;
import static dev.headgate.replay.compare.Exchanges.replayed;
import static dev.headgate.replay.compare.Exchanges.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayComparisonTest {
    private static final String UUID_A = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static final String UUID_B = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    private static final String FINGERPRINT = "9f86d081884c7d659a2feaa0c55ad015";
    private static final String ZEROS = "00000000000000000000000000000000";
    private static final String ONES = "11111111111111111111111111111111";

    private final ReplayComparison comparison = new ReplayComparison();

    private List<String> differences(RecordedResponse before, RecordedResponse after) {
        return differences(comparison, before, after);
    }

    private static List<String> differences(
            ReplayComparison comparison, RecordedResponse before, RecordedResponse after) {
        return kinds(comparison.compare(replayed(recorded(before), after)));
    }

    private static RecordedResponse text(String text) {
        return answer(200, body(text), "Content-Type", "text/plain");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "same",
            value = {
                // Structure
                "{'a':1,'b':2} | {'b':2,'a':1} | same",
                "{'a':1} | {'a':1.0} | same",
                "{'a':1e2} | {'a':100} | same",
                "{'a':1} | {'a':2} | body /a",
                "{'a':0.1} | {'a':0.10000000000000001} | body /a",
                "[1,2] | [2,1] | body /*",
                "[1,2] | [1,2,3] | body / length",
                "{'a':[]} | {'a':[{}]} | body /a length",
                "{'a':1} | {} | body /a missing",
                "{} | {'a':null} | body /a added",
                "{'a':null} | {'a':'x'} | body /a null -> string",
                "{'a':{}} | {'a':[]} | body /a object -> array",
                "{'a':true} | {'a':false} | body /a",
                "{'a':'1'} | {'a':1} | body /a string -> number",
                "{'a':{'b/c':[{'~':1}]}} | {'a':{'b/c':[{'~':2}]}} | body /a/b~1c/*/~0",
                "null | {} | body / null -> object",
                // Ids
                "{'x':'" + UUID_A + "'} | {'x':'" + UUID_B + "'} | same",
                "{'x':'" + UUID_A + "'} | {'x':'none'} | body /x",
                "{'x':'" + UUID_A + "'} | {'x':''} | body /x",
                "{'self':'/api/" + UUID_A + "/m'} | {'self':'/api/" + UUID_B + "/m'} | same",
                "{'self':'/api/" + UUID_A + "/m'} | {'self':'/api/" + UUID_B + "/n'} | body /self",
                "{'id':'a'} | {'id':'b'} | same",
                "{'id':1} | {'id':2} | same",
                "{'id':'a'} | {'id':''} | body /id",
                "{'id':'a'} | {'id':null} | body /id string -> null",
                "{'guestId':'a'} | {'guestId':'b'} | same",
                "{'guest_id':'a'} | {'guest_id':'b'} | same",
                "{'memberIds':['a','b']} | {'memberIds':['c','d']} | same",
                "{'memberIds':['a','b']} | {'memberIds':['c']} | body /memberIds length",
                "{'contextId':'a'} | {'contextId':'b'} | same",
                "{'instance':'/a'} | {'instance':'/b'} | same",
                "{'paid':'a'} | {'paid':'b'} | body /paid",
                "{'PAID':'a'} | {'PAID':'b'} | body /PAID",
                "{'" + UUID_A + "':{'a':1}} | {'" + UUID_B + "':{'a':1}} | same",
                "{'" + UUID_A + "':{'a':1}} | {'" + UUID_B + "':{'a':2}} | body /*/a",
                // Times
                "{'x':'2026-11-25T16:00:00Z'} | {'x':'2026-11-26T17:01:02.123+01:00'} | same",
                "{'x':'2026-11-25T16:00:00Z'} | {'x':'later'} | body /x",
                "{'x':'2026-11-25'} | {'x':'2026-11-26'} | body /x",
                "{'startDate':'2026-11-25'} | {'startDate':'2026-11-26'} | same",
                "{'createdAt':1764086400} | {'createdAt':1764086401} | same",
                "{'createdAt':1764086400000} | {'createdAt':1764086401000} | same",
                "{'createdAt':1764086400} | {'createdAt':1764086401000} | body /createdAt",
                "{'createdAt':3} | {'createdAt':4} | body /createdAt",
                "{'count':1764086400} | {'count':1764086401} | body /count",
                "{'expiresIn':3600} | {'expiresIn':3599} | same",
                "{'expiresIn':3600} | {'expiresIn':-1} | body /expiresIn",
                "{'flat':1764086400} | {'flat':1764086401} | body /flat",
                "{'detail':'it ended 12 s ago'} | {'detail':'it ended 5 s ago'} | same",
                "{'detail':'2 days old'} | {'detail':'1 day old'} | same",
                "{'detail':'it took 12 s'} | {'detail':'it took 5 s'} | body /detail",
                // Tokens and placeholders
                "{'x':'abcdefghij0123456789'} | {'x':'9876543210jihgfedcbaXY'} | same",
                "{'x':'eyJhbGciOi.eyJ.c2ln'} | {'x':'eyJ0eXAi.eyJ.c2ln'} | same",
                "{'x':'abcdefghij0123456789'} | {'x':'short'} | body /x",
                "{'x':'token " + ZEROS + ": ended'} | {'x':'token " + FINGERPRINT + ": ended'} | same",
                "{'x':'token " + ZEROS + " ended'} | {'x':'token " + FINGERPRINT + " began'} | body /x",
                "{'x':'token " + ZEROS + ". It'} | {'x':'token " + ONES + ". It'} | same",
                "{'x':'token 0000000000000000000000000000000 ended'} | {'x':'token 1111111111111111111111111111111 ended'} | body /x",
                "{'x':'token " + ZEROS + "0 ended'} | {'x':'token " + ONES + "1 ended'} | body /x",
                "{'x':'token " + ZEROS + "'} | {'x':'token none'} | body /x",
                "{'guest_token':'abc'} | {'guest_token':'def'} | same",
                "{'guest_token':'abc'} | {'guest_token':''} | body /guest_token",
                "{'tokenType':'Bearer'} | {'tokenType':'MAC'} | body /tokenType",
                "{'x':'{{token:00ff}}'} | {'x':'abc'} | same",
                "{'x':'{{token:00ff}}'} | {'x':''} | body /x",
                "{'x':'{{masked}}'} | {'x':'b'} | same",
                "{'x':'{{masked}}'} | {'x':5} | same",
                "{'x':'{{masked}}'} | {'x':null} | body /x string -> null",
                "{'x':'b'} | {'x':'{{masked}}'} | same",
                "{'x':'guest {{id:00ff}} joined'} | {'x':'guest " + UUID_A + " joined'} | same",
                "{'x':'guest {{id:00ff}} joined'} | {'x':'guest 12 joined'} | same",
                "{'x':'guest {{id:00ff}} joined'} | {'x':'guest 12 left'} | body /x",
                "{'x':'{{id:1}} and {{id:2}}.'} | {'x':'a and b.'} | same",
                "{'x':'{{id:1}} and {{id:2}}.'} | {'x':'a and .'} | body /x",
                "{'x':'{{other:1}}'} | {'x':'a'} | body /x",
            })
    void comparesJson(String before, String after, String kind) {
        String one = before.replace('\'', '"');
        String other = after.replace('\'', '"');
        assertThat(differences(json(one), json(other))).isEqualTo(kind == null ? List.of() : List.of(kind));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "same",
            value = {
                "{'a':1,'b':[{'c':'long te | {'a':1,'b':[{'c':'long text'},2],'d':3} | same",
                "{'a':1,'b':[{'c':'long te | {'a':2,'b':[{'c':'long text'},2],'d':3} | body /a",
                "{'a':1,'b':[{'c':'long te | {'b':[{'c':'long text'}],'d':3} | body /a missing",
                "{'a':12 | {'a':1234} | same",
                "{'a':12 | {'b':1} | same",
                "[1,2,3 | [1] | body / length",
                "[1,2 | [1] | same",
                "12 | 1234 | same",
                "{'a':tr | {'a':true} | same",
            })
    void comparesTheRecordedPartOfCutJson(String before, String after, String kind) {
        RecordedResponse one = answer(200, cut(before.replace('\'', '"')), "Content-Type", "application/json");
        RecordedResponse other = json(after.replace('\'', '"'));
        assertThat(differences(one, other)).isEqualTo(kind == null ? List.of() : List.of(kind));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "same",
            value = {
                "/a | same",
                "'' | same",
                "/* | same",
                "/b | body /a/*/b",
                "/a/0/b | same",
                "/a/*/b | same",
                "/a/1/b | body /a/*/b",
                "/a/* | same",
                "/a/0 | same",
                "/*/*/* | same",
                "/a/*/b/c | body /a/*/b",
            })
    void leavesOutWhatIsIgnored(String pointer, String kind) {
        ReplayComparison ignoring = new ReplayComparison(List.of(pointer), List.of());
        assertThat(differences(ignoring, json("{\"a\":[{\"b\":1}]}"), json("{\"a\":[{\"b\":2}]}")))
                .isEqualTo(kind == null ? List.of() : List.of(kind));
    }

    @Test
    void leavesOutMembersOfOneSideThatAreIgnored() {
        ReplayComparison ignoring = new ReplayComparison(List.of("/a~1b", "/c~0"), List.of());
        assertThat(differences(ignoring, json("{\"a/b\":1}"), json("{\"c~\":1,\"d\":1}")))
                .containsExactly("body /d added");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "/a~", "/a~2b"})
    void refusesWhatIsNoPointer(String pointer) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReplayComparison(List.of(pointer), List.of()))
                .withMessageStartingWith("JSON Pointer: " + pointer + " (expected: ");
    }

    @Test
    void refusesWhatIsNoFieldName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReplayComparison(List.of(), List.of("a:b")))
                .withMessageStartingWith("field to compare: a:b (expected: ");
    }

    @Test
    void comparesTextButForNoise() {
        assertThat(differences(text("conversation " + UUID_A + " ended"), text("conversation " + UUID_B + " ended")))
                .isEmpty();
        assertThat(differences(text("conversation " + UUID_A + " ended"), text("conversation " + UUID_B + " began")))
                .containsExactly("body text");
        RecordedResponse beginning = answer(200, cut("conversation " + UUID_A + " end"), "Content-Type", "text/plain");
        assertThat(differences(beginning, text("conversation " + UUID_B + " ended")))
                .isEmpty();
        assertThat(differences(beginning, text("chat " + UUID_B + " ended"))).containsExactly("body text");
    }

    @Test
    void comparesOtherBodiesByTheirBytes() {
        RecordedResponse image = answer(200, RecordedBody.of(new byte[] {(byte) 0x89, 'P', 0, 1}));
        RecordedResponse other = answer(200, RecordedBody.of(new byte[] {(byte) 0x89, 'P', 0, 2}));
        RecordedResponse part = answer(200, new RecordedBody(new byte[] {(byte) 0x89, 'P', 0}, 4, true));
        assertThat(differences(image, image)).isEmpty();
        assertThat(differences(image, other)).containsExactly("body");
        assertThat(differences(part, other)).isEmpty();
        assertThat(differences(image, text("text"))).contains("body binary -> text");
        assertThat(differences(image, answer(200, RecordedBody.NONE))).containsExactly("body binary -> none");
        assertThat(differences(answer(200, RecordedBody.NONE), json("{}"))).contains("body none -> json");
    }

    @Test
    void doesNotCompareWhatIsNotKnown() {
        RecordedResponse unknown = answer(200, RecordedBody.UNKNOWN, "Content-Type", "application/json");
        assertThat(differences(unknown, json("{\"a\":1}"))).isEmpty();
        assertThat(differences(json("{\"a\":1}"), unknown)).isEmpty();
    }

    @Test
    void takesWhatNestsTooDeeplyAsText() {
        String deep = "[".repeat(300) + "]".repeat(300);
        assertThat(differences(json(deep), json(deep.replace("[]", "[1]")))).containsExactly("body text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = {"same", "-"},
            value = {
                "content-type | application/json | application/JSON | same",
                "content-type | text/html; charset=UTF-8 | text/html;charset=utf-8 | same",
                "content-type | text/html; charset=UTF-8 | text/html | field content-type",
                "content-type | multipart/form-data; boundary=a | multipart/form-data; boundary=b | same",
                "content-type | - | text/html | field content-type added",
                "content-type | text/html | - | field content-type missing",
                "location | https://a.test/x/" + UUID_A + " | http://127.0.0.1:1/x/" + UUID_B + " | same",
                "location | https://a.test/x | /x | same",
                "location | https://a.test/x | https://a.test/y | field location",
                "www-authenticate | Bearer error=\"invalid_token\", error_description=\"a\" | bearer error=invalid_token | same",
                "www-authenticate | Bearer error=\"invalid_token\" | Bearer error=\"insufficient_scope\" | field www-authenticate",
                "www-authenticate | Bearer | Basic | field www-authenticate",
                "cache-control | no-store,private | no-store, Private | same",
                "cache-control | no-store | - | field cache-control missing",
                "x-own | a | b | field x-own",
                "x-own | " + UUID_A + " | " + UUID_B + " | same",
                "x-other | a | b | same",
            })
    void comparesFields(String name, String before, String after, String kind) {
        ReplayComparison own = new ReplayComparison(List.of(), List.of("X-Own"));
        RecordedResponse one =
                before == null ? answer(200, RecordedBody.NONE) : answer(200, RecordedBody.NONE, name, before);
        RecordedResponse other =
                after == null ? answer(200, RecordedBody.NONE) : answer(200, RecordedBody.NONE, name, after);
        assertThat(differences(own, one, other)).isEqualTo(kind == null ? List.of() : List.of(kind));
    }

    @Test
    void doesNotCompareTheRestOfAnotherAnswer() {
        assertThat(differences(json("{\"a\":1}"), answer(403, body("no"), "Content-Type", "text/plain")))
                .containsExactly("status 200 -> 403");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                // verdict, its reason, the reason and the diagnosis in the new answer
                "allow | - | - | - | -",
                "allow | - | token.unknown | - | verdict allow -> deny, reason - -> token.unknown",
                "deny | token.unknown | token.unknown | - | -",
                "deny | token.unknown | token.expired | - | reason token.unknown -> token.expired",
                "deny | token.unknown | - | - | verdict deny -> allow, reason token.unknown -> -",
                "allow | upstream.timeout | upstream.timeout | - | -",
                "observe-deny | token.unknown | - | token.unknown | -",
                "observe-deny | token.unknown | - | token.expired | reason token.unknown -> token.expired",
                "observe-deny | token.unknown | token.unknown | - | verdict observe-deny -> deny",
                "observe-deny | token.unknown | - | - | verdict observe-deny -> allow, reason token.unknown -> -",
                "allow | - | - | auth.lost | diagnosis - -> auth.lost",
                "- | - | token.unknown | - | reason - -> token.unknown",
            })
    void comparesWhatTheGateSaid(String verdict, String reason, String newReason, String diagnosis, String kinds) {
        RecordedExchange recorded = recorded(verdict, reason, request("GET", "/"), answer(200, RecordedBody.NONE));
        RecordedResponse after = newReason != null
                ? answer(200, RecordedBody.NONE, "x-headgate-reason", newReason)
                : diagnosis != null
                        ? answer(200, RecordedBody.NONE, "X-Headgate-Diagnosis", diagnosis)
                        : answer(200, RecordedBody.NONE);
        assertThat(kinds(comparison.compare(replayed(recorded, after))))
                .isEqualTo(kinds == null ? List.of() : List.of(kinds.split(", ")));
    }

    @Test
    void readsTheReasonInARecordedAnswer() {
        RecordedResponse refusal = answer(401, RecordedBody.NONE, "X-Headgate-Reason", "token.unknown");
        assertThat(differences(refusal, refusal)).isEmpty();
        assertThat(differences(refusal, answer(401, RecordedBody.NONE))).containsExactly("reason token.unknown -> -");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "allow | - | allow | - | -",
                "allow | upstream.timeout | allow | - | -",
                "- | - | allow | - | -",
                "- | - | deny | org.mismatch | verdict allow -> deny, reason - -> org.mismatch",
                "deny | token.unknown | deny | token.unknown | -",
                "deny | token.unknown | allow | - | verdict deny -> allow, reason token.unknown -> -",
                "deny | token.unknown | deny | org.mismatch | reason token.unknown -> org.mismatch",
                "observe-deny | token.unknown | deny | token.unknown | verdict observe-deny -> deny",
            })
    void comparesVerdictsAlone(String verdict, String reason, String newVerdict, String newReason, String kinds) {
        RecordedExchange recorded = recorded(verdict, reason, request("GET", "/"), null);
        assertThat(kinds(ReplayComparison.compareVerdict(recorded, newVerdict, newReason)))
                .isEqualTo(kinds == null ? List.of() : List.of(kinds.split(", ")));
    }

    @Test
    void aFailureIsADifferenceUnlessTheRecordedOneFailedToo() {
        RecordedResponse none = answer(0, RecordedBody.NONE);
        assertThat(kinds(comparison.compare(failed(recorded(json("{}")), "connect refused"))))
                .containsExactly("failed connect refused");
        assertThat(kinds(comparison.compare(failed(recorded((RecordedResponse) null), "connect refused"))))
                .containsExactly("failed connect refused");
        assertThat(comparison.compare(failed(recorded(none), "connect refused")))
                .isEmpty();
        assertThat(differences(none, json("{}"))).containsExactly("status - -> 200");
    }

    @Test
    void nothingIsComparedWithoutARecordedAnswer() {
        assertThat(comparison.compare(replayed(
                        recorded((RecordedResponse) null),
                        answer(403, body("a"), "x-headgate-reason", "org.mismatch"))))
                .isEmpty();
    }

    @Test
    void findsNothingBetweenAnAnswerAndItself() {
        Random random = new Random(5);
        for (int i = 0; i < 3000; i++) {
            String text = i % 3 == 0 ? garbage(random) : value(random, 4);
            RecordedBody whole = body(text);
            int kept = random.nextInt(whole.bytes().length + 1);
            RecordedBody part = new RecordedBody(Arrays.copyOf(whole.bytes(), kept), whole.bytes().length, true);
            String type = i % 2 == 0 ? "application/json" : "text/plain";
            RecordedResponse one = answer(200, whole, "Content-Type", type, "Location", garbage(random));
            RecordedResponse beginning = new RecordedResponse(200, one.fields(), part);
            assertThat(differences(one, one)).as(text).isEmpty();
            assertThat(differences(beginning, one)).as(text).isEmpty();
            assertThat(differences(one, beginning)).as(text).isEmpty();
            // Spelt otherwise, so that it is read.
            RecordedResponse spaced = new RecordedResponse(200, one.fields(), body(text.replace("\":", "\" :") + "\n"));
            if (i % 6 == 2 || i % 6 == 4) {
                assertThat(differences(one, spaced)).as(text).isEmpty();
                assertThat(differences(beginning, spaced)).as(text).isEmpty();
                assertThat(differences(spaced, beginning)).as(text).isEmpty();
            }
        }
    }

    @Test
    void findsAChangeWhereverItStands() {
        Random random = new Random(6);
        for (int i = 0; i < 1000; i++) {
            String text = value(random, 4);
            if (!text.contains("here")) {
                continue;
            }
            int at = text.indexOf("here");
            String changed = text.substring(0, at) + "there" + text.substring(at + 4);
            assertThat(differences(json(text), json(changed)))
                    .as(text)
                    .hasSize(1)
                    .first()
                    .asString()
                    .endsWith("/plain");
        }
    }

    private static String value(Random random, int depth) {
        int choice = random.nextInt(depth == 0 ? 4 : 7);
        StringBuilder out = new StringBuilder();
        switch (choice) {
            case 0 -> out.append(random.nextInt(100000) / 10.0);
            case 1 -> out.append(random.nextBoolean() ? "null" : "true");
            case 2, 3 ->
                out.append('"').append("word ".repeat(random.nextInt(4))).append("ü{{id:0}}\"");
            case 4 -> {
                out.append('[');
                for (int i = random.nextInt(4); i > 0; i--) {
                    out.append(value(random, depth - 1)).append(i == 1 ? "" : ",");
                }
                out.append(']');
            }
            default -> {
                out.append('{');
                for (int i = random.nextInt(4); i > 0; i--) {
                    out.append('"').append("abcId".charAt(i)).append("\":").append(value(random, depth - 1));
                    out.append(',');
                }
                out.append("\"plain\":\"here\"}");
            }
        }
        return out.toString();
    }

    private static String garbage(Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            out.append("{}[]\",:{{masked}} ab12-\n\u0001é€😀".charAt(random.nextInt(27)));
        }
        return out.toString();
    }
}
