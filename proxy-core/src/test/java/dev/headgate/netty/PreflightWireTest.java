package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Preflights carry no credential, in any profile; nor does what is answered to one say anything of a token. */
@EachProtocol
class PreflightWireTest extends GuardedWireTest {
    private static final String METHOD = "Access-Control-Request-Method: POST";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v2/guests/identities",
                "/api/v2/guests/messages",
                "/api/v2/guests/conversations/0c1d2e3f-0000-4000-8000-000000000001",
                "/api/v2/webchat/guest/conversations",
                "/api/v2/webchat/guest/conversations/x/members/y/messages",
                "/api/v2/webmessaging/messages",
                "/api/v2/knowledge/guest/sessions",
                "/api/v2/knowledge/guest/sessions/x/documents",
                "/elsewhere"
            })
    void itPassesWhereATokenIsNeeded(String path) throws Exception {
        passed(Ask.request("OPTIONS", path, null, "Origin: https://shop.example", METHOD));
        passed(Ask.request("OPTIONS", path, "{\"guestId\":\"\"}", "Origin: https://shop.example", METHOD));
        assertThat(edge.api.seen)
                .hasSize(2)
                .allSatisfy(seen -> assertThat(seen.line()).isEqualTo("OPTIONS " + path + " HTTP/1.1"));
    }

    @Test
    void withoutWhatMakesAPreflightItIsNone() throws Exception {
        for (String path : List.of(Chat.ROOT + "/x", "/api/v2/webmessaging/messages")) {
            refused(Ask.request("OPTIONS", path, null), Reason.AUTH_MISSING, "absent");
            refused(Ask.get(path, METHOD), Reason.AUTH_MISSING, "absent");
        }
        refused(
                Ask.request("OPTIONS", Knowledge.ROOT + "/" + UUID.randomUUID(), null),
                Reason.TOKEN_UNKNOWN,
                "no identity answer");
    }

    @Test
    void itsAnswerBindsAndRejectsNothing() throws Exception {
        edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
        Chat next = Chat.next();
        String expired = Chat.claiming(next.conversation(), next.member(), ",\"exp\":1");
        Chat old = new Chat(expired, next.conversation(), next.member());
        passed(Ask.request("OPTIONS", Chat.ROOT + "/" + old.conversation(), null, METHOD, old.bearer()));
        refused(old.ask("GET", "", null), Reason.TOKEN_EXPIRED, "its own exp claim passed");

        Chat mine = Chat.started(edge);
        edge.api.script = seen -> List.of(GuestApi.answer(401, "", ""));
        answered(Ask.request("OPTIONS", Chat.ROOT + "/" + mine.conversation(), null, METHOD, mine.bearer()), 401);
        edge.api.script = GuestApi::usual;
        passed(mine.ask("GET", "", null));
    }
}
