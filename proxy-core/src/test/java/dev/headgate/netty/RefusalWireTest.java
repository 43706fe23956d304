package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gate refuses, in bytes on real sockets; and that the upstream never sees it. */
class RefusalWireTest {
    private static final String TOKEN = "tok-0123456789-abcdef";
    private static final String GUEST = "11111111-1111-4111-8111-111111111111";
    private static final String CONVERSATION = "22222222-2222-4222-8222-222222222222";
    private static final String OTHER = "99999999-9999-4999-8999-999999999999";
    private static final String IDENTITY = "{\"guest_token\":\"" + TOKEN + "\",\"guestId\":\"" + GUEST
            + "\",\"conversationId\":\"" + CONVERSATION
            + "\",\"webChatSessionId\":\"33333333-3333-4333-8333-333333333333\""
            + ",\"divisionId\":\"44444444-4444-4444-8444-444444444444\",\"expiresIn\":600}";

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private volatile String answer = IDENTITY;
    private ServerSocket upstream;
    private RunningEdge edge;

    @BeforeEach
    void start() throws IOException {
        upstream = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread accepting = new Thread(this::serve, "upstream");
        accepting.setDaemon(true);
        accepting.start();
        edge = RunningEdge.before(upstream.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        edge.close();
        upstream.close();
        assertThat(edge.records).as("records that no request accounts for").isEmpty();
    }

    /** One request for each connection: the head, its body by content-length, a JSON answer. */
    private void serve() {
        while (!upstream.isClosed()) {
            try (Socket socket = upstream.accept()) {
                String head = head(socket.getInputStream());
                int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ");
                int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf("\r\n", at)));
                String body = new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
                seen.add(head + body);
                byte[] json = answer.getBytes(StandardCharsets.UTF_8);
                socket.getOutputStream()
                        .write(
                                ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                                                + json.length + "\r\n\r\n" + answer)
                                        .getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The edge closes connections that it has no use for.
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("the connection ended in a head");
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Sends bytes on a connection of their own and reads the answer to its end. */
    private String exchange(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String message(String fields, String body) {
        return "POST /api/v2/guests/messages HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n" + fields
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String authorized(String body) {
        return message("Authorization: Bearer " + TOKEN + "\r\n", body);
    }

    private void learn() throws Exception {
        String created = exchange("POST /api/v2/guests/identities HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n"
                + "Accept-Encoding: gzip\r\nContent-Length: 18\r\n\r\n{\"purpose\":\"chat\"}");
        assertThat(created).startsWith("HTTP/1.1 200").endsWith(IDENTITY);
        assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.LEARNED);
        assertThat(seen.poll()).doesNotContain("Accept-Encoding").contains("{\"purpose\":\"chat\"}");
    }

    private void assertRefused(String response, String code, int status) throws Exception {
        assertThat(response)
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("\r\ncontent-type: application/problem+json\r\n")
                .contains("\r\nx-headgate-reason: " + code + "\r\n")
                .containsPattern("Proxy-Status: headgate; error=[a-z_]+; details=\"" + code + "\"\r\n")
                .containsPattern("\r\nx-request-id: [0-9a-f-]{36}\r\n")
                .contains("\"code\":\"" + code + "\"", "\"status\":" + status, "\"contextId\":\"")
                .contains("\"type\":\"", "\"title\":\"", "\"detail\":\"", "\"instance\":\"", "\"message\":\"")
                .doesNotContain(TOKEN);
        assertThat(response.contains("WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\""))
                .isEqualTo(status == 401);
        ExchangeRecord record = edge.record();
        assertThat(record.reason()).isNotNull();
        assertThat(record.reason().code()).isEqualTo(code);
        assertThat(record.status()).isEqualTo(status);
        assertThat(response).contains("x-request-id: " + record.requestId() + "\r\n");
        assertThat(record.toString()).doesNotContain(TOKEN);
        assertThat(seen).as("what the upstream saw").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            head.malformed    | 400 | GET / HTTP/1.1~Host : edge~~
            head.malformed    | 400 | GET / HTTP/1.1~Host: edge~X: a~ folded~~
            head.malformed    | 400 | GET /a/../b HTTP/1.1~Host: edge~~
            head.malformed    | 400 | GET /a%2fb HTTP/1.1~Host: edge~~
            head.malformed    | 400 | CONNECT edge:443 HTTP/1.1~Host: edge~~
            framing.ambiguous | 400 | POST / HTTP/1.1~Host: edge~Content-Length: 1~Transfer-Encoding: chunked~~
            framing.ambiguous | 400 | POST / HTTP/1.1~Host: edge~Content-Length: 1~Content-Length: 1~~
            framing.ambiguous | 400 | POST / HTTP/1.1~Host: edge~Transfer-Encoding: gzip, chunked~~
            framing.ambiguous | 400 | POST / HTTP/1.1~Host: edge~Content-Length: +1~~
            host.invalid      | 400 | GET / HTTP/1.1~Connection: close~~
            host.invalid      | 400 | GET / HTTP/1.1~Host: a~Host: a~~
            host.invalid      | 400 | GET / HTTP/1.1~Host: a b~~
            host.invalid      | 400 | GET http://b/ HTTP/1.1~Host: a~~
            field.nominated   | 400 | GET / HTTP/1.1~Host: a~Connection: close, authorization~~
            field.nominated   | 400 | GET / HTTP/1.1~Host: a~Connection: close, X-Genesys-Cloud-Id~~
            field.nominated   | 400 | GET / HTTP/1.1~Host: a~Connection: close, x-request-id~~
            field.nominated   | 400 | GET / HTTP/1.1~Host: a~Connection: close, host~~
            field.nominated   | 400 | GET / HTTP/1.1~Host: a~Connection: close, content-length~~
            field.alias       | 400 | GET / HTTP/1.1~Host: a~Connection: close~X_Genesys_Cloud_Id: x~~
            field.alias       | 400 | GET / HTTP/1.1~Host: a~Connection: close~X.Request.Id: x~~
            auth.duplicate    | 400 | GET / HTTP/1.1~Host: a~Connection: close~Authorization: Bearer a~Authorization: Bearer a~~
            auth.folded       | 400 | GET / HTTP/1.1~Host: a~Authorization: Bearer~ abc~~
            """)
    void headsThatAreRefused(String code, int status, String request) throws Exception {
        assertRefused(exchange(request.replace("~", "\r\n")), code, status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[REDACTED]",
                "undefined",
                "null",
                "[object Object]",
                "$GUEST_TOKEN",
                "${TOKEN}",
                "<token>",
                "{{token}}",
                "***"
            })
    void placeholders(String literal) throws Exception {
        assertRefused(exchange(message("Authorization: " + literal + "\r\n", "{}")), "auth.placeholder", 401);
        assertRefused(exchange(message("authorization: Bearer " + literal + "\r\n", "{}")), "auth.placeholder", 401);
        assertRefused(
                exchange(message("Authorization: bearer " + literal.toUpperCase(java.util.Locale.ROOT) + "\r\n", "{}")),
                "auth.placeholder",
                401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "", "Basic dTpw", TOKEN, "Bearer Bearer " + TOKEN})
    void credentialsThatAreNone(String value) throws Exception {
        assertRefused(exchange(message("Authorization: " + value + "\r\n", "{}")), "auth.malformed", 401);
    }

    @Test
    void aMissingCredentialNamesTheCulprit() throws Exception {
        String viaCloudFront = exchange(message("Via: 1.1 abc.cloudfront.net (CloudFront)\r\n", "{}"));
        assertThat(viaCloudFront).contains("CloudFront, which removes the field");
        assertRefused(viaCloudFront, "auth.missing", 401);
        String viaNext = exchange(message("x-middleware-subrequest: 1\r\n", "{}"));
        assertThat(viaNext).contains("Next.js middleware");
        assertRefused(viaNext, "auth.missing", 401);
    }

    @Test
    void aPreflightNeedsNoCredential() throws Exception {
        String response = exchange("OPTIONS /api/v2/guests/messages HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                + "Origin: https://chat.example\r\nAccess-Control-Request-Method: POST\r\n\r\n");
        assertThat(response).startsWith("HTTP/1.1 200");
        assertThat(edge.record().reason()).isNull();
        assertThat(seen.poll()).startsWith("OPTIONS /api/v2/guests/messages HTTP/1.1\r\n");
    }

    @Test
    void aTokenThatWasNotIssuedHereIsUnknown() throws Exception {
        assertRefused(exchange(authorized("{}")), "token.unknown", 401);
        assertThat(seen).isEmpty();
    }

    @Test
    void theGuestsOwnMessagePassesUntouched() throws Exception {
        learn();
        String body = "{ \"conversationId\" : \"" + CONVERSATION + "\",\"text\":\"h\\u00e9\" }";
        assertThat(exchange(authorized(body))).startsWith("HTTP/1.1 200");
        ExchangeRecord record = edge.record();
        assertThat(record.authorization()).isEqualTo(AuthorizationFate.INTACT);
        assertThat(record.tokenCheck()).isEqualTo(TokenCheck.CONFIRMED);
        assertThat(seen.poll())
                .contains("\r\nAuthorization: Bearer " + TOKEN + "\r\n")
                .contains("\r\nX-Genesys-Cloud-Id: " + RunningEdge.ORGANIZATION + "\r\n")
                .contains("\r\nx-request-id: " + record.requestId() + "\r\n")
                .endsWith("\r\n\r\n" + body);
    }

    @ParameterizedTest
    @CsvSource({
        "guestId, session.guest",
        "conversationId, session.conversation",
        "webChatSessionId, session.chat",
        "divisionId, session.division"
    })
    void anotherSessionsIdIsRefusedInBodyAndQuery(String name, String code) throws Exception {
        learn();
        assertRefused(exchange(authorized("{\"" + name + "\":\"" + OTHER + "\"}")), code, 403);
        String escaped = "{\"\\u00" + Integer.toHexString(name.charAt(0)) + name.substring(1) + "\":\"" + OTHER + "\"}";
        assertRefused(exchange(authorized(escaped)), code, 403);
        assertRefused(
                exchange("GET /api/v2/guests/messages?a=b&" + name + "=" + OTHER
                        + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n"),
                code,
                403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "\"x\"",
                "{\"guestId\":",
                "{\"a\":1} {}",
                "{\"guestId\":\"" + GUEST + "\",\"guestId\":\"" + GUEST + "\"}",
                "{\"guestId\":{\"a\":1}}",
                "\u00ef\u00bb\u00bf{}",
                "{\"a\":\"\u00ff\"}",
                "{\u0000}"
            })
    void bodiesThatCannotBeReadInOneWay(String body) throws Exception {
        learn();
        assertRefused(exchange(authorized(body)), "body.unreadable", 400);
    }

    @Test
    void aCompressedBodyCannotBeChecked() throws Exception {
        learn();
        String fields = "Authorization: Bearer " + TOKEN + "\r\nContent-Encoding: gzip\r\n";
        assertRefused(exchange(message(fields, "{}")), "body.unreadable", 400);
    }

    @Test
    void aBodyThatIsTooLargeToCheckIsRefused() throws Exception {
        learn();
        String body = "{\"text\":\"" + "x".repeat(64 * 1024) + "\"}";
        assertRefused(exchange(authorized(body)), "body.too_large", 413);
    }

    @Test
    void aTokenExpires() throws Exception {
        learn();
        edge.now.updateAndGet(now -> now.plus(Duration.ofSeconds(599)));
        assertThat(exchange(authorized("{}"))).startsWith("HTTP/1.1 200");
        edge.record();
        seen.clear();
        edge.now.updateAndGet(now -> now.plus(Duration.ofSeconds(1)));
        String refused = exchange(authorized("{}"));
        assertThat(refused).contains("issued 600 s ago (expected: less than 600 s)");
        assertRefused(refused, "token.expired", 401);
    }

    @Test
    void aNewerTokenEndsTheOlderOneAfterAGrace() throws Exception {
        learn();
        answer = IDENTITY.replace(TOKEN, "tok-of-the-second-identity");
        assertThat(exchange("POST /api/v2/guests/identities HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                        + "Content-Length: 18\r\n\r\n{\"purpose\":\"chat\"}"))
                .startsWith("HTTP/1.1 200");
        edge.record();
        edge.now.updateAndGet(now -> now.plus(Duration.ofSeconds(29)));
        assertThat(exchange(authorized("{}"))).startsWith("HTTP/1.1 200");
        edge.record();
        seen.clear();
        edge.now.updateAndGet(now -> now.plus(Duration.ofSeconds(1)));
        assertRefused(exchange(authorized("{}")), "token.superseded", 401);
    }

    @Test
    void anOpaqueTokenThatLooksLikeAJwtPasses() throws Exception {
        String jwt = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl";
        answer = IDENTITY.replace(TOKEN, jwt);
        exchange("POST /api/v2/guests/identities HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                + "Content-Length: 18\r\n\r\n{\"purpose\":\"chat\"}");
        edge.record();
        seen.clear();
        assertThat(exchange(message("Authorization: Bearer " + jwt + "\r\n", "{}")))
                .startsWith("HTTP/1.1 200");
        assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.CONFIRMED);
        assertThat(seen.poll()).contains("Authorization: Bearer " + jwt + "\r\n");
    }

    @Test
    void anAnswerWithoutATokenPassesAsItIs() throws Exception {
        answer = "{\"unexpected\":true}";
        assertThat(exchange("POST /api/v2/guests/identities HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                        + "Content-Length: 18\r\n\r\n{\"purpose\":\"chat\"}"))
                .endsWith("\r\n\r\n" + answer);
        ExchangeRecord record = edge.record();
        assertThat(record.tokenCheck()).isEqualTo(TokenCheck.NONE);
        assertThat(record.detail()).startsWith("no session learned: answer: no token");
    }

    @ParameterizedTest
    @CsvSource({"/api/v2/guests;x=1/messages", "/api/v2//guests/messages", "/api/v2/%67uests/messages"})
    void anotherSpellingOfAGuardedPathIsGuarded(String path) throws Exception {
        assertRefused(
                exchange("POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
                "auth.missing",
                401);
    }

    @Test
    void aRequestIdIsKeptWhenItIsValid() throws Exception {
        assertThat(exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: my-id/1\r\n\r\n"))
                .contains("\r\nx-request-id: my-id/1\r\n");
        assertThat(edge.record().requestId()).isEqualTo("my-id/1");
        assertThat(seen.poll()).contains("\r\nX-Request-Id: my-id/1\r\n");
        assertThat(exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: a b\r\n\r\n"))
                .containsPattern(
                        "\r\nx-request-id: [0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r\n");
        assertThat(edge.record().clientRequestId()).isEqualTo("a b");
        assertThat(seen.poll()).doesNotContain("a b");
    }

    @Test
    void aMalformedHeadKeepsItsRequestId() throws Exception {
        String refused = exchange("GET / HTTP/1.1\r\nX-Request-Id: mine-1\r\nBad : x\r\n\r\n");
        assertThat(refused).contains("\r\nx-request-id: mine-1\r\n", "\"contextId\":\"mine-1\"");
        assertThat(edge.record().requestId()).isEqualTo("mine-1");
    }

    @ParameterizedTest
    @CsvSource({
        TOKEN + ", Authorization: Bearer " + TOKEN,
        "id-" + TOKEN + ", Authorization: Bearer " + TOKEN,
        "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln, Accept: x",
        TOKEN + ", Authorization : Bearer " + TOKEN
    })
    void aTokenIsNoRequestId(String id, String field) throws Exception {
        answer = "{}";
        String response = exchange(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nx-request-id: " + id + "\r\n" + field + "\r\n\r\n");
        assertThat(response)
                .containsPattern("\r\nx-request-id: [0-9a-f-]{36}\r\n")
                .doesNotContain(id);
        assertThat(edge.record().toString()).doesNotContain(id);
    }

    @Test
    void aRefusalsBodyIsCounted() throws Exception {
        String refused = exchange(authorized("{}"));
        String body = refused.substring(refused.indexOf("\r\n\r\n") + 4);
        assertThat(edge.record().bytesOut()).isEqualTo(body.length()).isPositive();
    }
}
