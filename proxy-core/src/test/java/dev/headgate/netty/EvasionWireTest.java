package dev.headgate.netty;

import static dev.headgate.netty.Ask.chunked;
import static dev.headgate.netty.Ask.get;
import static dev.headgate.netty.Ask.message;
import static dev.headgate.netty.Ask.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.EachProtocol.Http1Only;
import dev.headgate.netty.WireClient.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that tries to have a request read otherwise by the gate than by the upstream. */
@EachProtocol
class EvasionWireTest {
    private final GuardedEdge edge = new GuardedEdge();

    @AfterEach
    void close() {
        edge.close();
    }

    /** Whatever a server may take for the path of messages is guarded as such, with a body of any type. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v2/guests/messages",
                "/api/v2/guests/messages/",
                "/api//v2/guests//messages//",
                "/api/v2/guests/messages?x=1",
                "/api/v2/guests/messages/?x=1",
                "/%61pi/v2/guests/%6d%65ssages",
                "/api/v2/guests/messages;v=1",
                "/api/v2/guests;v=1/messages;",
                "/api/v2/guests/messages/;v=1",
                "http://edge.example/api/v2/guests/messages",
                "http://edge.example/api/v2/guests/messages//"
            })
    void everyReadingOfThePathIsGuarded(String target) throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        assertThat(reason(post(target, other.message(), me.bearer(), "Content-Type: text/plain")))
                .isEqualTo("session.guest");
        assertThat(reason(post(target, me.message()))).isEqualTo("auth.missing");
        assertThat(edge.api.seen).isEmpty();
        assertThat(reason(post(target, me.message(), me.bearer(), "Content-Type: text/plain")))
                .isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v2/x/../guests/messages",
                "/api/v2/guests/./messages",
                "/api/v2/guests/%2e/messages",
                "/api/v2/x/%2E%2e/guests/messages",
                "/api/v2/guests%2fmessages",
                "/api/v2/guests%2Fmessages",
                "/api/v2/guests%5cmessages",
                "/api/v2/guests\\messages",
                "/api/v2/guests/messages%00",
                "/api/v2/guests/..;/guests/messages",
                "//api/v2/guests/messages",
                "//other.example/api/v2/guests/messages",
                "///other.example/api/v2/guests/messages",
                "http://edge.example//other.example/api/v2/guests/messages",
                "/api/v2/guests/.;x/messages",
                "/api/v2/guests/messages%",
                "/api/v2/guests/messages%zz",
                "/api/v2/guests/messages#x",
                "/api/v2/guests/%c0%ae%c0%ae/messages",
                "api/v2/guests/messages",
                "*",
                "https:/api/v2/guests/messages",
                "ftp://edge.example/api/v2/guests/messages"
            })
    void aPathThatReadsInTwoWaysIsRefused(String target) throws Exception {
        Guest me = edge.newGuest();
        assertThat(reason(post(target, me.message(), me.bearer()))).isEqualTo("head.malformed");
        assertThat(edge.api.seen).isEmpty();
    }

    /** Bytes that could be taken for a second request stay the body of the first, or end the connection. */
    @Http1Only
    @Test
    void noRequestIsSmuggled() throws Exception {
        Guest me = edge.newGuest();
        String hidden = get("/hidden", me.bearer());
        List<String> attempts = List.of(
                post("/elsewhere", "0\r\n\r\n" + hidden, "Transfer-Encoding: chunked"),
                post("/elsewhere", "0\r\n\r\n" + hidden, "Transfer-Encoding:\tchunked"),
                post("/elsewhere", "0\r\n\r\n" + hidden, "Transfer_Encoding: chunked"),
                post("/elsewhere", "0\r\n\r\n" + hidden, "Transfer-Encoding : chunked"),
                post("/elsewhere", "0\r\n\r\n" + hidden, "Transfer-Encoding: xchunked"),
                post("/elsewhere", "0\r\n\r\n" + hidden, "X: y\nTransfer-Encoding: chunked"),
                post("/elsewhere", "0\r\n\r\n" + hidden, "X: y\rTransfer-Encoding: chunked"),
                post("/elsewhere", "0\r\n\r\n" + hidden, "Connection: transfer-encoding"),
                post("/elsewhere", "", "Content-Length: +5") + hidden,
                post("/elsewhere", "", "Content-Length: 0, 5") + hidden,
                post("/elsewhere", "", "Content-Length : 5") + hidden,
                "POST /elsewhere HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
                chunked(post("/elsewhere", "abc"), 3, "").replace("3\r\n", "3;x=\r\n") + hidden,
                chunked(post("/elsewhere", "abc"), 3, "").replace("3\r\n", "0x3\r\n") + hidden,
                chunked(post("/elsewhere", "abc"), 3, "").replace("3\r\n", "3\n") + hidden,
                chunked(post("/elsewhere", "abc"), 3, "").replace("abc\r\n", "abcd\r\n") + hidden,
                chunked(post("/elsewhere", "abc"), 3, "").replace("3\r\n", "ffffffffffffffff3\r\n") + hidden,
                chunked(post("/elsewhere", "abc"), 3, "Content-Length: 0\r\n") + hidden,
                chunked(post("/elsewhere", "abc"), 3, "x y: z\r\n") + hidden);
        for (String attempt : attempts) {
            try (Http1Client client = edge.connectHttp1()) {
                Answer first = client.send(attempt).read();
                assertThat(first.status()).as(attempt).isEqualTo(400);
                client.socket.shutdownOutput();
                assertThat(client.isEnded()).as(attempt).isTrue();
            }
            edge.records.clear();
        }
        assertThat(edge.api.seen).isEmpty();
    }

    /** One client's answers and credentials never reach another, though they share an upstream connection. */
    @Test
    void connectionsUpstreamCarryNothingOver() throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        edge.api.script = seen -> List.of(GuestApi.json(String.join(",", seen.values("Authorization"))));
        try (WireClient mine = edge.connect();
                WireClient theirs = edge.connect()) {
            for (int i = 0; i < 50; i++) {
                mine.send(message(me.message(), me.bearer()));
                theirs.send(i % 3 == 0 ? message(other.message()) : message(other.message(), other.bearer()));
                assertThat(mine.read().body()).isEqualTo("Bearer " + me.token());
                Answer answer = theirs.read();
                if (i % 3 == 0) {
                    assertThat(answer.value("x-headgate-reason")).isEqualTo("auth.missing");
                } else {
                    assertThat(answer.body()).isEqualTo("Bearer " + other.token());
                }
            }
            assertThat(mine.send(get("/elsewhere")).read().body()).isEmpty();
        }
    }

    @Test
    void idsAreFoundBehindSemicolonsAndPluses() throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        String path = "/api/v2/guests/conversations?";
        for (String query : List.of(
                "a=1;guestId=" + other.guestId(),
                "guestId=" + me.guestId() + ";guestId=" + other.guestId(),
                "guestId=" + me.guestId() + "+",
                "guestId=%zz",
                "&&guestId=" + other.guestId() + "&",
                "gu%65stI%64=" + other.guestId())) {
            assertThat(reason(get(path + query, me.bearer()))).as(query).isEqualTo("session.guest");
        }
        assertThat(edge.api.seen).isEmpty();
    }

    /** A server that guesses the type of a body without one guesses JSON. */
    @ParameterizedTest
    @ValueSource(strings = {"X-Other: 1", "Content-Type:", "Content-Type: \t", "Content-Type: Application/JSON"})
    void aBodyOfNoTypeIsRead(String type) throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        assertThat(reason(post("/api/v2/guests/files", other.message(), me.bearer(), type)))
                .isEqualTo("session.guest");
        assertThat(edge.api.seen).isEmpty();
    }

    /** Logs are lines: neither a path nor an id can end one. */
    @Test
    void nothingOfAClientBreaksALine() throws Exception {
        List<String> attempts = List.of(
                get("/%0d%0aforged", "x-request-id: a b"),
                get("/a\u001b[31m", "x-request-id: \u001b[31m"),
                get("/\u0085\u2028", "x-request-id: \u00e9\u0085"),
                get("/a", "x-request-id: " + "y".repeat(20_000)),
                get("/a", "traceparent: 00-" + "z".repeat(5000), "x-request-id: ok", "x-request-id: ok2"),
                "GET /\r\n x-request-id: \u0007\r\n\r\n");
        for (String attempt : attempts) {
            edge.ask(attempt);
            String record = edge.record().toString();
            assertThat(record.chars().allMatch(c -> c >= ' ' && c < 0x7f))
                    .as(record)
                    .isTrue();
            assertThat(record).hasSizeLessThan(1500);
        }
    }

    private String reason(String request) throws Exception {
        String reason = edge.ask(request).value("x-headgate-reason");
        edge.record();
        return reason == null ? "none" : reason;
    }
}
