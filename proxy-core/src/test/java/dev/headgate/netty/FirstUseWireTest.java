package dev.headgate.netty;

import static dev.headgate.netty.Ask.get;
import static dev.headgate.netty.Ask.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.ClaimPlaces;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.IdPlaces;
import dev.headgate.profile.PathPattern;
import dev.headgate.profile.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids that the create answer did not tell: the first use that the upstream takes tells them. */
@EachProtocol
class FirstUseWireTest extends GuardedWireTest {
    /** A use of a token, with an id somewhere. */
    private record Place(String name, java.util.function.BiFunction<Guest, String, String> request) {
        String with(Guest guest, String conversation) {
            return request.apply(guest, conversation);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    FirstUseWireTest() {
        super(4);
    }

    private static final String ONE = "0c1d2e3f-0000-4000-8000-00000000000a";
    private static final String TWO = "0c1d2e3f-0000-4000-8000-00000000000b";

    private static Stream<Place> places() {
        return Stream.of(
                new Place("path", (guest, id) -> get("/api/v2/guests/conversations/" + id, guest.bearer())),
                new Place("query", (guest, id) -> get("/api/v2/guests/files?conversationId=" + id, guest.bearer())),
                new Place("body", (guest, id) -> message("{\"conversationId\":\"" + id + "\"}", guest.bearer())));
    }

    /** A guest whose create answer told its token and nothing else. */
    private Guest untold() throws Exception {
        Guest guest = GuestApi.newGuest();
        edge.api.script = seen -> List.of(GuestApi.json("{\"guest_token\":\"" + guest.token() + "\"}"));
        answered(Ask.identity(), 200);
        edge.api.script = GuestApi::usual;
        edge.api.seen.clear();
        return guest;
    }

    @ParameterizedTest
    @MethodSource("places")
    void theFirstUseThatIsTakenBinds(Place place) throws Exception {
        Guest guest = untold();
        passed(place.with(guest, ONE));
        for (Place other : places().toList()) {
            refused(other.with(guest, TWO), Reason.SESSION_CONVERSATION, "conversationId in the " + other);
            passed(other.with(guest, ONE));
        }
        passed(place.with(untold(), TWO));
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 400, 401, 403, 404, 429, 500})
    void aUseThatIsNotTakenDoesNot(int status) throws Exception {
        edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
        for (Place place : places().toList()) {
            Guest guest = status == 401 ? GuestApi.newGuest() : untold();
            edge.api.script = seen -> List.of(GuestApi.answer(status, "", ""));
            answered(place.with(guest, ONE), status);
            edge.api.script = GuestApi::usual;
            passed(place.with(guest, TWO));
            refused(place.with(guest, ONE), Reason.SESSION_CONVERSATION, "conversationId in the " + place);
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void aTokenNeverSeenIsBoundLikewise(Place place) throws Exception {
        edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
        Guest guest = GuestApi.newGuest();
        assertThat(passed(place.with(guest, ONE)).tokenCheck()).isEqualTo(TokenCheck.UNKNOWN);
        refused(place.with(guest, TWO), Reason.SESSION_CONVERSATION, "conversationId in the " + place);
        assertThat(passed(place.with(guest, ONE)).tokenCheck()).isEqualTo(TokenCheck.CONFIRMED);
        // That it is known now does not make it one that was issued here.
        edge.use(GuardedEdge.ENFORCE);
        refused(place.with(guest, ONE), Reason.TOKEN_UNKNOWN, "no identity answer");
    }

    @Test
    void aTokenNeverSeenIsNotBoundWhereItIsOnlyObserved() throws Exception {
        edge.use(GuardedEdge.ENFORCE, Policy.OBSERVE);
        Guest guest = GuestApi.newGuest();
        for (String id : List.of(ONE, TWO)) {
            assertThat(edge.ask(message("{\"conversationId\":\"" + id + "\"}", guest.bearer()))
                            .value("x-headgate-diagnosis"))
                    .isEqualTo("token.unknown");
            assertThat(edge.record().tokenCheck()).isEqualTo(TokenCheck.UNKNOWN);
        }
    }

    @Test
    void whatIsBoundAlreadyStaysAndTheRestIsAdded() throws Exception {
        Guest guest = untold();
        passed(message("{\"guestId\":\"" + ONE + "\"}", guest.bearer()));
        passed(message("{\"guestId\":\"" + ONE + "\",\"divisionId\":\"" + ONE + "\"}", guest.bearer()));
        refused(message("{\"divisionId\":\"" + TWO + "\"}", guest.bearer()), Reason.SESSION_DIVISION, "divisionId");
        refused(message("{\"guestId\":\"" + TWO + "\"}", guest.bearer()), Reason.SESSION_GUEST, "guestId");
        passed(message("{\"webChatSessionId\":\"" + TWO + "\"}", guest.bearer()));
        refused(message("{\"webChatSessionId\":\"" + ONE + "\"}", guest.bearer()), Reason.SESSION_CHAT, "webChat");
    }

    @Test
    void ofTwoThatDifferNeitherBinds() throws Exception {
        Guest guest = untold();
        passed(get("/api/v2/guests/files?conversationId=" + ONE + "&conversationId=" + TWO, guest.bearer()));
        passed(get("/api/v2/guests/conversations/" + ONE + "?conversationId=" + TWO, guest.bearer()));
        passed(get("/api/v2/guests/files?conversationId=" + "x".repeat(257), guest.bearer()));
        passed(get("/api/v2/guests/conversations/" + TWO + "?conversationId=" + TWO, guest.bearer()));
        refused(get("/api/v2/guests/conversations/" + ONE, guest.bearer()), Reason.SESSION_CONVERSATION, "in the path");
    }

    @Test
    void aDeletedConversationEndsNoOther() throws Exception {
        Guest victim = edge.newGuest();
        Guest guest = untold();
        String both = "/api/v2/guests/conversations/" + ONE + "?conversationId=" + victim.conversationId();
        passed(Ask.request("DELETE", both, null, guest.bearer()));
        passed(message(victim.message(), victim.bearer()));
        passed(Ask.request("DELETE", "/api/v2/guests/conversations/" + ONE, null, guest.bearer()));
        refused(message("{}", guest.bearer()), Reason.TOKEN_ENDED, "deleted");
    }

    @Test
    void anIdDeepInTheBodyBindsToo() throws Exception {
        IdPlaces ids = new IdPlaces(Map.of(), Map.of(), Map.of("/to/id", Binding.GUEST, "/refs/1", Binding.CHAT));
        Guards guards = new Guards(Set.of("bearer"), false, null, true, ids, true, List.of(), null);
        Endpoint create = BuiltInProfiles.FORUM_GUEST.endpoints().get(0);
        Endpoint messages = new Endpoint("POST", PathPattern.of("/n/messages"), null, guards, null);
        Profile profile = new Profile("nested", ClaimPlaces.NONE, List.of(create, messages));
        edge.use(GuardedEdge.ENFORCE, List.of(new Route("/", edge.upstream(), profile)));
        Guest guest = untold();
        String[] fields = {guest.bearer(), "Content-Type: application/json"};
        String one = "{\"to\":{\"name\":{\"id\":\"x\"},\"id\":\"" + ONE + "\"},\"refs\":[{},\"" + ONE + "\"]}";
        passed(Ask.post("/n/messages", "{\"to\":[\"" + TWO + "\"],\"id\":\"" + TWO + "\"}", fields));
        passed(Ask.post("/n/messages", one, fields));
        refused(Ask.post("/n/messages", "{\"to\":{\"id\":\"" + TWO + "\"}}", fields), Reason.SESSION_GUEST, "to/id");
        refused(Ask.post("/n/messages", "{\"refs\":[0,\"" + TWO + "\"]}", fields), Reason.SESSION_CHAT, "refs/1");
        refused(
                Ask.post("/n/messages", "{\"to\":{\"id\":\"" + ONE + "\"},\"to\":{}}", fields),
                Reason.BODY_UNREADABLE,
                "/to appears twice");
        refused(
                Ask.post("/n/messages", "{\"to\":{\"id\":\"" + ONE + "\",\"\\u0069d\":\"" + ONE + "\"}}", fields),
                Reason.BODY_UNREADABLE,
                "/to/id appears twice");
        passed(Ask.post("/n/messages", "{\"to\":{\"id\":\"" + ONE + "\"},\"id\":1,\"id\":2}", fields));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofFiftyFirstUsesAtOnceOneBinds(boolean unknown) throws Exception {
        Guest guest = untold();
        if (unknown) {
            edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
            guest = GuestApi.newGuest();
        }
        CountDownLatch all = new CountDownLatch(50);
        edge.api.script = seen -> {
            all.countDown();
            try {
                assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return List.of(GuestApi.json("{}"));
        };
        List<WireClient> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            WireClient client = edge.connect();
            clients.add(client);
            client.send(message("{\"conversationId\":\"" + (i % 2 == 0 ? ONE : TWO) + "\"}", guest.bearer()));
        }
        for (WireClient client : clients) {
            assertThat(client.read().status()).isEqualTo(200);
            edge.record();
            client.close();
        }
        edge.api.script = GuestApi::usual;
        int taken = 0;
        for (String id : List.of(ONE, TWO)) {
            taken += edge.ask(message("{\"conversationId\":\"" + id + "\"}", guest.bearer()))
                                    .status()
                            == 200
                    ? 1
                    : 0;
            edge.record();
        }
        assertThat(taken).as("ids that pass now").isEqualTo(1);
    }
}
