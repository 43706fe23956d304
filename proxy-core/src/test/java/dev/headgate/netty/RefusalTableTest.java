package dev.headgate.netty;

import static dev.headgate.netty.Ask.chunked;
import static dev.headgate.netty.Ask.get;
import static dev.headgate.netty.Ask.message;
import static dev.headgate.netty.Ask.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.netty.EachProtocol.Http1Only;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.OrganizationFate;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.WireClient.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each reason that the gate can give: refused as the contract says and unseen upstream; and its accepted twin. */
@EachProtocol
class RefusalTableTest {
    /** A request of one guest, who may know another one. */
    private interface Bytes {
        String of(Guest me, Guest other);
    }

    private record Pair(Reason reason, String detail, Bytes refused, Bytes accepted) {
        @Override
        public String toString() {
            return reason + " (" + detail + ")";
        }
    }

    private static final String MESSAGES = "/api/v2/guests/messages";
    private static final String HISTORY = "/api/v2/guests/conversations";

    private GuardedEdge edge = new GuardedEdge();

    @BeforeEach
    void fresh() {
        edge.records.clear();
    }

    @AfterEach
    void close() {
        assertThat(edge.records).as("records beyond one for each request").isEmpty();
        edge.close();
    }

    private static Pair pair(Reason reason, String detail, Bytes refused, Bytes accepted) {
        return new Pair(reason, detail, refused, accepted);
    }

    private static String field(Guest me, String field) {
        return message(me.message(), me.bearer(), field);
    }

    private static Stream<Pair> heads() {
        return Stream.of(
                pair(
                        Reason.HEAD_MALFORMED,
                        "whitespace before the colon",
                        (me, other) -> field(me, "X-A : b"),
                        (me, other) -> field(me, "X-A: b")),
                pair(
                        Reason.HEAD_MALFORMED,
                        "obs-fold",
                        (me, other) -> field(me, "X-A: b\r\n c"),
                        (me, other) -> field(me, "X-A: b c")),
                pair(
                        Reason.HEAD_MALFORMED,
                        "control",
                        (me, other) -> field(me, "X-A: b\0c"),
                        (me, other) -> field(me, "X-A: b\tc")),
                pair(
                        Reason.HEAD_TOO_LARGE,
                        "more than 32768 bytes",
                        (me, other) -> field(me, "X-A: " + "b".repeat(33_000)),
                        (me, other) -> field(me, "X-A: " + "b".repeat(30_000))),
                pair(
                        Reason.HEAD_TOO_LARGE,
                        "fields: more than 100",
                        (me, other) -> field(me, "X-A: b\r\n".repeat(97) + "X-A: b"),
                        (me, other) -> field(me, "X-A: b\r\n".repeat(94) + "X-A: b")),
                pair(
                        Reason.FRAMING_AMBIGUOUS,
                        "Content-Length beside Transfer-Encoding",
                        (me, other) -> field(me, "Transfer-Encoding: chunked"),
                        (me, other) -> chunked(message(me.message(), me.bearer()), 7, "")),
                pair(
                        Reason.FRAMING_AMBIGUOUS,
                        "several Content-Length",
                        (me, other) -> field(me, "Content-Length: 1"),
                        (me, other) -> field(me, "X-Content-Length: 1")),
                pair(
                        Reason.FRAMING_AMBIGUOUS,
                        "expected: chunked, once",
                        (me, other) -> chunked(message(me.message(), me.bearer()), 7, "")
                                .replace("Encoding: chunked", "Encoding: gzip, chunked"),
                        (me, other) -> chunked(message(me.message(), me.bearer()), 7, "")
                                .replace("Encoding: chunked", "Encoding: CHUNKED")),
                pair(
                        Reason.FRAMING_AMBIGUOUS,
                        "chunk size",
                        (me, other) -> chunked(message(me.message(), me.bearer()), 7, "")
                                .replace("\r\n0\r\n", "\r\n-0\r\n"),
                        (me, other) -> chunked(message(me.message(), me.bearer()), 7, "")
                                .replace("\r\n0\r\n", "\r\n000\r\n")),
                pair(
                        Reason.HOST_INVALID,
                        "missing",
                        (me, other) -> field(me, "X-A: b").replace("Host:", "X-Host:"),
                        (me, other) -> field(me, "X-A: b").replace("Host:", "hOST:")),
                pair(
                        Reason.HOST_INVALID,
                        "several",
                        (me, other) -> field(me, "Host: edge.example"),
                        (me, other) -> field(me, "X-Host: edge.example")),
                pair(
                        Reason.HOST_INVALID,
                        "malformed",
                        (me, other) -> field(me, "X-A: b").replace("edge.example", "me@edge.example"),
                        (me, other) -> field(me, "X-A: b").replace("edge.example", "[::1]:8080")),
                pair(
                        Reason.HOST_INVALID,
                        "differs from the target's authority",
                        (me, other) -> field(me, "X-A: b").replace("POST /", "POST http://other.example/"),
                        (me, other) -> field(me, "X-A: b").replace("POST /", "POST http://edge.example/")),
                pair(
                        Reason.AUTH_FOLDED,
                        "goes on in a second line",
                        (me, other) -> message(me.message(), me.bearer().replace("Bearer ", "Bearer\r\n ")),
                        (me, other) -> message(me.message(), me.bearer())),
                pair(
                        Reason.TRAILER_FORBIDDEN,
                        "authorization",
                        (me, other) -> chunked(message(me.message(), me.bearer()), 9, other.bearer() + "\r\n"),
                        (me, other) -> chunked(message(me.message(), me.bearer()), 9, "X-Checksum: 1\r\n")),
                pair(
                        Reason.TRAILER_FORBIDDEN,
                        "x-genesys-cloud-id",
                        (me, other) -> chunked(message(me.message(), me.bearer()), 9, "X_Genesys-Cloud_Id: 1\r\n"),
                        (me, other) -> chunked(message(me.message(), me.bearer()), 9, "X-Genesys: 1\r\n")),
                pair(
                        Reason.TRAILER_FORBIDDEN,
                        "x-genesys-cloud-id",
                        (me, other) -> chunked(message(me.message(), me.bearer()), 9, "x.genesys.cloud.id: 1\r\n"),
                        (me, other) -> chunked(message(me.message(), me.bearer()), 9, "x.genesys: 1\r\n")));
    }

    private static Stream<Pair> credentials() {
        return Stream.of(
                pair(
                        Reason.AUTH_MISSING,
                        "Authorization: absent",
                        (me, other) -> message(me.message()),
                        (me, other) -> message(me.message(), me.bearer())),
                pair(
                        Reason.AUTH_MISSING,
                        "came through CloudFront",
                        (me, other) -> message(me.message(), "X-Amz-Cf-Id: abc"),
                        (me, other) -> message(me.message(), "X-Amz-Cf-Id: abc", me.bearer())),
                pair(
                        Reason.AUTH_MISSING,
                        "came through CloudFront",
                        (me, other) -> message(me.message(), "Via: 1.1 abc.cloudfront.net (CloudFront)"),
                        (me, other) -> message(me.message(), "Via: 1.1 abc.cloudfront.net (CloudFront)", me.bearer())),
                pair(
                        Reason.AUTH_MISSING,
                        "Next.js middleware",
                        (me, other) -> message(me.message(), "X-Middleware-Rewrite: /"),
                        (me, other) -> message(me.message(), "X-Middleware-Rewrite: /", me.bearer())),
                pair(
                        Reason.AUTH_MISSING,
                        "another proxy (Via)",
                        (me, other) -> get(HISTORY, "Via: 1.1 nginx"),
                        (me, other) -> get(HISTORY, "Via: 1.1 nginx", me.bearer())),
                pair(
                        Reason.AUTH_DUPLICATE,
                        "2 fields",
                        (me, other) -> message(me.message(), me.bearer(), other.bearer()),
                        (me, other) -> message(me.message(), me.bearer(), "X-" + other.bearer())),
                pair(
                        Reason.AUTH_DUPLICATE,
                        "2 fields",
                        (me, other) ->
                                message(me.message(), me.bearer(), me.bearer().replace("Auth", "auth")),
                        (me, other) -> message(me.message(), me.bearer().replace("Auth", "AUTH"))),
                pair(
                        Reason.AUTH_MALFORMED,
                        "no token after the scheme",
                        (me, other) -> message(me.message(), "Authorization: Bearer"),
                        (me, other) -> message(me.message(), me.bearer())),
                pair(
                        Reason.AUTH_MALFORMED,
                        "no token after the scheme",
                        (me, other) -> message(me.message(), "Authorization:"),
                        (me, other) -> message(me.message(), me.bearer().replace(": ", ":"))),
                pair(
                        Reason.AUTH_MALFORMED,
                        "no scheme before the token (expected: bearer)",
                        (me, other) -> message(me.message(), "Authorization: " + me.token()),
                        (me, other) -> message(me.message(), "Authorization: bEARER " + me.token())),
                pair(
                        Reason.AUTH_MALFORMED,
                        "a scheme that this endpoint does not take (expected: bearer)",
                        (me, other) -> message(me.message(), "Authorization: Basic " + me.token()),
                        (me, other) -> get("/elsewhere", "Authorization: Basic " + me.token())),
                pair(
                        Reason.AUTH_MALFORMED,
                        "more than one word after the scheme",
                        (me, other) -> message(me.message(), "Authorization: Bearer Bearer " + me.token()),
                        (me, other) -> message(me.message(), "Authorization: Bearer   " + me.token() + "  ")),
                pair(
                        Reason.TOKEN_UNKNOWN,
                        "no identity answer with it has passed here",
                        (me, other) -> message(me.message(), me.bearer() + "x"),
                        (me, other) -> message(me.message(), me.bearer())),
                pair(
                        Reason.TOKEN_UNKNOWN,
                        "no identity answer with it has passed here",
                        (me, other) -> get(HISTORY, me.bearer().toUpperCase(java.util.Locale.ROOT)),
                        (me, other) -> get(HISTORY, me.bearer())));
    }

    private static Stream<Pair> sessions() {
        return Stream.of(
                        new Named("guestId", Reason.SESSION_GUEST, Guest::guestId),
                        new Named("conversationId", Reason.SESSION_CONVERSATION, Guest::conversationId),
                        new Named("webChatSessionId", Reason.SESSION_CHAT, Guest::chatId),
                        new Named("divisionId", Reason.SESSION_DIVISION, Guest::divisionId))
                .flatMap(RefusalTableTest::mismatches);
    }

    private record Named(String name, Reason reason, java.util.function.Function<Guest, String> id) {}

    private static Stream<Pair> mismatches(Named id) {
        Bytes body = (me, other) ->
                message(me.message().replace(id.id().apply(me), id.id().apply(other)), me.bearer());
        Bytes query = (me, other) ->
                get(HISTORY + "?page=1&" + id.name() + "=" + id.id().apply(other), me.bearer());
        Bytes sameInQuery = (me, other) ->
                get(HISTORY + "?page=1&" + id.name() + "=" + id.id().apply(me), me.bearer());
        Bytes escapedName = (me, other) -> get(
                HISTORY + "?%" + Integer.toHexString(id.name().charAt(0))
                        + id.name().substring(1) + "=" + id.id().apply(other),
                me.bearer());
        Bytes second = (me, other) -> get(
                HISTORY + "?" + id.name() + "=" + id.id().apply(me) + "&" + id.name() + "="
                        + id.id().apply(other),
                me.bearer());
        Bytes both = (me, other) -> post(
                MESSAGES + "?" + id.name() + "=" + id.id().apply(other),
                me.message(),
                me.bearer(),
                "Content-Type: application/json");
        Bytes alone =
                (me, other) -> message("{\"" + id.name() + "\":\"" + id.id().apply(other) + "\"}", me.bearer());
        Bytes sameAlone =
                (me, other) -> message("{\"" + id.name() + "\":\"" + id.id().apply(me) + "\"}", me.bearer());
        Bytes escaped = (me, other) -> message(
                String.format("{\"\\u%04x", (int) id.name().charAt(0))
                        + id.name().substring(1) + "\":\"" + id.id().apply(other) + "\"}",
                me.bearer());
        Bytes absent = (me, other) -> message("{\"text\":\"hi\"}", me.bearer());
        Bytes isNull = (me, other) -> message("{\"" + id.name() + "\":null}", me.bearer());
        Bytes nested = (me, other) ->
                message("{\"to\":{\"" + id.name() + "\":\"" + id.id().apply(other) + "\"}}", me.bearer());
        Bytes number = (me, other) -> message("{\"" + id.name() + "\":12345}", me.bearer());
        Bytes array = (me, other) -> message(
                "{\"" + id.name() + "\":[\"" + id.id().apply(me) + "\",\""
                        + id.id().apply(other) + "\"]}",
                me.bearer());
        String where = id.name() + " in the ";
        return Stream.of(
                pair(id.reason(), where + "body", body, (me, other) -> message(me.message(), me.bearer())),
                pair(id.reason(), where + "query", query, sameInQuery),
                pair(id.reason(), where + "query", escapedName, sameInQuery),
                pair(
                        id.reason(),
                        where + "query",
                        second,
                        (me, other) -> get(HISTORY + "?" + id.name() + "=", me.bearer())),
                pair(id.reason(), where + "query", both, (me, other) -> get(HISTORY + "?" + id.name(), me.bearer())),
                pair(id.reason(), where + "body", alone, sameAlone),
                pair(id.reason(), where + "body", escaped, absent),
                pair(id.reason(), where + "body", number, isNull),
                pair(id.reason(), where + "body", array, nested));
    }

    private static final String OK = "{\"text\":\"hi\"}";

    private static Pair unreadable(String detail, String refused, String accepted) {
        return pair(
                Reason.BODY_UNREADABLE,
                detail,
                (me, other) -> message(refused.replace("GUEST", me.guestId()), me.bearer()),
                (me, other) -> message(accepted.replace("GUEST", me.guestId()), me.bearer()));
    }

    private static String utf16(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static Stream<Pair> bodies() {
        String large = "{\"text\":\"" + "x".repeat(64 * 1024 - 11) + "\"}";
        return Stream.of(
                unreadable("no JSON object", "", OK),
                unreadable("no well-formed JSON", "guestId=GUEST", OK),
                unreadable("no JSON object", "[{\"guestId\":\"GUEST\"}]", "{\"list\":[{\"guestId\":\"x\"}]}"),
                unreadable("no JSON object", "\"text\"", " \r\n\t{}\n"),
                unreadable("no well-formed JSON", "{\"guestId\":\"GUEST\"", "{\"guestId\":\"GUEST\"}"),
                unreadable("no well-formed JSON", "{'guestId':'GUEST'}", "{\"guestId\":\"GUEST\"}"),
                unreadable("no well-formed JSON", "{\"a\":1,}", "{\"a\":1}"),
                unreadable("no well-formed JSON", "{\"a\":1/**/}", "{\"a\":\"1/**/\"}"),
                unreadable("something follows", "{}{\"guestId\":\"GUEST\"}", "{} "),
                unreadable(
                        "/guestId appears twice",
                        "{\"guestId\":\"GUEST\",\"guestId\":\"GUEST\"}",
                        "{\"guestId\":\"GUEST\",\"guestid\":\"GUEST\"}"),
                unreadable(
                        "/guestId appears twice",
                        "{\"guestId\":null,\"\\u0067uestId\":\"GUEST\"}",
                        "{\"\\u0067uestId\":\"GUEST\"}"),
                unreadable("is an object", "{\"guestId\":{\"id\":\"GUEST\"}}", "{\"guestId\":[\"GUEST\"]}"),
                unreadable("is a nested array", "{\"guestId\":[[\"GUEST\"]]}", "{\"guestId\":[]}"),
                unreadable("a NUL", utf16(OK), OK),
                unreadable("a byte order mark", "\u00ef\u00bb\u00bf" + OK, OK),
                unreadable("no UTF-8", "{\"text\":\"\u00e9\"}", "{\"text\":\"\u00c3\u00a9\"}"),
                unreadable("no UTF-8", "{\"text\":\"\u00c0\u00af\"}", "{\"text\":\"/\"}"),
                unreadable(
                        "no well-formed JSON",
                        "{\"a\":" + "[".repeat(70) + "]".repeat(70) + "}",
                        "{\"a\":" + "[".repeat(50) + "]".repeat(50) + "}"),
                unreadable(
                        "no well-formed JSON",
                        "{\"guestId\":" + "9".repeat(2000) + "}",
                        "{\"a\":99999999999999999999}"),
                pair(
                        Reason.BODY_UNREADABLE,
                        "Content-Encoding",
                        (me, other) -> message(OK, me.bearer(), "Content-Encoding: gzip"),
                        (me, other) -> message(OK, me.bearer(), "Content-Encoding: identity")),
                pair(
                        Reason.BODY_UNREADABLE,
                        "Content-Encoding",
                        (me, other) ->
                                message(OK, me.bearer(), "Content-Encoding: identity", "Content-Encoding: deflate"),
                        (me, other) -> get(HISTORY, me.bearer(), "Content-Encoding: gzip")),
                charset("utf-16", "utf-8"),
                charset("\"UTF-7\"", "\"UTF-8\""),
                charset("ibm037", "iso-8859-1"),
                pair(
                        Reason.SESSION_GUEST,
                        "guestId in the body",
                        (me, other) -> typed(other.message(), me, "text/plain", "application/json"),
                        (me, other) -> typed(me.message(), me, "text/plain", "application/json")),
                pair(
                        Reason.SESSION_GUEST,
                        "guestId in the body",
                        (me, other) -> typed(other.message(), me, "application/vnd.genesys+JSON"),
                        (me, other) -> typed(me.message(), me, "application/vnd.genesys+JSON")),
                pair(
                        Reason.SESSION_GUEST,
                        "guestId in the body",
                        (me, other) -> typed(other.message(), me),
                        (me, other) -> typed(me.message(), me)),
                pair(
                        Reason.BODY_UNREADABLE,
                        "no well-formed JSON",
                        (me, other) -> typed("--boundary", me),
                        (me, other) -> typed("--boundary", me, "multipart/form-data")),
                pair(
                        Reason.BODY_TOO_LARGE,
                        "limits.checkedBody",
                        (me, other) -> message(large + " ", me.bearer()),
                        (me, other) -> message(large, me.bearer())),
                pair(
                        Reason.BODY_TOO_LARGE,
                        "limits.checkedBody",
                        (me, other) -> chunked(message(large + " ", me.bearer()), 4096, ""),
                        (me, other) -> chunked(message(large, me.bearer()), 4096, "")));
    }

    private static Pair charset(String refused, String accepted) {
        return pair(
                Reason.BODY_UNREADABLE,
                "charset",
                (me, other) -> message(me.message(), me.bearer()).replace("/json", "/json; Charset=" + refused),
                (me, other) -> message(me.message(), me.bearer()).replace("/json", "/json;charset=" + accepted));
    }

    /** To an endpoint that takes bodies of any type. */
    private static String typed(String body, Guest me, String... types) {
        String[] fields = {me.bearer()};
        for (String type : types) {
            fields = Ask.and(fields, "Content-Type: " + type);
        }
        return post("/api/v2/guests/files", body, fields);
    }

    private static Stream<Pair> all() {
        return Stream.of(heads(), credentials(), sessions(), bodies()).flatMap(s -> s);
    }

    static Set<Reason> reasons() {
        return all().map(Pair::reason).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("all")
    void refusedAndUnseenAndItsTwinAccepted(Pair pair) throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();

        Answer refused = edge.ask(pair.refused().of(me, other));
        ExchangeRecord record = edge.record();

        Refusals.check(refused, pair.reason(), pair.detail(), record);
        assertThat(record.authorization()).isIn(AuthorizationFate.UNSENT, AuthorizationFate.ABSENT);
        assertThat(edge.api.seen).as("requests that the upstream saw").isEmpty();

        String twin = pair.accepted().of(me, other);
        Answer accepted = edge.ask(twin);
        assertThat(accepted.status()).as(accepted.head()).isEqualTo(200);
        assertThat(edge.record().verdict()).isEqualTo(VerdictKind.ALLOW);
        assertThat(edge.api.seen).hasSize(1);
        assertThat(edge.api.seen.get(0).values("X-Genesys-Cloud-Id")).containsExactly(GuardedEdge.ORGANIZATION);
    }

    @ParameterizedTest
    @MethodSource("all")
    void observingForwardsAllButWhatReadsInTwoWays(Pair pair) throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        edge.use(GuardedEdge.settings(true), Policy.OBSERVE);

        String request = pair.refused().of(me, other);
        Answer answer = edge.ask(request);
        ExchangeRecord record = edge.record();

        String family = pair.reason().code().replaceAll("\\..*", "");
        boolean never =
                List.of("head", "framing", "host", "trailer").contains(family) || pair.reason() == Reason.AUTH_FOLDED;
        assertThat(pair.reason().isObservable()).isEqualTo(!never);
        if (never) {
            Refusals.check(answer, pair.reason(), pair.detail(), record);
            assertThat(edge.api.seen).isEmpty();
            return;
        }
        assertThat(answer.status()).isEqualTo(200);
        assertThat(record.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        assertThat(record.reason()).isEqualTo(pair.reason());
        assertThat(record.detail()).contains(pair.detail());
        assertThat(edge.api.seen).hasSize(1);
        assertThat(record.authorization())
                .isEqualTo(
                        request.toLowerCase(java.util.Locale.ROOT).contains("\r\nauthorization:")
                                ? AuthorizationFate.INTACT
                                : AuthorizationFate.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "HOST",
                "content-length",
                "Content-Type",
                "content-encoding",
                "cookie",
                "Origin",
                "expect",
                "Forwarded",
                "x-forwarded-for",
                "X-Forwarded-Host",
                "x-forwarded-proto",
                "traceparent",
                "x-request-id",
                "X-Genesys-Cloud-Id",
                "Transfer-Encoding"
            })
    void noGuardedFieldIsNominated(String name) throws Exception {
        Guest me = edge.newGuest();
        for (String list : List.of(name, "keep-alive, " + name, name + ",close", " ,, " + name + " ,")) {
            Answer refused = edge.ask(field(me, "Connection: " + list));
            Refusals.check(refused, Reason.FIELD_NOMINATED, "Connection: ", edge.record());
        }
        Answer second = edge.ask(field(me, "Connection: keep-alive\r\nConnection: " + name));
        Refusals.check(second, Reason.FIELD_NOMINATED, "Connection: ", edge.record());
        assertThat(edge.api.seen).isEmpty();

        assertThat(edge.ask(field(me, "Connection: x-" + name + "\r\nX-" + name + ": gone\r\nX-Other: stays"))
                        .status())
                .isEqualTo(200);
        edge.record();
        assertThat(edge.api.seen.get(0).values("X-" + name)).isEmpty();
        assertThat(edge.api.seen.get(0).values("X-Other")).containsExactly("stays");
        assertThat(edge.api.seen.get(0).values("Authorization")).containsExactly("Bearer " + me.token());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X_Genesys_Cloud_Id", "x-genesys_cloud-id", "X.Genesys.Cloud.Id", "x_request_id", "X-Request.Id",
                "Content_Length", "content.type", "CONTENT_ENCODING", "x_forwarded_for", "x-forwarded.host",
                "Transfer_Encoding"
            })
    void noFieldImitatesAGuardedOne(String name) throws Exception {
        Guest me = edge.newGuest();
        Answer refused = edge.ask(field(me, name + ": 7"));
        Refusals.check(refused, Reason.FIELD_ALIAS, Spoken.current.name(name) + ": reads as ", edge.record());
        assertThat(edge.api.seen).isEmpty();
        assertThat(edge.ask(field(me, name + "s: 7")).status()).isEqualTo(200);
        edge.record();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[REDACTED]", "[redacted]", "undefined", "Undefined", "null", "NULL", "[object Object]", "$GUEST_TOKEN",
                "${GUEST_TOKEN}", "<token>", "<your token here>", "{{guest_token}}", "{token}", "None", "NaN", "nil",
                "[FILTERED]", "********"
            })
    void placeholdersAreNoCredentials(String literal) throws Exception {
        Guest me = edge.newGuest();
        for (String scheme : List.of("", "Bearer ", "bearer ", "BEARER  ", "Basic ")) {
            Answer refused = edge.ask(message(me.message(), "Authorization: " + scheme + literal));
            Refusals.check(refused, Reason.AUTH_PLACEHOLDER, "placeholder", edge.record());
        }
        assertThat(edge.api.seen).isEmpty();
        assertThat(edge.ask(get("/elsewhere", "Authorization: Bearer " + literal))
                        .status())
                .as("a route without a profile demands nothing")
                .isEqualTo(200);
        edge.record();
    }

    @Test
    void anotherOrganizationIsReplacedOrRefused() throws Exception {
        Guest me = edge.newGuest();
        String theirs = "X-GENESYS-cloud-id: 11111111-0000-4000-8000-000000000000";
        assertThat(edge.ask(field(me, theirs)).status()).isEqualTo(200);
        assertThat(edge.record().organization()).isEqualTo(OrganizationFate.REPLACED);
        assertThat(edge.ask(field(me, "X-Genesys-Cloud-Id: " + GuardedEdge.ORGANIZATION))
                        .status())
                .isEqualTo(200);
        assertThat(edge.record().organization()).isEqualTo(OrganizationFate.KEPT);
        assertThat(edge.ask(field(me, "X-A: b")).status()).isEqualTo(200);
        assertThat(edge.record().organization()).isEqualTo(OrganizationFate.ADDED);
        assertThat(edge.api.seen)
                .hasSize(3)
                .allSatisfy(seen ->
                        assertThat(seen.values("x-genesys-cloud-id")).containsExactly(GuardedEdge.ORGANIZATION));

        edge.use(GuardedEdge.settings(true));
        for (String fields : List.of(theirs, "X-Genesys-Cloud-Id: " + GuardedEdge.ORGANIZATION + "\r\n" + theirs)) {
            Answer refused = edge.ask(field(me, fields));
            ExchangeRecord record = edge.record();
            Refusals.check(refused, Reason.ORG_MISMATCH, "another id than the configured one", record);
            assertThat(record.organization()).isEqualTo(OrganizationFate.REFUSED);
        }
        assertThat(edge.api.seen).hasSize(3);
        assertThat(edge.ask(field(me, "X-Genesys-Cloud-Id: " + GuardedEdge.ORGANIZATION))
                        .status())
                .isEqualTo(200);
        edge.record();
    }

    @Test
    void aTokenExpiresAtItsVeryMillisecond() throws Exception {
        Guest me = edge.newGuest();
        String request = message(me.message(), me.bearer());
        edge.advance(Duration.ofMinutes(15).minusMillis(1));
        assertThat(edge.ask(request).status()).isEqualTo(200);
        assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.CONFIRMED);
        edge.advance(Duration.ofMillis(1));
        Answer refused = edge.ask(request);
        ExchangeRecord record = edge.record();
        Refusals.check(
                refused, Reason.TOKEN_EXPIRED, "issued 900 s ago (expected: less than 900 s, which is assumed", record);
        assertThat(record.tokenCheck()).isEqualTo(TokenCheck.STALE);
        assertThat(record.sessionAgeMillis()).isEqualTo(900_000);
        assertThat(edge.api.seen).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"expiresIn\":60', 60",
        "'\"expires_in\":\"60\"', 60",
        "'\"expiresAt\":\"2026-11-01T00:01:00Z\"', 60",
        "'\"expiresAt\":\"2026-11-01T02:01:00+02:00\"', 60",
        "'\"expiresIn\":60,\"expiresAt\":\"2026-11-01T01:00:00Z\"', 60",
        "'\"expiresIn\":\"soon\"', 900",
        "'\"expiresIn\":1e300', 900",
        "'\"expiresAt\":\"tomorrow\"', 900",
        "'\"expiresIn\":null', 900"
    })
    void theAnswerTellsTheLifetime(String member, int seconds) throws Exception {
        Guest me = GuestApi.newGuest();
        edge.api.script = seen -> seen.line().contains("identities")
                ? List.of(GuestApi.identity(me, "," + member))
                : GuestApi.usual(seen);
        edge.newGuest();
        edge.advance(Duration.ofSeconds(seconds).minusMillis(1));
        assertThat(edge.ask(message(me.message(), me.bearer())).status()).isEqualTo(200);
        edge.record();
        edge.advance(Duration.ofMillis(1));
        Answer refused = edge.ask(message(me.message(), me.bearer()));
        Refusals.check(refused, Reason.TOKEN_EXPIRED, "less than " + seconds + " s", edge.record());
        assertThat(edge.api.seen).hasSize(1);
    }

    @Test
    void aNewerTokenOfTheSameGuestEndsTheOlderOneAfterAGrace() throws Exception {
        Guest old = edge.newGuest();
        Guest stranger = edge.newGuest();
        Guest next =
                new Guest("next-" + old.token(), old.guestId(), old.conversationId(), old.chatId(), old.divisionId());
        edge.api.script = seen ->
                seen.line().contains("identities") ? List.of(GuestApi.identity(next, "")) : GuestApi.usual(seen);
        edge.newGuest();
        edge.advance(Duration.ofMillis(29_999));
        assertThat(edge.ask(message(old.message(), old.bearer())).status()).isEqualTo(200);
        edge.record();
        edge.advance(Duration.ofMillis(1));
        Answer refused = edge.ask(message(old.message(), old.bearer()));
        Refusals.check(
                refused, Reason.TOKEN_SUPERSEDED, "a newer one was issued for its guest 30 s ago", edge.record());
        assertThat(edge.api.seen).hasSize(1);
        for (Guest fine : List.of(next, stranger)) {
            assertThat(edge.ask(message(fine.message(), fine.bearer())).status())
                    .isEqualTo(200);
            edge.record();
        }
    }

    @Test
    void unknownTokensPassWhereTheyAreAllowed() throws Exception {
        edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
        Guest unknown = GuestApi.newGuest();
        assertThat(edge.ask(message(unknown.message(), unknown.bearer())).status())
                .isEqualTo(200);
        ExchangeRecord record = edge.record();
        assertThat(record.verdict()).isEqualTo(VerdictKind.ALLOW);
        assertThat(record.tokenCheck()).isEqualTo(TokenCheck.UNKNOWN);
        Guest me = edge.newGuest();
        Answer refused = edge.ask(message(unknown.message(), me.bearer()));
        Refusals.check(refused, Reason.SESSION_GUEST, "guestId in the body", edge.record());
    }

    /** A UUID is the same in either case (RFC 9562 section 4). */
    @Test
    void anIdMayBeSpeltInEitherCase() throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        String loud = "{\"guestId\":\"" + me.guestId().toUpperCase(java.util.Locale.ROOT) + "\"}";
        assertThat(edge.ask(message(loud, me.bearer())).status()).isEqualTo(200);
        edge.record();
        assertThat(edge.api.seen.get(0).body()).isEqualTo(loud);
        Refusals.check(edge.ask(message(loud, other.bearer())), Reason.SESSION_GUEST, "guestId", edge.record());
    }

    @Test
    void preflightsNeedNoCredential() throws Exception {
        String method = "Access-Control-Request-Method: POST";
        Answer answer = edge.ask(Ask.request("OPTIONS", MESSAGES, null, "Origin: https://shop.example", method));
        assertThat(answer.status()).isEqualTo(200);
        edge.record();
        assertThat(edge.api.seen).hasSize(1);
        for (String request : List.of(
                Ask.request("OPTIONS", MESSAGES, null, "Origin: https://shop.example"),
                get(HISTORY, method),
                Ask.request("OPTIONS", MESSAGES, null, method, "X-HTTP-Method-Override: POST"),
                Ask.request("OPTIONS", MESSAGES, null, method, "X_HTTP_Method_Override: POST"))) {
            Refusals.check(edge.ask(request), Reason.AUTH_MISSING, "absent", edge.record());
        }
        assertThat(edge.api.seen).hasSize(1);
    }

    @Test
    void aTokenIsOpaqueHoweverItLooks() throws Exception {
        String[] looks = {
            "eyJhbGciOiJub25lIn0.eyJzdWIiOjF9.",
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln",
            "a",
            "~+/=:@%&,;\"\\",
            "x".repeat(16_000),
            "\u00e4\u00f6\u00fc"
        };
        for (String look : looks) {
            Guest some = GuestApi.newGuest();
            Guest me = new Guest(look, some.guestId(), some.conversationId(), some.chatId(), some.divisionId());
            String told = look.replace("\\", "\\\\").replace("\"", "\\\"");
            boolean ascii = look.chars().allMatch(c -> c < 128);
            byte[] utf8 = told.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            Guest onWire = new Guest(
                    new String(utf8, java.nio.charset.StandardCharsets.ISO_8859_1),
                    me.guestId(),
                    me.conversationId(),
                    me.chatId(),
                    me.divisionId());
            edge.api.script = seen ->
                    seen.line().contains("identities") ? List.of(GuestApi.identity(onWire, "")) : GuestApi.usual(seen);
            edge.ask(Ask.identity());
            edge.record();
            edge.api.seen.clear();
            String bearer = "Authorization: Bearer " + (ascii ? look : onWire.token());
            assertThat(edge.ask(message(me.message(), bearer)).status()).isEqualTo(200);
            assertThat(edge.record().authorization()).isEqualTo(AuthorizationFate.INTACT);
            assertThat(edge.api.seen.get(0).head())
                    .contains("\r\n" + bearer.replace("Authorization", Spoken.current.name("Authorization")) + "\r\n");
        }
    }

    @Test
    void aBodyMayComeByteByByteAndAfterContinue() throws Exception {
        Guest me = edge.newGuest();
        Guest other = edge.newGuest();
        String good = chunked(message(me.message(), me.bearer()), 1, "");
        String bad = chunked(message(other.message(), me.bearer()), 1, "");
        try (WireClient client = edge.connect()) {
            assertThat(client.sendSlowly(good).read().status()).isEqualTo(200);
            edge.record();
            assertThat(edge.api.seen.get(0).body()).isEqualTo(me.message());
            Refusals.check(client.sendSlowly(bad).read(), Reason.SESSION_GUEST, "guestId", edge.record());
        }
        for (Guest who : List.of(me, other)) {
            String request = message(who.message(), me.bearer(), "Expect: 100-continue");
            int body = request.indexOf("\r\n\r\n") + 4;
            try (WireClient client = edge.connect()) {
                assertThat(client.send(request.substring(0, body)).read().status())
                        .isEqualTo(100);
                Answer answer = client.send(request.substring(body)).read();
                assertThat(answer.status()).isEqualTo(who == me ? 200 : 403);
                edge.record();
            }
        }
        assertThat(edge.api.seen).hasSize(2);
        assertThat(edge.api.seen.get(1).values("Expect")).isEmpty();
    }

    @Test
    void anUnauthorisedClientIsNotToldToContinue() throws Exception {
        String request = message("{}", "Expect: 100-continue");
        try (WireClient client = edge.connect()) {
            Answer answer = client.send(request.substring(0, request.indexOf("\r\n\r\n") + 4))
                    .read();
            Refusals.check(answer, Reason.AUTH_MISSING, "absent", edge.record());
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Http1Only
    @Test
    void aRefusedRequestLeavesItsConnectionUsable() throws Exception {
        Guest me = edge.newGuest();
        try (WireClient client = edge.connect()) {
            client.send(message(me.message()) + message(me.message(), me.bearer()) + get(HISTORY));
            Refusals.check(client.read(), Reason.AUTH_MISSING, "absent", edge.record());
            assertThat(client.read().status()).isEqualTo(200);
            edge.record();
            Refusals.check(client.read(), Reason.AUTH_MISSING, "absent", edge.record());
        }
        assertThat(edge.api.seen).hasSize(1);
    }

    @Test
    void theClientsRequestIdIsKeptInARefusal() throws Exception {
        Answer answer = edge.ask(message("{}", "x-request-id: support-4711"));
        assertThat(answer.value("x-request-id")).isEqualTo("support-4711");
        assertThat(GuardedEdge.member(answer.body(), "contextId")).isEqualTo("support-4711");
        assertThat(edge.record().requestId()).isEqualTo("support-4711");
        Answer malformed = edge.ask("GET / HTTP/1.1\r\nx-request-id: support-4712\r\nHost : x\r\n\r\n");
        assertThat(malformed.value("x-headgate-reason")).isEqualTo("head.malformed");
        assertThat(malformed.value("x-request-id")).isEqualTo("support-4712");
        edge.record();
    }
}
