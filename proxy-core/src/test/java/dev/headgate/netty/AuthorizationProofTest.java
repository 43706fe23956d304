package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.GateSettings;
import dev.headgate.gate.HeadRewriter;
import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationProofTest {
    private static byte[] bytes(String text) {
        return text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static boolean holds(String read, String written) throws Exception {
        byte[] bytes = bytes(read);
        RequestHead head = new HeadParser(100).request(bytes, bytes.length);
        return AuthorizationProof.holds(head, new HeadWriter().write(bytes(written)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1~Authorization: Bearer a~~",
                "GET / HTTP/1.1~Accept: x~authORIZATION:\t Bearer a \t~Host: a~~",
                "GET / HTTP/1.1~Authorization:~~",
                "GET / HTTP/1.1~Authorization: a~X: y~Authorization: b~~",
                "GET / HTTP/1.1~Authorization: a~Authorization:~authorization: a~~",
                "GET /authorization:x HTTP/1.1~Authorization-2: a~Host: a~~",
                "GET / HTTP/1.1~~"
            })
    void holdsForTheHeadItself(String head) throws Exception {
        assertThat(holds(head, head)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1~X: y~AUTHORIZATION:Bearer a\t~Host: b~~",
                "GET /authorization:x HTTP/1.1~Authorization-2: b~Authorization: Bearer a~~"
            })
    void goesByTheValueAlone(String written) throws Exception {
        assertThat(holds("GET / HTTP/1.1~Host: a~Authorization: Bearer a~~", written))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1~Authorization: Bearer B~~",
                "GET / HTTP/1.1~Authorization: Bearer~~",
                "GET / HTTP/1.1~Authorization: Bearer  a~~",
                "GET / HTTP/1.1~Authorization: Bearer a,~~",
                "GET / HTTP/1.1~Authorization:~~",
                "GET / HTTP/1.1~Authorization: Bearer a~Authorization: Bearer a~~",
                "GET / HTTP/1.1~Authorization: Bearer a~authorization:~~",
                "GET / HTTP/1.1~Authorisation: Bearer a~~",
                "GET / HTTP/1.1~Authorization\nAuthorisation: Bearer a~~",
                "GET / HTTP/1.1~Authorization: Bearer ab\nX: y~~",
                "GET / HTTP/1.1~~"
            })
    void seesEveryChange(String altered) throws Exception {
        assertThat(holds("GET / HTTP/1.1~Authorization: Bearer a~~", altered)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1~Authorization: b~Authorization: a~~",
                "GET / HTTP/1.1~Authorization: a~~",
                "GET / HTTP/1.1~Authorization: b~~",
                "GET / HTTP/1.1~Authorization: a, b~~",
                "GET / HTTP/1.1~Authorization: a~Authorization: b~Authorization: b~~"
            })
    void seesEveryChangeOfSeveral(String altered) throws Exception {
        assertThat(holds("GET / HTTP/1.1~Authorization: a~Authorization: b~~", altered))
                .isFalse();
    }

    /** Lines are looked for eight octets at a time: wherever a line begins and ends, it is found. */
    @Test
    void findsTheFieldWhereverItStands() throws Exception {
        String read = "GET / HTTP/1.1~Authorization: Bearer a~~";
        for (int before = 0; before < 9; before++) {
            for (int value = 0; value < 9; value++) {
                String head =
                        "GET / HTTP/1.1~X: \u00ff" + "\u008a".repeat(before) + "~Y: " + "\u000b".repeat(value) + "~";
                assertThat(holds(read, head + "Authorization: Bearer a~~")).isTrue();
                assertThat(holds(read, head + "Authorization: Bearer b~~")).isFalse();
                assertThat(holds(read, head + "~")).isFalse();
            }
        }
    }

    @Test
    void seesOneThatWasNotThere() throws Exception {
        assertThat(holds("GET / HTTP/1.1~Host: a~~", "GET / HTTP/1.1~Host: a~Authorization: a~~"))
                .isFalse();
    }

    /** A rewriter that errs stands for every defect between reading and writing. */
    private static final class Erring extends HeadRewriter {
        Erring(GateSettings settings) {
            super(settings);
        }

        @Override
        public void request(RequestHead head, RequestEdit edit, HeadWriter out) {
            HeadWriter right = new HeadWriter();
            super.request(head, edit, right);
            String text = new String(right.bytes(), 0, right.length(), StandardCharsets.ISO_8859_1);
            out.write(text.replace("Bearer abc", "Bearer abd"));
        }
    }

    @Test
    void anAlteredHeadIsNeverSent() throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                RunningEdge edge = RunningEdge.before(upstream.getLocalPort())) {
            Snapshot good = edge.edge.snapshot();
            edge.edge.swap(good.with(new Erring(good.gate().settings())));
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
                client.setSoTimeout(10_000);
                client.getOutputStream().write(bytes("GET / HTTP/1.1~Host: a~Authorization: Bearer abc~~"));
                assertThat(endsWithoutAByte(client)).isTrue();
            }
            ExchangeRecord record = edge.record();
            assertThat(record.authorization()).isEqualTo(AuthorizationFate.ALTERED);
            assertThat(record.aborted()).isEqualTo(Side.UPSTREAM);
            assertThat(record.detail()).isEqualTo("Authorization: altered before it was sent");
            try (Socket accepted = upstream.accept()) {
                accepted.setSoTimeout(10_000);
                assertThat(endsWithoutAByte(accepted)).isTrue();
            }
        }
    }

    private static boolean endsWithoutAByte(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return reset.getMessage().contains("reset");
        }
    }
}
