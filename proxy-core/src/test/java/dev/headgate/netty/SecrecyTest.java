package dev.headgate.netty;

import static dev.headgate.netty.Ask.chunked;
import static dev.headgate.netty.Ask.get;
import static dev.headgate.netty.Ask.message;
import static dev.headgate.netty.Ask.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Gate;
import dev.headgate.gate.Policy;
import dev.headgate.gate.PresentedId;
import dev.headgate.gate.Target;
import dev.headgate.gate.check.Checks;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadParser;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.WireClient.Answer;
import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Profile;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wherever a client puts a token, and whatever becomes of the request, no output of the edge holds it. */
@EachProtocol
class SecrecyTest {
    /** Requests with that token in right and in wrong places. */
    private static List<String> requests(Guest guest) {
        String token = guest.token();
        String bearer = guest.bearer();
        List<String> requests = new ArrayList<>(List.of(
                message(guest.message(), bearer),
                message(guest.message(), bearer, bearer),
                message(guest.message(), bearer, "Authorization: Bearer another-one", "x-request-id: another-one"),
                message(guest.message(), "Authorization: " + token),
                message(guest.message(), "Authorization: Basic " + token),
                message(guest.message(), "Authorization: Bearer Bearer " + token),
                message(guest.message(), "Authorization: Bearer <" + token + ">"),
                message(guest.message(), bearer.replace("Bearer ", "Bearer\r\n ")),
                message(guest.message(), bearer.replace("Bearer ", "Bearer\r\n "), "x-request-id: " + token),
                message(guest.message(), bearer, "x-request-id: " + token),
                message(guest.message(), bearer, "x-request-id: retry-" + token + "-1"),
                message(guest.message(), bearer, "x-request-id: " + token.substring(0, 20)),
                message(guest.message(), "Authorization: Bearer another-one", bearer, "x-request-id: " + token),
                message(guest.message(), "x-request-id: Bearer " + token),
                message(guest.message(), bearer, "X Y: z", "x-request-id: " + token),
                message(guest.message(), "Authorization : Bearer " + token, "x-request-id: " + token),
                message(guest.message(), bearer, "Cookie: guest_token=" + token, "Connection: cookie"),
                message(guest.message(), bearer, "traceparent: " + token),
                message(guest.message(), bearer, "X_Genesys_Cloud_Id: " + token),
                message(guest.message(), bearer, "X-Genesys-Cloud-Id: " + token),
                message(guest.message(), bearer, "Host: " + token),
                message(guest.message(), bearer, "Content-Length: " + token),
                message(guest.message(), bearer, "Transfer-Encoding: " + token),
                message(guest.message(), bearer, "Content-Encoding: " + token),
                message(guest.message(), bearer, "Via: cloudfront " + token),
                message("{\"guestId\":\"" + token + "\"}", bearer),
                message("{\"conversationId\":\"" + token + "\"}", bearer),
                message("{\"guestId\":\"" + token, bearer),
                message("{\"" + token + "\":1,\"" + token + "\":[[", bearer),
                message("{\"guestId\":{\"" + token + "\":1}}", bearer),
                message(token, bearer),
                chunked(message(guest.message(), bearer), 5, bearer + "\r\n"),
                chunked(message(guest.message(), bearer), 5, token + ": 1\r\n"),
                chunked(message(guest.message(), bearer), 5, "").replace("\r\n0\r\n", "\r\n" + token + "\r\n"),
                get("/api/v2/guests/conversations?guestId=" + token, bearer),
                get("/api/v2/guests/conversations?token=" + token, bearer),
                get("/api/v2/guests/conversations?a=1;access_token=" + token, bearer),
                get("/api/v2/guests/conversations?" + token, bearer),
                get("/api/v2/guests/conversations?" + token + "=1&%74oken=" + token, bearer),
                get("/api/v2/guests/" + token + "/messages", bearer),
                get("/api/v2/guests/conversations;token=" + token, bearer),
                get("/elsewhere/" + token + "?x=" + token + "#", bearer),
                get("/elsewhere/" + token + "?x=" + token, bearer),
                get("//" + token + "/../" + token, bearer),
                get(token, bearer),
                get("http://" + token + "/", bearer),
                get("/" + token + " HTTP/9.9", bearer),
                token + " / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n" + token + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n: " + token + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nx-request-id: a\rb" + bearer + "\r\n\r\n",
                post("/api/v2/guests/messages", token, bearer, "Content-Type: " + token),
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n" + bearer + "\r\n\r\n"));
        requests.add("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "x".repeat(40_000) + "\r\n\r\n");
        return requests;
    }

    @ParameterizedTest
    @ValueSource(strings = {"good", "stale", "unknown", "jwt", "good observed", "stale observed", "unknown observed"})
    void noTokenInAnyOutput(String kind) throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            Guest guest = kind.startsWith("good") || kind.startsWith("stale") ? edge.newGuest() : GuestApi.newGuest();
            if (kind.startsWith("stale")) {
                edge.advance(Duration.ofMinutes(16));
            }
            if (kind.equals("jwt")) {
                String jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLW9mLWE";
                guest = new Guest(jwt, guest.guestId(), guest.conversationId(), guest.chatId(), guest.divisionId());
            }
            if (kind.endsWith("observed")) {
                edge.use(GuardedEdge.ENFORCE, Policy.OBSERVE);
            }
            String part = guest.token().substring(0, 12);
            for (String request : requests(guest)) {
                String shown = request.substring(0, Math.min(200, request.length()));
                try (WireClient client = edge.connect()) {
                    client.send(request);
                    Answer answer = client.read();
                    assertThat(answer.head() + answer.body()).as(shown).doesNotContain(part);
                }
                String record = edge.record().toString();
                assertThat(record).as(shown).doesNotContain(part);
            }
            for (ExchangeRecord more : edge.records) {
                assertThat(more.toString()).doesNotContain(part);
            }
        }
    }

    /** Each request's answer repeats the token; no record does. */
    private static void saysNothing(GuardedEdge edge, String secret, List<String> requests) throws Exception {
        for (String request : requests) {
            edge.ask(request);
            assertThat(edge.record().toString()).as(request).doesNotContain(secret.substring(0, 12));
        }
        for (ExchangeRecord more : edge.records) {
            assertThat(more.toString()).doesNotContain(secret.substring(0, 12));
        }
    }

    private static List<String> errors(String token) {
        List<String> errors = new ArrayList<>();
        for (String status : List.of("401", "403")) {
            for (String body : List.of(
                    "{\"code\":\"TOKEN\",\"contextId\":\"TOKEN\",\"message\":\"TOKEN\"}",
                    "{\"TOKEN\":1,\"code\":[\"TOKEN\"]}",
                    "{\"code\":\"x\",\"code\":\"TOKEN\"}",
                    "TOKEN")) {
                String fields = "WWW-Authenticate: Bearer realm=\"" + token + "\"\r\n";
                errors.add(GuestApi.answer(Integer.parseInt(status), fields, body.replace("TOKEN", token)));
            }
        }
        return errors;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Z9", "lower"})
    void noTokenThatTheUpstreamsErrorRepeats(String kind) throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            Guest some = GuestApi.newGuest();
            String token = kind.equals("lower") ? "t" + some.guestId().replace("-", "") : some.token();
            Guest guest = new Guest(token, some.guestId(), some.conversationId(), some.chatId(), some.divisionId());
            for (String error : errors(token)) {
                edge.api.script =
                        seen -> List.of(seen.line().contains("identities") ? GuestApi.identity(guest, "") : error);
                edge.ask(Ask.identity());
                edge.record();
                saysNothing(
                        edge,
                        token,
                        List.of(
                                message(guest.message(), guest.bearer(), "Origin: " + token),
                                message(guest.message(), guest.bearer(), "Origin: https://a.example"),
                                get("/api/v2/guests/files?divisionId=" + token, guest.bearer())));
            }
        }
    }

    @Test
    void noKnowledgeSession() throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            String session = Knowledge.started(edge);
            List<String> requests = new ArrayList<>();
            for (String path : List.of("/ID", "//ID/a", "/;a/ID", "/ID;b/c?d=e", "/ID/")) {
                requests.add(get(Knowledge.ROOT + path.replace("ID", session)));
                requests.add(get(Knowledge.ROOT + path.replace("ID", session), "Authorization: Bearer x"));
                requests.add(post(Knowledge.ROOT + path.replace("ID", session), "{}", "x_request_id: 1"));
                requests.add(get(Knowledge.ROOT + path.replace("ID", session), "Host: twice"));
                for (String id : List.of(session, session.toUpperCase(Locale.ROOT), "a/" + session, session + ", b")) {
                    requests.add(get(Knowledge.ROOT + path.replace("ID", session), "x-request-id: " + id));
                }
            }
            saysNothing(edge, session, requests);
            for (String error : errors(session)) {
                edge.api.script = seen -> List.of(error);
                saysNothing(edge, session, requests);
            }
            edge.advance(Duration.ofMinutes(16));
            saysNothing(edge, session, requests);
        }
    }

    @Test
    void noJwtInAPathOrAQuery() throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            Chat chat = Chat.started(edge);
            List<String> requests = new ArrayList<>();
            for (String place : List.of(
                    "/JWT",
                    "/a/members/JWT/messages",
                    "/a?jwt=JWT",
                    "/a?x=JWT",
                    "/a?JWT",
                    "/a;jwt=JWT/b",
                    "/a/x-JWT",
                    "/a?u=https://x/?t=JWT")) {
                String path = Chat.ROOT + place.replace("JWT", chat.jwt());
                requests.add(get(path, chat.bearer()));
                requests.add(get(path, "Authorization: " + chat.jwt()));
                requests.add(get(path));
            }
            String payload = chat.jwt().substring(chat.jwt().indexOf('.') + 1);
            saysNothing(edge, chat.jwt(), requests);
            for (String error : errors(chat.jwt())) {
                edge.api.script = seen -> List.of(error);
                saysNothing(edge, payload, requests);
            }
        }
    }

    @Test
    void noTokenThatAFirstUseHasBound() throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
            Guest guest = GuestApi.newGuest();
            String secret = GuestApi.newGuest().token();
            String body = "{\"guestId\":\"" + secret + "\",\"divisionId\":\"" + secret + "\"}";
            saysNothing(
                    edge,
                    secret,
                    List.of(
                            message(body, guest.bearer()),
                            message(body, guest.bearer()),
                            message("{\"guestId\":\"other\"}", guest.bearer()),
                            message("{\"divisionId\":\"" + guest.divisionId() + "\"}", guest.bearer()),
                            get("/api/v2/guests/conversations/" + secret, guest.bearer()),
                            get("/api/v2/guests/conversations/other", guest.bearer())));
            edge.api.script = seen -> List.of(GuestApi.answer(403, "", ""));
            saysNothing(edge, secret, List.of(message(body, guest.bearer())));
        }
    }

    /** Such a search took 60 ms for one head. */
    @Test
    @Timeout(5)
    void aLongRequestIdIsMaskedWithoutASearch() throws Exception {
        byte[] bytes = get(
                        "/", "x-request-id: " + "a".repeat(16_000), "Authorization: Bearer " + "a".repeat(8_000) + "b")
                .getBytes(StandardCharsets.ISO_8859_1);
        RequestHead head = new HeadParser(100).request(bytes, bytes.length);
        for (int i = 0; i < 2_000; i++) {
            assertThat(RequestIdentity.of(head, null, GuardedEdge.ENFORCE, 0).unusable())
                    .isEqualTo("[masked]");
        }
    }

    @Test
    void noObjectOfARequestPrintsItsToken() throws Exception {
        Guest guest = GuestApi.newGuest();
        KeyedHash hash = KeyedHash.random();
        byte[] bytes =
                get("/api/v2/guests/a?guestId=" + guest.token(), guest.bearer()).getBytes(StandardCharsets.ISO_8859_1);
        RequestHead head = new HeadParser(100).request(bytes, bytes.length);
        Credential credential = Credential.of(head, hash);
        Gate gate = new Gate(GuardedEdge.ENFORCE, Checks.ALL);
        Profile profile = BuiltInProfiles.FORUM_GUEST;
        Target target = new Target(Policy.ENFORCE, profile, profile.endpoint("GET", head.path()));
        CheckRequest request = gate.request(head, target, credential, credential.fingerprint(), 0);
        PresentedId id = new PresentedId(Binding.GUEST, "guestId", guest.token(), "query");
        List<Object> objects = List.of(
                head,
                credential,
                request,
                id,
                gate,
                hash,
                new Request(head, Framing.NONE, 0, 0),
                RequestIdentity.of(head, null, GuardedEdge.ENFORCE, 0),
                Objects.requireNonNull(credential.fingerprint()));
        for (Object object : objects) {
            assertThat(object.toString()).doesNotContain(guest.token().substring(0, 12));
        }
    }
}
