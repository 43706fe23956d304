package dev.headgate.netty;

import static dev.headgate.netty.Ask.get;
import static dev.headgate.netty.Ask.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.WireClient.Answer;
import dev.headgate.profile.BuiltInProfiles;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Observing and enforcing: all of it, a single reason, and route by route. */
@EachProtocol
class ModesWireTest extends GuardedWireTest {
    private static Policy observing(Reason first, Reason... more) {
        return new Policy(false, EnumSet.of(first, more));
    }

    private void observed(String request, Reason reason, String detail) throws Exception {
        int before = edge.api.seen.size();
        Answer answer = edge.ask(request);
        ExchangeRecord record = edge.record();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.values("x-headgate-diagnosis")).containsExactly(reason.code());
        assertThat(record.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        assertThat(record.reason()).isEqualTo(reason);
        assertThat(record.detail()).contains(detail);
        assertThat(record.evidence().check()).isNotNull();
        assertThat(edge.api.seen).hasSize(before + 1);
    }

    private static String replaced(Guest me, String mine, String theirs) {
        return message(me.message().replace(mine, theirs), me.bearer());
    }

    @Test
    void oneReasonIsObservedAndTheOthersAreEnforced() throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        edge.use(GuardedEdge.ENFORCE, observing(Reason.SESSION_GUEST));
        observed(replaced(me, me.guestId(), other.guestId()), Reason.SESSION_GUEST, "guestId in the body");
        refused(
                replaced(me, me.conversationId(), other.conversationId()),
                Reason.SESSION_CONVERSATION,
                "conversationId in the body");
        refused(message(me.message(), me.bearer() + "x"), Reason.TOKEN_UNKNOWN, "no identity answer");
        passed(message(me.message(), me.bearer()));
    }

    /** The answer is the failure's; the log has both. */
    @Test
    void whatIsObservedDoesNotHideThatTheUpstreamFailed() throws Exception {
        edge.use(GuardedEdge.ENFORCE, observing(Reason.TOKEN_UNKNOWN));
        edge.api.script = seen -> List.of("garbage\r\n\r\n");
        Answer answer = edge.ask(message("{}", "Authorization: Bearer from-nowhere"));
        ExchangeRecord record = edge.record();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.value("x-headgate-reason")).isEqualTo("upstream.invalid");
        assertThat(record.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        assertThat(record.reason()).isEqualTo(Reason.TOKEN_UNKNOWN);
        assertThat(record.detail()).contains("no identity answer", "; upstream.invalid: answer: ");
    }

    @Test
    void whatIsObservedDoesNotHideWhatIsEnforced() throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        edge.use(GuardedEdge.ENFORCE, observing(Reason.SESSION_GUEST, Reason.FIELD_ALIAS, Reason.TOKEN_EXPIRED));
        refused(message(other.message(), me.bearer()), Reason.SESSION_CONVERSATION, "conversationId in the body");
        refused(
                message(other.message(), me.bearer(), "x_request_id: a"),
                Reason.SESSION_CONVERSATION,
                "conversationId in the body");
        refused(message(me.message(), "x_request_id: a"), Reason.AUTH_MISSING, "absent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unreadable", "large"})
    void aBodyThatMayPassUnreadDoesNotHideThePathAndTheQuery(String kind) throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        edge.use(GuardedEdge.ENFORCE, observing(Reason.BODY_UNREADABLE, Reason.BODY_TOO_LARGE));
        String body = kind.equals("large") ? "{\"a\":\"" + "x".repeat(GuardedEdge.CHECKED_BODY) + "\"}" : "{";
        String[] fields = {me.bearer(), "Content-Type: application/json"};
        String path = "/api/v2/guests/messages?conversationId=";
        for (boolean chunked : new boolean[] {false, true}) {
            String wrong = Ask.post(path + other.conversationId(), body, fields);
            String right = Ask.post(path + me.conversationId(), body, fields);
            refused(
                    chunked ? Ask.chunked(wrong, 1000, "") : wrong,
                    Reason.SESSION_CONVERSATION,
                    "conversationId in the query");
            Answer answer = edge.ask(chunked ? Ask.chunked(right, 1000, "") : right);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.value("x-headgate-diagnosis"))
                    .isEqualTo(kind.equals("large") ? "body.too_large" : "body.unreadable");
            assertThat(edge.record().verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
            assertThat(edge.api.seen.get(edge.api.seen.size() - 1).body()).isEqualTo(body);
        }
    }

    @Test
    void ofTwoObservedFindingsTheFirstIsTold() throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        edge.use(GuardedEdge.ENFORCE, Policy.OBSERVE);
        observed(message(other.message(), me.bearer()), Reason.SESSION_GUEST, "guestId in the body");
        observed(message(other.message(), me.bearer(), "x_request_id: a"), Reason.FIELD_ALIAS, "x_request_id");
    }

    @Test
    void eachRouteHasAPolicyOfItsOwn() throws Exception {
        edge.use(
                GuardedEdge.ENFORCE,
                List.of(
                        new Route("/api/v2/guests", edge.upstream(), BuiltInProfiles.FORUM_GUEST, Policy.ENFORCE),
                        new Route(
                                "/api/v2/guests/conversations",
                                edge.upstream(),
                                BuiltInProfiles.FORUM_GUEST,
                                Policy.OBSERVE),
                        new Route("/api/v2/guests/files", edge.upstream(), null, Policy.ENFORCE)));
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        refused(get("/api/v2/guests/messages?guestId=" + other.guestId(), me.bearer()), Reason.SESSION_GUEST, "query");
        observed(get("/api/v2/guests/conversations?guestId=" + other.guestId(), me.bearer()), Reason.SESSION_GUEST, "");
        observed(get("/api/v2/guests/conversations/" + other.conversationId()), Reason.AUTH_MISSING, "absent");
        refused(get("/api/v2/guests/conversationsx"), Reason.AUTH_MISSING, "absent");
        passed(get("/api/v2/guests/files?guestId=" + other.guestId()));
    }

    @Test
    void anAdviceCanBeEnforcedAlone() throws Exception {
        String bare = Ask.post("/api/v2/guests/identities", "{}", "Content-Type: application/json");
        Answer advised = edge.ask(bare);
        assertThat(advised.values("x-headgate-diagnosis")).containsExactly("identity.incomplete");
        ExchangeRecord record = edge.record();
        assertThat(record.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        assertThat(record.reason()).isEqualTo(Reason.IDENTITY_INCOMPLETE);
        assertThat(record.detail()).isEqualTo("create request: without purpose in the body");
        EnumSet<Reason> all = EnumSet.allOf(Reason.class);
        all.remove(Reason.IDENTITY_INCOMPLETE);
        edge.use(GuardedEdge.ENFORCE, new Policy(false, all));
        refused(bare, Reason.IDENTITY_INCOMPLETE, "without purpose in the body");
        passed(Ask.identity());
    }

    @Test
    void whatReadsInTwoWaysIsRefusedInEveryMode() throws Exception {
        edge.use(GuardedEdge.ENFORCE, new Policy(true, EnumSet.allOf(Reason.class)));
        refused("GET / HTTP/1.1\r\n\r\n", Reason.HOST_INVALID, "missing");
        refused(get("/", "A : b"), Reason.HEAD_MALFORMED, "");
        refused(get("/", "Content-Length: 0", "Transfer-Encoding: chunked"), Reason.FRAMING_AMBIGUOUS, "");
        refused(get("/", "Authorization: Bearer\r\n x"), Reason.AUTH_FOLDED, "");
        refused(Ask.chunked(Ask.post("/x", "abc"), 3, "Host: x\r\n"), Reason.TRAILER_FORBIDDEN, "host");
        edge.use(GuardedEdge.ENFORCE, List.of());
        refused(get("/"), Reason.ROUTE_UNMATCHED, "none");
    }
}
