package dev.headgate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.OwnThread;
import dev.headgate.profile.Binding;
import dev.headgate.session.CaffeineSessionStore;
import dev.headgate.session.Ending;
import dev.headgate.session.Session;
import dev.headgate.session.SessionCounts;
import dev.headgate.session.SessionStore;
import dev.headgate.session.TokenClaims;
import dev.headgate.session.TokenFingerprint;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class SessionsPageTest {
    private static final String GUEST = "0192f0c1-0000-4000-8000-000000000001";
    private static final String OTHER = "0192f0c1-0000-4000-8000-000000000002";
    private static final String CONVERSATION = "0192f0c1-0000-4000-8000-00000000000c";
    private static final String TOKEN_LIKE = "Zq7vM2xK9tB4nR6wY1cD8fG3hJ5lP0sA";
    private static final long START = 1_700_000_000_000L;

    private long now = START;
    private final CaffeineSessionStore store = new CaffeineSessionStore(1000, () -> Instant.ofEpochMilli(now));
    private AdminServer server;
    private AdminClient client;

    @BeforeEach
    void start() throws Exception {
        server = serve(store, Duration.ofSeconds(10));
        client = new AdminClient("http://127.0.0.1:" + server.port());
    }

    private AdminServer serve(SessionStore sessions, Duration deadline) throws Exception {
        AdminPage page =
                new SessionsPage(sessions, () -> List.of("forum-guest", "webchat-v2"), () -> Instant.ofEpochMilli(now));
        return AdminServer.start("127.0.0.1", 0, Map.of("/sessions", page), deadline);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static TokenFingerprint token(int number) {
        return new TokenFingerprint(number, number);
    }

    private static Session session(int token, String profile, Map<Binding, String> ids) {
        return new Session(
                token(token),
                profile,
                ids,
                TokenClaims.NONE,
                "guest:chat",
                "chat",
                true,
                START,
                START + 900_000,
                true,
                null);
    }

    private static Session session(int token, String guest) {
        return session(token, "forum-guest", Map.of(Binding.GUEST, guest, Binding.CONVERSATION, CONVERSATION));
    }

    private JsonNode found(String query) throws Exception {
        return client.json("GET", "/sessions?" + query).path("sessions");
    }

    @Test
    void countsThem() throws Exception {
        store.put(session(1, GUEST));
        store.put(session(2, GUEST));
        store.put(session(3, OTHER));
        store.end(token(3), new Ending(Ending.Cause.REJECTED, now));
        assertThat(client.json("GET", "/sessions").toString())
                .isEqualTo("{\"live\":1,\"expired\":0,\"superseded\":1,\"ended\":0,\"rejected\":1,\"revoked\":0,"
                        + "\"all\":3}");
    }

    @Test
    void tellsAllOfASession() throws Exception {
        store.put(session(1, GUEST));
        assertThat(client.json("GET", "/sessions?fingerprint=" + token(1)).toString())
                .isEqualTo("{\"found\":1,\"sessions\":[{\"fingerprint\":\"" + token(1)
                        + "\",\"profile\":\"forum-guest\",\"ids\":{\"guest\":\"" + GUEST + "\",\"conversation\":\""
                        + CONVERSATION + "\"},\"scopes\":\"guest:chat\",\"purpose\":\"chat\",\"issued\":true,"
                        + "\"issued_at\":\"2023-11-14T22:13:20Z\",\"expires_at\":\"2023-11-14T22:28:20Z\","
                        + "\"lifetime_told\":true,\"state\":\"live\",\"ended_at\":null}]}");
    }

    @Test
    void tellsWhatIsNotKnownOfATokenThatWasOnlySeen() throws Exception {
        store.bind(Session.seen(token(1), "forum-guest", Map.of(), TokenClaims.NONE, START));
        JsonNode seen = found("fingerprint=" + token(1)).path(0);
        assertThat(seen.path("issued").asBoolean(true)).isFalse();
        assertThat(seen.path("expires_at").isNull()).isTrue();
        assertThat(seen.path("scopes").isNull()).isTrue();
        assertThat(seen.path("purpose").isNull()).isTrue();
        assertThat(seen.path("ids").isEmpty()).isTrue();
    }

    @Test
    void findsByEachId() throws Exception {
        String chat = "0192f0c1-0000-4000-8000-0000000000aa";
        String member = "0192f0c1-0000-4000-8000-0000000000bb";
        store.put(session(1, "forum-guest", Map.of(Binding.GUEST, GUEST, Binding.CHAT, chat)));
        store.put(session(2, "webchat-v2", Map.of(Binding.CONVERSATION, CONVERSATION, Binding.MEMBER, member)));
        store.put(session(3, "forum-guest", Map.of(Binding.GUEST, OTHER, Binding.CONVERSATION, CONVERSATION)));
        store.put(session(4, "elsewhere", Map.of(Binding.GUEST, GUEST)));
        assertThat(found("guest=" + GUEST).findValuesAsString("fingerprint")).containsExactly(token(1).toString());
        assertThat(found("chat=" + chat).findValuesAsString("fingerprint")).containsExactly(token(1).toString());
        assertThat(found("member=" + member).findValuesAsString("fingerprint")).containsExactly(token(2).toString());
        assertThat(found("conversation=" + CONVERSATION).findValuesAsString("fingerprint"))
                .containsExactlyInAnyOrder(token(2).toString(), token(3).toString());
        assertThat(found("conversation=" + GUEST)).isEmpty();
    }

    @Test
    void namesEachState() throws Exception {
        store.put(session(1, GUEST));
        now += 1000;
        store.put(session(2, GUEST));
        JsonNode both = found("guest=" + GUEST);
        assertThat(both.findValuesAsString("state")).containsExactly("live", "superseded");
        assertThat(both.path(1).path("ended_at").asString()).isEqualTo("2023-11-14T22:13:20Z");
        now = START + 900_000;
        assertThat(found("fingerprint=" + token(2)).path(0).path("state").asString())
                .isEqualTo("expired");
        for (Ending.Cause cause : List.of(Ending.Cause.ENDED, Ending.Cause.REJECTED, Ending.Cause.REVOKED)) {
            store.put(session(3, OTHER));
            store.end(token(3), new Ending(cause, now));
            assertThat(found("guest=" + OTHER).path(0).path("state").asString())
                    .isEqualTo(cause.name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void listsTheNewestOfMany() throws Exception {
        for (int i = 0; i < 250; i++) {
            store.put(session(i, GUEST));
        }
        JsonNode answer = client.json("GET", "/sessions?guest=" + GUEST);
        assertThat(answer.path("found").asInt()).isEqualTo(250);
        assertThat(answer.path("sessions")).hasSize(100);
        assertThat(answer.path("sessions").path(0).path("fingerprint").asString())
                .isEqualTo(token(249).toString());
    }

    @Test
    void revokesByFingerprint() throws Exception {
        store.put(session(1, GUEST));
        now += 60_000;
        assertThat(client.json("DELETE", "/sessions?fingerprint=" + token(1)).toString())
                .isEqualTo("{\"revoked\":1}");
        JsonNode revoked = found("guest=" + GUEST).path(0);
        assertThat(revoked.path("state").asString()).isEqualTo("revoked");
        assertThat(revoked.path("ended_at").asString()).isEqualTo("2023-11-14T22:14:20Z");
    }

    @Test
    void remembersTheRevocationOfATokenThatIsNotKnown() throws Exception {
        assertThat(client.json("DELETE", "/sessions?fingerprint=" + token(7)).toString())
                .isEqualTo("{\"revoked\":0,\"remembered\":true}");
        assertThat(found("fingerprint=" + token(7)).path(0).path("state").asString())
                .isEqualTo("revoked");
    }

    @ParameterizedTest
    @CsvSource({"guest, 2", "conversation, 3", "member, 0", "chat, 0"})
    void revokesByEachId(String name, int count) throws Exception {
        store.put(session(1, GUEST));
        store.put(session(2, GUEST));
        store.put(session(3, "webchat-v2", Map.of(Binding.CONVERSATION, CONVERSATION)));
        String id = name.equals("conversation") ? CONVERSATION : GUEST;
        assertThat(client.json("DELETE", "/sessions?" + name + "=" + id).toString())
                .isEqualTo("{\"revoked\":" + count + "}");
        assertThat(client.json("GET", "/sessions").path("revoked").asInt()).isEqualTo(count);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?guest=a&conversation=b",
                "?guest=a&guest=b",
                "?guest=",
                "?guest",
                "?division=" + TOKEN_LIKE,
                "?token=" + TOKEN_LIKE,
                "?fingerprint=" + TOKEN_LIKE,
                "?fingerprint=0123456789abcdef"
            })
    void takesJustOneParameter(String query) throws Exception {
        store.put(session(1, GUEST));
        for (String method : List.of("GET", "DELETE")) {
            HttpResponse<String> answer = client.send(method, "/sessions" + query);
            assertThat(answer.statusCode()).as(method).isEqualTo(400);
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
            assertThat(new JsonMapper().readTree(answer.body()).path("detail").asString())
                    .isNotBlank()
                    .doesNotContain(TOKEN_LIKE);
        }
        assertThat(client.json("GET", "/sessions").path("live").asInt()).isEqualTo(1);
    }

    @Test
    void refusesAMalformedEscape() throws Exception {
        for (String method : List.of("GET", "DELETE")) {
            assertThat(client.raw(method, "/sessions?guest=%zz")).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void saysWhatItTakes() throws Exception {
        assertThat(client.send("DELETE", "/sessions").statusCode()).isEqualTo(400);
        assertThat(client.send("DELETE", "/sessions").body())
                .contains("query: 0 parameters (expected: just one of fingerprint, guest, conversation, member, chat)");
        assertThat(client.get("/sessions?fingerprint=abc").body())
                .contains("fingerprint: value of 3 characters (expected: 32 hexadecimal digits)");
    }

    @Test
    void revokesEverythingOnlyWhenAsked() throws Exception {
        store.put(session(1, GUEST));
        client.send("DELETE", "/sessions");
        assertThat(client.json("GET", "/sessions").path("live").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "OPTIONS"})
    void grantsNoOtherMethodAndNoPreflight(String method) throws Exception {
        HttpResponse<String> answer =
                client.send(method, "/sessions?guest=" + GUEST, "Access-Control-Request-Method", "DELETE");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD, DELETE");
        assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "OPTIONS"})
    void takesNothingFromAWebPage(String method) throws Exception {
        store.put(session(1, GUEST));
        HttpResponse<String> answer =
                client.send(method, "/sessions?guest=" + GUEST, "Origin", "http://rebound.example:9090");
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
        assertThat(client.json("GET", "/sessions").path("live").asInt()).isEqualTo(1);
    }

    @Test
    void showsNoTokenThatWasPutInTheWrongPlace() throws Exception {
        store.put(new Session(
                token(1),
                "forum-guest",
                Map.of(Binding.GUEST, TOKEN_LIKE),
                TokenClaims.NONE,
                null,
                TOKEN_LIKE,
                true,
                START,
                START + 900_000,
                true,
                null));
        String body = client.get("/sessions?fingerprint=" + token(1)).body();
        assertThat(body)
                .contains("\"guest\" : \"a value of 32 characters\"")
                .contains("\"purpose\" : \"a value of 32 characters\"")
                .doesNotContain(TOKEN_LIKE);
        assertThat(client.get("/sessions?guest=" + TOKEN_LIKE).body())
                .contains("\"found\" : 1")
                .doesNotContain(TOKEN_LIKE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?guest=a", "?fingerprint=00000000000000010000000000000001"})
    void waitsForAStoreButNotForEver(String query) throws Exception {
        CompletableFuture<Object> later = new CompletableFuture<>();
        try (AdminServer slow = serve(new OneAnswerStore(later), Duration.ofMillis(400))) {
            AdminClient asking = new AdminClient("http://127.0.0.1:" + slow.port());
            HttpResponse<String> answer = asking.get("/sessions" + query);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("no answer within 200 ms\n");
            assertThat(later).isNotDone();
        }
    }

    @Test
    void answersWhenTheStoreDoes() throws Exception {
        CompletableFuture<Object> later = new CompletableFuture<>();
        try (AdminServer slow = serve(new OneAnswerStore(later), Duration.ofSeconds(20))) {
            AdminClient asking = new AdminClient("http://127.0.0.1:" + slow.port());
            CompletableFuture<HttpResponse<String>> answer = OwnThread.call(() -> asking.get("/sessions"));
            later.complete(new SessionCounts(7, 0, 0, 0, 0, 0));
            assertThat(answer.get().body()).contains("\"live\" : 7");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, ''", "GET, ?guest=a", "DELETE, ?guest=a", "DELETE, ?fingerprint=00000000000000010000000000000001"
    })
    void saysThatTheStoreFails(String method, String query) throws Exception {
        CompletableFuture<Object> failed = CompletableFuture.failedFuture(new IllegalStateException("secret"));
        try (AdminServer broken = serve(new OneAnswerStore(failed), Duration.ofSeconds(20))) {
            HttpResponse<String> answer =
                    new AdminClient("http://127.0.0.1:" + broken.port()).send(method, "/sessions" + query);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body())
                    .contains("The session store did not answer.")
                    .doesNotContain("secret");
        }
    }

    /** Answers everything with the same stage. */
    private record OneAnswerStore(CompletableFuture<Object> answer) implements SessionStore {
        @SuppressWarnings("unchecked")
        private <T> CompletionStage<T> stage() {
            return (CompletionStage<T>) answer;
        }

        @Override
        public CompletionStage<@Nullable Session> find(TokenFingerprint fingerprint) {
            return stage();
        }

        @Override
        public CompletionStage<List<Session>> find(String profile, Binding binding, String id) {
            return stage();
        }

        @Override
        public CompletionStage<@Nullable Void> put(Session session) {
            return stage();
        }

        @Override
        public CompletionStage<@Nullable Void> bind(Session seen) {
            return stage();
        }

        @Override
        public CompletionStage<Boolean> end(TokenFingerprint fingerprint, Ending ending) {
            return stage();
        }

        @Override
        public CompletionStage<Integer> end(String profile, Binding binding, String id, Ending ending) {
            return stage();
        }

        @Override
        public CompletionStage<SessionCounts> counts() {
            return stage();
        }
    }
}
