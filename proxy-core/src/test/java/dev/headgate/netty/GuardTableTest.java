package dev.headgate.netty;

import static dev.headgate.netty.Ask.get;
import static dev.headgate.netty.Ask.message;
import static dev.headgate.netty.Ask.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Cors;
import dev.headgate.gate.Organization;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.WireClient.Answer;
import dev.headgate.profile.Binding;
import dev.headgate.session.Ending;
import dev.headgate.session.Ending.Cause;
import dev.headgate.session.TokenFingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each reason that needs a session with a history, or a setting: refused and unseen upstream; and its accepted twin. */
@EachProtocol
class GuardTableTest extends GuardedWireTest {
    /** What is refused, and what is so like it and is not. */
    private record Twins(String refused, String accepted) {}

    /** Makes the history; takes its records. */
    private interface Arrangement {
        Twins of(GuardTableTest test) throws Exception;
    }

    private record Row(Reason reason, String detail, Arrangement arrangement) {
        @Override
        public String toString() {
            return reason + " (" + detail + ")";
        }
    }

    private static final String FORUM = "forum-guest";
    private static final String CONVERSATIONS = "/api/v2/guests/conversations/";
    private static final String OTHER_ORGANIZATION = "11111111-0000-4000-8000-000000000000";
    private static final Policy ENFORCE_ADVICE = new Policy(false, Set.of());

    private static Row row(Reason reason, String detail, Arrangement arrangement) {
        return new Row(reason, detail, arrangement);
    }

    private static String hello(Guest guest) {
        return message(guest.message(), guest.bearer());
    }

    private static String delete(Guest guest) {
        return Ask.request("DELETE", CONVERSATIONS + guest.conversationId(), null, guest.bearer());
    }

    /** The next answers have this status, and no body. */
    private void told(int status) {
        edge.api.script = seen -> List.of(GuestApi.answer(status, "", ""));
    }

    private void usual() {
        edge.api.script = GuestApi::usual;
    }

    /** The guest that a create request with that body and that answer makes. */
    private Guest guest(String request, String more) throws Exception {
        Guest guest = GuestApi.newGuest();
        edge.api.script = seen -> List.of(GuestApi.identity(guest, more));
        answered(post("/api/v2/guests/identities", request, "Content-Type: application/json"), 200);
        usual();
        return guest;
    }

    private Guest scoped(String scope) throws Exception {
        return guest("{\"purpose\":\"chat\"}", ",\"scope\":\"" + scope + "\"");
    }

    private TokenFingerprint fingerprint(Guest guest) {
        byte[] token = guest.token().getBytes(StandardCharsets.UTF_8);
        return edge.edge.hash().fingerprint(token, 0, token.length);
    }

    private Ending revocation() {
        return new Ending(Cause.REVOKED, edge.now.get().toEpochMilli());
    }

    private static Stream<Row> endings() {
        return Stream.of(
                row(Reason.TOKEN_REJECTED, "the upstream answered 401 to it 7 s ago", test -> {
                    Guest one = test.edge.newGuest();
                    Guest other = test.edge.newGuest();
                    test.told(401);
                    test.answered(hello(one), 401);
                    test.told(403);
                    test.answered(hello(other), 403);
                    test.usual();
                    test.edge.advance(Duration.ofSeconds(7));
                    return new Twins(hello(one), hello(other));
                }),
                row(Reason.TOKEN_REJECTED, "the upstream answered 401 to it", test -> {
                    Guest one = test.edge.newGuest();
                    Guest other = test.edge.newGuest();
                    test.told(401);
                    test.answered(get("/api/v2/guests/messages", one.bearer()), 401);
                    // Without a token of a guest's, nobody's token was rejected.
                    test.answered(Ask.identity(other.bearer()), 401);
                    test.usual();
                    return new Twins(hello(one), hello(other));
                }),
                row(Reason.TOKEN_REVOKED, "an operator revoked it 60 s ago", test -> {
                    Guest one = test.edge.newGuest();
                    Guest other = test.edge.newGuest();
                    Ending ending = test.revocation();
                    assertThat(test.edge.store.end(test.fingerprint(one), ending))
                            .isCompletedWithValue(true);
                    test.edge.advance(Duration.ofMinutes(1));
                    return new Twins(hello(one), hello(other));
                }),
                row(Reason.TOKEN_REVOKED, "an operator revoked it", test -> {
                    // Never issued here, and known by its fingerprint from a log.
                    Guest leaked = GuestApi.newGuest();
                    assertThat(test.edge.store.end(test.fingerprint(leaked), test.revocation()))
                            .isCompletedWithValue(false);
                    return new Twins(hello(leaked), hello(test.edge.newGuest()));
                }),
                row(Reason.TOKEN_REVOKED, "an operator revoked it", test -> {
                    Guest one = test.edge.newGuest();
                    Guest other = test.edge.newGuest();
                    assertThat(test.edge.store.end(FORUM, Binding.GUEST, one.guestId(), test.revocation()))
                            .isCompletedWithValue(1);
                    return new Twins(hello(one), hello(other));
                }),
                row(Reason.TOKEN_REVOKED, "an operator revoked it", test -> {
                    Guest one = test.edge.newGuest();
                    Guest other = test.edge.newGuest();
                    String conversation = one.conversationId();
                    assertThat(test.edge.store.end(FORUM, Binding.CONVERSATION, conversation, test.revocation()))
                            .isCompletedWithValue(1);
                    return new Twins(hello(one), hello(other));
                }),
                row(Reason.TOKEN_REVOKED, "an operator revoked it", test -> {
                    // Issued again, it is still the token that was revoked.
                    Guest one = test.edge.newGuest();
                    test.edge.store.end(test.fingerprint(one), test.revocation());
                    test.edge.api.script = seen -> List.of(GuestApi.identity(one, ""));
                    test.answered(Ask.identity(), 200);
                    test.usual();
                    return new Twins(hello(one), hello(test.edge.newGuest()));
                }),
                row(Reason.TOKEN_REVOKED, "an operator revoked it", test -> {
                    Guest one = GuestApi.newGuest();
                    test.edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
                    test.edge.store.end(test.fingerprint(one), test.revocation());
                    return new Twins(hello(one), hello(GuestApi.newGuest()));
                }),
                row(Reason.TOKEN_ENDED, "its conversation or member was deleted 1 s ago", test -> {
                    Guest one = test.edge.newGuest();
                    Guest other = test.edge.newGuest();
                    test.told(204);
                    test.answered(delete(one), 204);
                    for (int status : new int[] {300, 403, 404, 500}) {
                        test.told(status);
                        test.answered(delete(other), status);
                    }
                    test.usual();
                    test.edge.advance(Duration.ofSeconds(1));
                    return new Twins(hello(one), hello(other));
                }),
                row(Reason.TOKEN_ENDED, "its conversation or member was deleted", test -> {
                    Chat one = Chat.started(test.edge);
                    Chat other = Chat.started(test.edge);
                    test.answered(one.ask("DELETE", "/members/" + one.member(), null), 200);
                    test.told(409);
                    test.answered(other.ask("DELETE", "/members/" + other.member(), null), 409);
                    test.usual();
                    return new Twins(one.ask("GET", "", null), other.ask("GET", "", null));
                }));
    }

    private static Stream<Row> members() {
        return Stream.of("POST", "PATCH", "DELETE")
                .flatMap(method -> Stream.of(
                        row(Reason.SESSION_MEMBER, "memberId in the path: ", test -> {
                            Chat one = Chat.started(test.edge);
                            String under = "/members/" + Chat.next().member();
                            return new Twins(
                                    one.ask(method, under, "{}"), one.ask(method, "/members/" + one.member(), "{}"));
                        }),
                        row(Reason.SESSION_MEMBER, "claims)", test -> {
                            // The create answer told no member: then the claim is all that is known.
                            Chat next = Chat.next();
                            Chat one = Chat.started(test.edge, new Chat(next.jwt(), next.conversation(), ""));
                            String mine = "/members/" + next.member();
                            String under = "/members/" + Chat.next().member();
                            return new Twins(one.ask(method, under, "{}"), one.ask(method, mine, "{}"));
                        })));
    }

    private static Stream<Row> issuedFor() {
        return Stream.of(
                row(Reason.SCOPE_MISSING, "issued without guest:chat or guest:chat:write", test -> {
                    return new Twins(hello(test.scoped("guest:write")), hello(test.scoped("guest:write guest:chat")));
                }),
                row(Reason.SCOPE_MISSING, "issued without guest:write or guest:chat:write", test -> {
                    return new Twins(hello(test.scoped("guest:chat")), hello(test.scoped("guest:chat:write")));
                }),
                row(Reason.SCOPE_MISSING, "issued without guest:chat or guest:chat:write", test -> {
                    // A scope counts as a word, not as part of one.
                    return new Twins(
                            hello(test.scoped("xguest:chat guest:chats guest:write")),
                            hello(test.guest("{\"purpose\":\"chat\"}", "")));
                }),
                row(Reason.SCOPE_MISSING, "issued without guest:chat or guest:chat:read", test -> {
                    String array = ",\"scopes\":[\"guest:write\",\"guest:chat:write\"]";
                    Guest writer = test.guest("{\"purpose\":\"chat\"}", array);
                    return new Twins(get("/api/v2/guests/messages", writer.bearer()), hello(writer));
                }),
                row(Reason.PURPOSE_MISSING, "created without a purpose (expected: purpose: \"chat\")", test -> {
                    return new Twins(hello(test.guest("{\"name\":\"Ada\"}", "")), hello(test.edge.newGuest()));
                }),
                row(Reason.PURPOSE_MISSING, "created for another purpose", test -> {
                    Guest guest = test.guest("{\"purpose\":\"call\"}", "");
                    return new Twins(
                            get("/api/v2/guests/messages", guest.bearer()),
                            get("/api/v2/guests/elsewhere", guest.bearer()));
                }),
                row(Reason.PURPOSE_MISSING, "created without a purpose", test -> {
                    // A body that cannot be read tells nothing, so nothing is held against it.
                    return new Twins(hello(test.guest("{}", "")), hello(test.guest("{\"purpose\":", "")));
                }),
                row(Reason.ORG_MISMATCH, "its claim names another organisation", test -> {
                    Chat next = Chat.next();
                    String claim = ",\"org\":\"" + GuardedEdge.ORGANIZATION.toUpperCase(java.util.Locale.ROOT) + "\"";
                    Chat one = Chat.started(test.edge, claiming(next, ",\"org\":\"" + OTHER_ORGANIZATION + "\""));
                    Chat other = Chat.started(test.edge, claiming(next, claim));
                    return new Twins(one.ask("GET", "", null), other.ask("GET", "", null));
                }),
                row(Reason.ORG_MISMATCH, "its claim names another organisation", test -> {
                    test.edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
                    Chat next = Chat.next();
                    Chat one = claiming(next, ",\"org\":\"" + OTHER_ORGANIZATION + "\"");
                    return new Twins(one.ask("GET", "", null), next.ask("GET", "", null));
                }));
    }

    private static Chat claiming(Chat chat, String more) {
        return new Chat(Chat.claiming(chat.conversation(), chat.member(), more), chat.conversation(), chat.member());
    }

    private static String exp(GuardTableTest test, long seconds) {
        return ",\"exp\":" + (test.edge.now.get().getEpochSecond() + seconds);
    }

    private static Stream<Row> claimedEnds() {
        return Stream.of(
                row(Reason.TOKEN_EXPIRED, "issued 60 s ago (expected: less than 60 s)", test -> {
                    Chat one = Chat.started(test.edge, claiming(Chat.next(), exp(test, 60)));
                    Chat other = Chat.started(test.edge, claiming(Chat.next(), exp(test, 61)));
                    test.edge.advance(Duration.ofSeconds(60));
                    return new Twins(one.ask("GET", "", null), other.ask("GET", "", null));
                }),
                row(Reason.TOKEN_EXPIRED, "issued 86400 s ago (expected: less than 86400 s", test -> {
                    // It shortens a lifetime, and never lengthens one.
                    Chat one = Chat.started(test.edge, claiming(Chat.next(), exp(test, 100_000)));
                    test.edge.advance(Duration.ofDays(1));
                    return new Twins(
                            one.ask("GET", "", null), Chat.started(test.edge).ask("GET", "", null));
                }),
                row(Reason.TOKEN_EXPIRED, "its own exp claim passed 5 s ago", test -> {
                    test.edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
                    // The clock that it was written by may be 5 s behind.
                    Chat one = claiming(Chat.next(), exp(test, -5));
                    Chat other = claiming(Chat.next(), exp(test, -4));
                    return new Twins(one.ask("GET", "", null), other.ask("GET", "", null));
                }),
                row(Reason.TOKEN_EXPIRED, "exp", test -> {
                    // What is allowed at first is allowed on second use, as long as its claim is.
                    test.edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
                    Chat one = claiming(Chat.next(), exp(test, -4));
                    test.passed(one.ask("GET", "", null));
                    test.passed(one.ask("GET", "", null));
                    test.edge.advance(Duration.ofSeconds(1));
                    return new Twins(one.ask("GET", "", null), Chat.next().ask("GET", "", null));
                }));
    }

    private static Stream<Row> settings() {
        String webchat = "/api/v2/webchat/guest/conversations";
        String knowledge = "/api/v2/knowledge/guest/sessions";
        String identities = "/api/v2/guests/identities";
        return Stream.of(
                incomplete("purpose in the body", identities, "{}", "{\"purpose\":\"chat\"}"),
                incomplete("purpose in the body", identities, "{\"purpose\":\"\"}", "{\"purpose\":\"x\"}"),
                incomplete("a body that can be read", identities, "purpose=chat", "{\"purpose\":\"chat\"}"),
                incomplete(
                        "deploymentId in the body",
                        webchat,
                        "{\"organizationId\":\"o\"}",
                        "{\"organizationId\":\"o\",\"deploymentId\":\"d\"}"),
                incomplete(
                        "organizationId in the body, deploymentId in the body",
                        webchat,
                        "{}",
                        "{\"organizationId\":\"o\",\"deploymentId\":\"d\"}"),
                incomplete(
                        "app/deploymentId in the body",
                        knowledge,
                        "{\"app\":{}}",
                        "{\"app\":{\"deploymentId\":\"d\"}}"),
                row(Reason.IDENTITY_INCOMPLETE, "the field X-Genesys-Cloud-Id", test -> {
                    test.edge.use(GuardedEdge.settings((Organization) null, null), ENFORCE_ADVICE);
                    return new Twins(Ask.identity(), Ask.identity("x-genesys-cloud-id: any"));
                }),
                row(Reason.CORS_ORIGIN, "Origin: https://shop.example (expected: one of cors.origins)", test -> {
                    Cors cors = new Cors(Set.of("https://chat.example"), false, 60);
                    test.edge.use(GuardedEdge.settings((Organization) null, cors));
                    // No preflight: the page's script will not be told, so there is nothing to refuse.
                    return new Twins(
                            Ask.request(
                                    "OPTIONS",
                                    "/elsewhere",
                                    null,
                                    "Origin: https://shop.example",
                                    "Access-Control-Request-Method: POST"),
                            Ask.request("OPTIONS", "/elsewhere", null, "Origin: https://shop.example"));
                }),
                row(Reason.ROUTE_UNMATCHED, "none of the routes is a prefix of it", test -> {
                    test.edge.use(GuardedEdge.ENFORCE, List.of(new Route("/api", test.edge.upstream(), null)));
                    return new Twins(get("/apis"), get("/api/v2"));
                }));
    }

    private static Row incomplete(String lacks, String path, String refused, String accepted) {
        return row(Reason.IDENTITY_INCOMPLETE, "create request: without " + lacks, test -> {
            test.edge.use(GuardedEdge.ENFORCE, ENFORCE_ADVICE);
            String type = "Content-Type: application/json";
            return new Twins(post(path, refused, type), post(path, accepted, type));
        });
    }

    private static Stream<Row> all() {
        return Stream.of(endings(), members(), issuedFor(), claimedEnds(), settings())
                .flatMap(rows -> rows);
    }

    static Set<Reason> reasons() {
        return all().map(Row::reason).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("all")
    void refusedAndUnseenAndItsTwinAccepted(Row row) throws Exception {
        Twins twins = row.arrangement().of(this);
        refused(twins.refused(), row.reason(), row.detail());
        passed(twins.accepted());
    }

    @ParameterizedTest
    @MethodSource("all")
    void observedGoesOnAndIsToldSo(Row row) throws Exception {
        if (!row.reason().isObservable()) {
            return;
        }
        Twins twins = row.arrangement().of(this);
        Policy before = edge.edge.snapshot().route("/api/v2/guests").policy();
        edge.use(
                edge.edge.snapshot().gate().settings(),
                new Policy(before.allowUnknownTokens(), Policy.OBSERVE.observed()));
        edge.api.seen.clear();
        Answer answer = edge.ask(twins.refused());
        ExchangeRecord record = edge.record();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.values("x-headgate-diagnosis"))
                .containsExactly(row.reason().code());
        assertThat(answer.names()).doesNotContain("proxy-status", "x-headgate-reason");
        assertThat(record.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        assertThat(record.reason()).isEqualTo(row.reason());
        assertThat(record.detail()).contains(row.detail());
        assertThat(edge.api.seen).hasSize(1);
    }
}
