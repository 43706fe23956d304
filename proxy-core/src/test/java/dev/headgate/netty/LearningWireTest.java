package dev.headgate.netty;

import static dev.headgate.netty.Ask.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.EachProtocol.Http1Only;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.WireClient.Answer;
import dev.headgate.profile.Binding;
import dev.headgate.session.CaffeineSessionStore;
import dev.headgate.session.Ending;
import dev.headgate.session.Session;
import dev.headgate.session.SessionStore;
import dev.headgate.session.TokenFingerprint;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the edge learns from identity answers, and that it has learned it before any client can use it. */
@EachProtocol
class LearningWireTest {
    /** A store whose stages complete when a test says so, on the test's thread. */
    private static final class LateStore extends DelegatingStore {
        private final CaffeineSessionStore sessions;
        final CountDownLatch asked = new CountDownLatch(1);
        final CompletableFuture<@Nullable Void> gate = new CompletableFuture<>();
        volatile boolean puts = true;

        LateStore(InstantSource clock) {
            this(new CaffeineSessionStore(1000, clock));
        }

        private LateStore(CaffeineSessionStore sessions) {
            super(sessions);
            this.sessions = sessions;
        }

        @Override
        public CompletionStage<@Nullable Session> find(TokenFingerprint fingerprint) {
            if (puts) {
                return sessions.find(fingerprint);
            }
            asked.countDown();
            return gate.thenCompose(nothing -> sessions.find(fingerprint));
        }

        @Override
        public CompletionStage<@Nullable Void> put(Session session) {
            if (!puts) {
                return sessions.put(session);
            }
            asked.countDown();
            return gate.thenCompose(nothing -> sessions.put(session));
        }
    }

    @Test
    void aTokenCanBeUsedOnceItsAnswerIsReadOnThisConnectionAndAnother() throws Exception {
        try (GuardedEdge edge = new GuardedEdge();
                WireClient first = edge.connect();
                WireClient second = edge.connect()) {
            for (int i = 0; i < 100; i++) {
                Guest guest =
                        GuardedEdge.guest(first.send(Ask.identity()).read().body());
                WireClient user = i % 2 == 0 ? first : second;
                assertThat(user.send(message(guest.message(), guest.bearer()))
                                .read()
                                .status())
                        .isEqualTo(200);
                assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.LEARNED);
                assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.CONFIRMED);
            }
        }
    }

    @Test
    void anAnswerInManyPacketsAndChunksTeachesAsWell() throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            Guest guest = GuestApi.newGuest();
            String whole = GuestApi.identity(guest, "");
            List<String> packets = new ArrayList<>(List.of(
                    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
            for (char octet : whole.substring(whole.indexOf("\r\n\r\n") + 4).toCharArray()) {
                packets.add("1\r\n" + octet + "\r\n");
            }
            packets.add("0\r\n\r\n");
            edge.api.script = seen -> seen.line().contains("identities") ? packets : GuestApi.usual(seen);
            Answer answer = edge.ask(Ask.identity());
            assertThat(answer.status()).isEqualTo(201);
            assertThat(GuardedEdge.guest(answer.body())).isEqualTo(guest);
            assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.LEARNED);
            assertThat(edge.ask(message(guest.message(), guest.bearer())).status())
                    .isEqualTo(200);
        }
    }

    @Http1Only
    @Test
    void theLastBytesWaitForALateStore() throws Exception {
        try (GuardedEdge edge = new GuardedEdge(GuardedEdge.ENFORCE, LateStore::new);
                Http1Client client = edge.connectHttp1()) {
            LateStore store = (LateStore) edge.store;
            client.send(Ask.identity());
            assertThat(store.asked.await(10, TimeUnit.SECONDS)).isTrue();
            edge.group.submit(() -> {}).sync();
            edge.group.submit(() -> {}).sync();
            assertThat(client.socket.getInputStream().available())
                    .as("bytes of the answer")
                    .isZero();
            assertThat(edge.records).isEmpty();
            store.gate.complete(null);
            Guest guest = GuardedEdge.guest(client.read().body());
            assertThat(client.send(message(guest.message(), guest.bearer()))
                            .read()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Http1Only
    @Test
    void aRequestWaitsForALateStore() throws Exception {
        try (GuardedEdge edge = new GuardedEdge(GuardedEdge.ENFORCE, LateStore::new);
                WireClient client = edge.connect()) {
            LateStore store = (LateStore) edge.store;
            store.puts = false;
            Guest guest = edge.newGuest();
            Guest other = GuestApi.newGuest();
            client.send(message(guest.message(), guest.bearer()) + message(other.message(), guest.bearer()));
            assertThat(store.asked.await(10, TimeUnit.SECONDS)).isTrue();
            edge.group.submit(() -> {}).sync();
            assertThat(edge.api.seen).isEmpty();
            store.gate.complete(null);
            assertThat(client.read().status()).isEqualTo(200);
            edge.record();
            Refusals.check(client.read(), Reason.SESSION_GUEST, "guestId in the body", edge.record());
            assertThat(edge.api.seen).hasSize(1);
        }
    }

    @Http1Only
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatLeavesWhileTheStoreIsLateLeavesNothingBehind(boolean puts) throws Exception {
        try (GuardedEdge edge = new GuardedEdge(GuardedEdge.ENFORCE, LateStore::new)) {
            LateStore store = (LateStore) edge.store;
            store.puts = puts;
            try (Http1Client client = edge.connectHttp1()) {
                client.send(puts ? Ask.identity() : message("{}", "Authorization: Bearer x"));
                assertThat(store.asked.await(10, TimeUnit.SECONDS)).isTrue();
                if (puts) {
                    client.socket.setSoLinger(true, 0);
                }
            }
            if (puts) {
                assertThat(edge.record().aborted()).isEqualTo(ExchangeRecord.Side.DOWNSTREAM);
                store.gate.complete(null);
            } else {
                store.gate.complete(null);
                edge.record();
            }
            edge.group.submit(() -> {}).sync();
            store.puts = false;
            assertThat(edge.ask(Ask.get("/")).status()).isEqualTo(200);
            edge.record();
            assertThat(edge.records).isEmpty();
        }
    }

    @Test
    void aStoreThatFailsRefusesAndLearnsNothing() throws Exception {
        try (GuardedEdge edge = new GuardedEdge(GuardedEdge.ENFORCE, LateStore::new)) {
            LateStore store = (LateStore) edge.store;
            store.gate.completeExceptionally(new IllegalStateException("down"));
            Answer answer = edge.ask(Ask.identity());
            Guest guest = GuardedEdge.guest(answer.body());
            assertThat(edge.record().detail()).isEqualTo("no session learned: session store: did not keep the session");
            Answer unknown = edge.ask(message(guest.message(), guest.bearer()));
            Refusals.check(unknown, Reason.TOKEN_UNKNOWN, "no identity answer", edge.record());
            store.puts = false;
            Answer refused = edge.ask(message(guest.message(), guest.bearer()));
            Refusals.check(refused, Reason.STORE_UNAVAILABLE, "session store: no answer", edge.record());
            assertThat(edge.api.seen).hasSize(1);
        }
    }

    @Test
    void aStoreThatThrowsRefuses() throws Exception {
        SessionStore broken = new DelegatingStore(new CaffeineSessionStore(1, InstantSource.system())) {
            @Override
            public CompletionStage<@Nullable Session> find(TokenFingerprint fingerprint) {
                throw new IllegalStateException("find");
            }

            @Override
            public CompletionStage<@Nullable Void> put(Session session) {
                throw new IllegalStateException("put");
            }
        };
        try (GuardedEdge edge = new GuardedEdge(GuardedEdge.ENFORCE, clock -> broken)) {
            Guest guest = edge.newGuest();
            Answer refused = edge.ask(message(guest.message(), guest.bearer()));
            Refusals.check(refused, Reason.STORE_UNAVAILABLE, "session store: no answer", edge.record());
            assertThat(edge.api.seen).isEmpty();
        }
    }

    /** A store that keeps sessions, and throws at whatever changes one. */
    private static SessionStore unchanging(InstantSource clock) {
        return new DelegatingStore(new CaffeineSessionStore(10, clock)) {
            @Override
            public CompletionStage<@Nullable Void> bind(Session seen) {
                throw new IllegalStateException("bind");
            }

            @Override
            public CompletionStage<Boolean> end(TokenFingerprint fingerprint, Ending ending) {
                throw new IllegalStateException("end a token");
            }

            @Override
            public CompletionStage<Integer> end(String profile, Binding binding, String id, Ending ending) {
                throw new IllegalStateException("end a conversation");
            }
        };
    }

    @Test
    void aStoreThatThrowsAtAChangeCostsNoAnswer() throws Exception {
        try (GuardedEdge edge = new GuardedEdge(GuardedEdge.ENFORCE, LearningWireTest::unchanging)) {
            Guest guest = GuestApi.newGuest();
            edge.api.script = seen -> List.of(GuestApi.json("{\"guest_token\":\"" + guest.token() + "\"}"));
            edge.ask(Ask.identity());
            String conversation = Ask.get("/api/v2/guests/conversations/" + guest.conversationId(), guest.bearer());
            for (int status : new int[] {200, 401}) {
                edge.api.script = seen -> List.of(GuestApi.answer(status, "", "{}"));
                for (String request : List.of(conversation, conversation.replaceFirst("GET", "DELETE"))) {
                    Answer answer = edge.ask(request);
                    assertThat(answer.status()).isEqualTo(status);
                    assertThat(answer.body()).isEqualTo("{}");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {199, 300, 401, 403, 429, 500})
    void onlyASuccessTeaches(int status) throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            Guest guest = GuestApi.newGuest();
            String answer = GuestApi.identity(guest, "").replace("200 Told", status + " Told");
            String last =
                    status == 199 ? answer.substring(0, answer.indexOf("\r\n\r\n") + 4) + GuestApi.json("{}") : answer;
            edge.api.script = seen -> List.of(last);
            try (WireClient client = edge.connect()) {
                assertThat(client.send(Ask.identity()).read().status()).isEqualTo(status);
            }
            Answer refused = edge.ask(message(guest.message(), guest.bearer()));
            assertThat(refused.value("x-headgate-reason")).isEqualTo("token.unknown");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"guestId\":\"x\"}", "<html>", "{\"token\":\"a\",\"token\":\"a\"}", "[]", "large", ""})
    void anAnswerThatTeachesNothingPassesUntouched(String body) throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            String sent = body.equals("large")
                    ? "{\"token\":\"abc\",\"pad\":\"" + "x".repeat(2 * GuardedEdge.CHECKED_BODY) + "\"}"
                    : body;
            edge.api.script = seen -> List.of(GuestApi.json(sent));
            Answer answer = edge.ask(Ask.identity());
            assertThat(answer.body()).isEqualTo(sent);
            ExchangeRecord record = edge.record();
            assertThat(record.tokenCheck()).isEqualTo(TokenCheck.NONE);
            assertThat(record.bytesOut()).isEqualTo(sent.length());
            if (!body.isEmpty()) {
                assertThat(record.detail()).startsWith("no session learned: ");
            }
        }
    }

    @Test
    void aCodingIsNotOfferedWhereTheAnswerMustBeRead() throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            Guest guest = edge.newGuest();
            edge.ask(Ask.identity("Accept-Encoding: gzip, br", "accept-encoding: zstd"));
            edge.ask(message(guest.message(), guest.bearer(), "Accept-Encoding: gzip"));
            assertThat(edge.api.seen.get(0).values("Accept-Encoding")).isEmpty();
            assertThat(edge.api.seen.get(1).values("Accept-Encoding")).containsExactly("gzip");
        }
    }

    @Test
    void aSlashAtTheEndChangesNothing() throws Exception {
        try (GuardedEdge edge = new GuardedEdge()) {
            Guest guest = GuardedEdge.guest(edge.ask(Ask.identity().replace("identities", "identities/"))
                    .body());
            edge.record();
            assertThat(edge.ask(message(guest.message(), guest.bearer())).status())
                    .isEqualTo(200);
        }
    }
}
