package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Organization;
import dev.headgate.http.FieldName;
import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no Authorization value, and no fault in the rewriter, gets past the proof. */
@EachProtocol
class AlteredAuthorizationTest {
    @Test
    void anyLegalValueUpToSixteenKibibytes() throws Exception {
        Random random = new Random(4711);
        for (int n = 0; n < 300; n++) {
            StringBuilder value = new StringBuilder();
            int length = n == 0 ? 16 * 1024 : 1 + random.nextInt(n < 50 ? 16 * 1024 : 64);
            while (value.length() < length) {
                int octet = random.nextInt(256);
                value.append((char) (octet < ' ' && octet != '\t' || octet == 0x7f ? 'x' : octet));
            }
            String head = "GET / HTTP/1.1\r\nHost: a\r\nAuthorization:" + value + "\r\n\r\n";
            assertThat(holds(parse(head), head)).isTrue();
        }
    }

    /** Every octet of the field's lines, put wrong one by one, is noticed. */
    @Test
    void noticesEveryChangedOctet() throws Exception {
        String head = "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc.DEF-123\r\nX: y\r\n\r\n";
        RequestHead read = parse(head);
        int from = head.indexOf("Authorization");
        int to = head.indexOf("\r\nX:");
        for (int i = from; i < to; i++) {
            boolean blank = head.charAt(i) == ' ' && head.charAt(i - 1) == ':';
            char other = head.charAt(i) == 'z' ? 'y' : 'z';
            String changed = head.substring(0, i) + other + head.substring(i + 1);
            assertThat(holds(read, changed)).as("octet %s of %s", i, blank).isFalse();
            String cut = head.substring(0, i) + head.substring(i + 1);
            if (!blank) {
                assertThat(holds(read, cut)).as("without octet %s", i).isFalse();
            }
        }
        assertThat(holds(read, head.replace("X: y", "Authorization: Bearer abc.DEF-123")))
                .isFalse();
    }

    /** An organisation field of that name makes the rewriter itself put another value in, or one where none was. */
    @ParameterizedTest
    @CsvSource({
        "Authorization: Bearer of-a-client, ALTERED",
        "'X-A: b', ALTERED",
        "Authorization: Bearer forged, INTACT"
    })
    void anAlteredFieldIsNeverWritten(String field, AuthorizationFate fate) throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            Organization forger = new Organization(FieldName.of("Authorization"), "Bearer forged", false);
            edge.use(GuardedEdge.settings(forger, null));
            try (WireClient client = edge.connect()) {
                client.send(Ask.get("/elsewhere", field));
                ExchangeRecord record = edge.record();
                assertThat(record.authorization()).isEqualTo(fate);
                if (fate == AuthorizationFate.INTACT) {
                    assertThat(client.read().status()).isEqualTo(200);
                    return;
                }
                assertThat(client.isEnded()).isTrue();
                assertThat(record.status()).isZero();
                assertThat(record.aborted()).isEqualTo(Side.UPSTREAM);
                assertThat(record.detail()).isEqualTo("Authorization: altered before it was sent");
            }
            edge.use(GuardedEdge.ENFORCE);
            assertThat(edge.ask(Ask.get("/next")).status()).isEqualTo(200);
            edge.record();
            assertThat(edge.api.seen).hasSize(1);
            assertThat(edge.api.seen.get(0).line()).isEqualTo("GET /next HTTP/1.1");
        }
    }

    private static RequestHead parse(String head) throws Exception {
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        return new HeadParser(100).request(bytes, bytes.length);
    }

    private static boolean holds(RequestHead read, String written) {
        return AuthorizationProof.holds(read, new HeadWriter().write(written));
    }
}
