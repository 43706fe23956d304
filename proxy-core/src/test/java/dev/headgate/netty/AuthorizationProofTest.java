package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.GateSettings;
import dev.headgate.gate.HeadRewriter;
import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationProofTest {
    private final KeyedHash hash = KeyedHash.random();

    private static byte[] bytes(String text) {
        return text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private long proof(String head) {
        return AuthorizationProof.fieldHash(new HeadWriter().write(bytes(head)), hash);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1~Authorization: Bearer a~~",
                "GET / HTTP/1.1~Accept: x~authORIZATION:\t Bearer a \t~Host: a~~",
                "GET / HTTP/1.1~Authorization:~~",
                "GET / HTTP/1.1~Authorization: a~X: y~Authorization: b~~",
                "GET /authorization:x HTTP/1.1~Authorization-2: a~Host: a~~"
            })
    void readsWhatTheHeadSaid(String head) throws Exception {
        byte[] bytes = bytes(head);
        RequestHead parsed = new HeadParser(100).request(bytes, bytes.length);
        assertThat(proof(head)).isEqualTo(Credential.of(parsed, hash).fieldHash());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1~Authorization: Bearer B~~",
                "GET / HTTP/1.1~Authorization: Bearer~~",
                "GET / HTTP/1.1~Authorization: Bearer  a~~",
                "GET / HTTP/1.1~Authorization: Bearer a~Authorization: Bearer a~~",
                "GET / HTTP/1.1~Authorisation: Bearer a~~",
                "GET / HTTP/1.1~~"
            })
    void seesEveryChange(String altered) {
        assertThat(proof(altered)).isNotEqualTo(proof("GET / HTTP/1.1~Authorization: Bearer a~~"));
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
