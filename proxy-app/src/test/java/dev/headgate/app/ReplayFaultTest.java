package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.headgate.NeedsTool;
import dev.headgate.OwnThread;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.replay.Endpoints;
import dev.headgate.replay.Filter;
import dev.headgate.replay.Pace;
import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedField;
import dev.headgate.replay.RecordedRequest;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.replay.Replay;
import dev.headgate.replay.ReplayTarget;
import dev.headgate.replay.ReplayedExchange;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Targets that do not answer as servers do. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReplayFaultTest {
    private final List<ReplayedExchange> replayed = new ArrayList<>();

    private static RecordedExchange exchange(int number) {
        return new RecordedExchange(
                "r:" + number,
                number,
                1,
                null,
                null,
                null,
                new RecordedRequest(
                        "POST", "/" + number, List.of(new RecordedField("Host", "a.example")), RecordedBody.NONE),
                new RecordedResponse(200, List.of(), RecordedBody.NONE),
                false);
    }

    private Replay.Totals replay(String target, int count, StringBuilder unreachable) throws Exception {
        Replay.Settings settings = new Replay.Settings(
                ReplayTarget.of(target, false),
                new Endpoints(List.of(new Endpoints.At("/", BuiltInProfiles.FORUM_GUEST))),
                Filter.ALL,
                Pace.FAST,
                1,
                false,
                300);
        List<RecordedExchange> exchanges = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            exchanges.add(exchange(i));
        }
        try (Replay replay = new Replay(settings, replayed::add, (place, what) -> {})) {
            replay.run(Recorder.recording(exchanges));
            Replay.Totals totals = replay.finish();
            unreachable.append(replay.unreachable());
            return totals;
        }
    }

    /** Reads the head of each connection's first request, answers so and closes; the second one gets a plain 200. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SSH-2.0-x\\r\\n                                        | the answer is not HTTP/1.1
            HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nabc   | the connection was closed in mid-answer
            ''                                                   | the connection was closed before the answer
            HTTP/1.1 100 Continue\\r\\n\\r\\n                       | the connection was closed before the answer
            STALL                                                | no complete answer within 300 ms
            """)
    void failsOneExchangeAndNotTheNext(String answer, String failure) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var serving = OwnThread.run(() -> {
                Socket first = server.accept();
                head(first);
                if (!answer.equals("STALL")) {
                    first.getOutputStream()
                            .write(bytes(answer.replace("\\r", "\r").replace("\\n", "\n")));
                    first.close();
                }
                try (Socket second = server.accept()) {
                    head(second);
                    second.getOutputStream().write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
                }
                first.close();
            });

            Replay.Totals totals = replay("http://127.0.0.1:" + server.getLocalPort(), 2, new StringBuilder());
            serving.join();

            assertThat(replayed).extracting(ReplayedExchange::failure).containsExactly(failure, null);
            assertThat(totals).isEqualTo(new Replay.Totals(1, 1, 0, 0, 0, 0));
        }
    }

    @Test
    void saysThatNothingListens() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        StringBuilder unreachable = new StringBuilder();

        replay("http://127.0.0.1:" + port, 5, unreachable);

        assertThat(unreachable)
                .hasToString(
                        "http://127.0.0.1:" + port + ": connection refused (expected: a server that listens there)");
    }

    @Test
    @NeedsTool("openssl")
    void saysThatACertificateIsNotTrusted(@TempDir Path keys) throws Exception {
        Path store = keys.resolve("server.p12");
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
                + " -keyout " + keys.resolve("key") + " -out " + keys.resolve("crt"));
        openssl("pkcs12 -export -passout pass:unguarded -inkey " + keys.resolve("key") + " -in " + keys.resolve("crt")
                + " -out " + store);
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(KeyStore.getInstance(store.toFile(), "unguarded".toCharArray()), "unguarded".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);

        try (ServerSocket server =
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var serving = OwnThread.run(() -> {
                try (SSLSocket socket = (SSLSocket) server.accept()) {
                    assertThatIOException().isThrownBy(socket::startHandshake);
                }
            });
            assertUnreachable("https://127.0.0.1:" + server.getLocalPort(), "its certificate is not trusted: ");
            serving.join();
        }
    }

    @Test
    void saysThatThereIsNoTls() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var serving = OwnThread.run(() -> {
                try (Socket socket = server.accept()) {
                    assertThat(socket.getInputStream().read()).isEqualTo(22);
                    socket.getOutputStream().write(bytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
                    socket.getInputStream().readAllBytes();
                }
            });
            assertUnreachable("https://127.0.0.1:" + server.getLocalPort(), "no TLS there (expected: ");
            serving.join();
        }
    }

    private void assertUnreachable(String target, String why) throws Exception {
        StringBuilder unreachable = new StringBuilder();

        replay(target, 1, unreachable);

        assertThat(unreachable).asString().startsWith(target + ": " + why);
        assertThat(replayed).extracting(ReplayedExchange::failure).containsExactly(unreachable.toString());
    }

    private static void openssl(String arguments) throws Exception {
        Process process = new ProcessBuilder(("openssl " + arguments).split(" "))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static void head(Socket socket) throws Exception {
        InputStream in = socket.getInputStream();
        int last = 0;
        while (last != 0x0d0a0d0a) {
            last = last << 8 | in.read();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
