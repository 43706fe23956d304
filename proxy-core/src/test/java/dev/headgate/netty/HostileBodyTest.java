package dev.headgate.netty;

import static dev.headgate.netty.Ask.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.EachProtocol.Http1Only;
import dev.headgate.netty.WireClient.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that a check must read, and that were made to be read in two ways. */
@EachProtocol
class HostileBodyTest extends GuardedWireTest {
    @ParameterizedTest
    @CsvSource({
        "'\\ud800', half of a surrogate pair",
        "'\\udc00', half of a surrogate pair",
        "'\\udc00\\ud800', half of a surrogate pair",
        "'a\\ud83d', half of a surrogate pair",
        "'\\ud83d\\ud83d\\ude00', half of a surrogate pair"
    })
    void halfOfASurrogatePairIsNoId(String escaped, String detail) throws Exception {
        Guest me = edge.newGuest();
        refused(message("{\"guestId\":\"" + escaped + "\"}", me.bearer()), Reason.BODY_UNREADABLE, detail);
        // Where nothing is compared, it is the API's business.
        passed(message("{\"text\":\"" + escaped + "\"}", me.bearer()));
        refused(
                message("{\"guestId\":\"\\ud83d\\ude00\"}", me.bearer()),
                Reason.SESSION_GUEST,
                "guestId in the body: a value of 2 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "image/png", "", "a/b; charset=utf-8"})
    void aContentTypeDoesNotHideAMessage(String type) throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        String field = "Content-Type: " + type;
        String path = "/api/v2/guests/messages";
        refused(Ask.post(path, other.message(), me.bearer(), field), Reason.SESSION_GUEST, "guestId in the body");
        refused(Ask.post(path, "guestId=x", me.bearer(), field), Reason.BODY_UNREADABLE, "no well-formed JSON");
        passed(Ask.post(path, me.message(), me.bearer(), field));
    }

    @Test
    void whatFollowsAHugeMemberIsStillRead() throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        String pad = "{\"text\":\"" + "x".repeat(60_000) + "\",\"list\":[" + "{\"guestId\":1},".repeat(200) + "0],";
        refused(message(pad + other.message().substring(1), me.bearer()), Reason.SESSION_GUEST, "guestId");
        refused(
                Ask.chunked(message(pad + other.message().substring(1), me.bearer()), 4000, ""),
                Reason.SESSION_GUEST,
                "guestId");
        ExchangeRecord record = passed(message(pad + me.message().substring(1), me.bearer()));
        assertThat(record.bytesIn()).isGreaterThan(60_000);
    }

    @Http1Only
    @Test
    void aHundredMegabytesAreRefusedAtTheirAnnouncement() throws Exception {
        Guest me = edge.newGuest();
        String request = message("", me.bearer()).replace("Length: 0", "Length: 104857600");
        try (WireClient client = edge.connect()) {
            Answer answer = client.send(request).read();
            Refusals.check(answer, Reason.BODY_TOO_LARGE, "limits.checkedBody", edge.record());
            assertThat(answer.value("Connection")).isEqualTo("close");
        }
        assertThat(edge.api.seen).isEmpty();
    }

    @Http1Only
    @Test
    void aBodyThatIsCutShortIsNeverForwarded() throws Exception {
        Guest me = edge.newGuest();
        String request = message(me.message(), me.bearer());
        try (Http1Client client = edge.connectHttp1()) {
            client.send(request.substring(0, request.length() - 1));
            client.socket.shutdownOutput();
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(edge.record().status()).isZero();
        assertThat(edge.api.seen).isEmpty();
        passed(request);
    }
}
