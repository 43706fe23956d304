package dev.headgate.netty;

import dev.headgate.gate.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The profile {@code webmessaging}: a credential must be there, and nothing is known about it. */
@EachProtocol
class WebmessagingWireTest extends GuardedWireTest {
    private static final String MESSAGES = "/api/v2/webmessaging/messages";

    @Test
    void anyTokenWillDo() throws Exception {
        passed(Ask.get(MESSAGES + "?pageSize=25", "Authorization: Bearer anything"));
        passed(Ask.get(
                MESSAGES + "/more", "Authorization: bearer " + Chat.next().jwt()));
        passed(Ask.post(MESSAGES, "no JSON", "Authorization: Bearer anything", "Content-Type: application/json"));
    }

    @ParameterizedTest
    @CsvSource({
        "X: y, AUTH_MISSING",
        "Authorization: Bearer, AUTH_MALFORMED",
        "Authorization: Basic x, AUTH_MALFORMED",
        "Authorization: x, AUTH_MALFORMED",
        "Authorization: Bearer null, AUTH_PLACEHOLDER"
    })
    void oneMustBeThere(String field, Reason reason) throws Exception {
        refused(Ask.get(MESSAGES, field), reason, "Authorization: ");
        passed(Ask.get("/api/v2/webmessaging/deployments/x", field));
    }

    @Test
    void nothingIsRememberedOfIt() throws Exception {
        String request = Ask.get(MESSAGES, "Authorization: Bearer anything");
        edge.api.script = seen -> List.of(GuestApi.answer(401, "", ""));
        answered(request, 401);
        edge.api.script = GuestApi::usual;
        passed(request);
    }
}
