package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.replay.Endpoints;
import dev.headgate.replay.Filter;
import dev.headgate.replay.Pace;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.Replay;
import dev.headgate.replay.ReplayTarget;
import dev.headgate.replay.ReplayedExchange;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What was recorded through Headgate, replayed through it to another sandbox. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReplayWireTest {
    @TempDir
    Path directory;

    private final List<ReplayedExchange> replayed = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private Sandbox sandbox;
    private RunningProxy proxy;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
        proxy = RunningProxy.before(sandbox.url(), directory, "");
    }

    /** Another edge, and another API behind it: nothing that was issued before is known. */
    private void restart() throws Exception {
        stop();
        start();
    }

    @AfterEach
    void stop() {
        proxy.close();
        sandbox.close();
    }

    private Replay.Totals replay(List<RecordedExchange> exchanges, Filter filter, int concurrency) throws Exception {
        return replay(proxy.url(), exchanges, filter, concurrency);
    }

    private Replay.Totals replay(String target, List<RecordedExchange> exchanges, Filter filter, int concurrency)
            throws Exception {
        Replay.Settings settings = new Replay.Settings(
                ReplayTarget.of(target, false),
                new Endpoints(BuiltInProfiles.ALL.values().stream()
                        .map(profile -> new Endpoints.At("/", profile))
                        .toList()),
                filter,
                Pace.FAST,
                concurrency,
                false,
                10_000);
        try (Replay replay = new Replay(settings, replayed::add, (place, what) -> problems.add(place + ": " + what))) {
            replay.run(Recorder.recording(exchanges));
            return replay.finish();
        }
    }

    private Recorder conversation() throws Exception {
        Recorder recorder = new Recorder(proxy.port());
        JsonNode ada = recorder.identity("{\"purpose\":\"chat\"}");
        JsonNode grace = recorder.identity("{\"purpose\":\"chat\"}");
        String stale = RawClient.bearer(ada);
        recorder.message(stale, ada);
        recorder.message(RawClient.bearer(grace), grace);
        recorder.read(stale, ada);
        recorder.message(stale, grace);
        recorder.message("", ada);
        recorder.message("[REDACTED]", ada);
        recorder.message("Bearer 3f9a17c2b4d85e60aa", ada);
        ada = recorder.identity(
                "{\"purpose\":\"chat\",\"guestId\":\"" + ada.path("guestId").asString("") + "\"}");
        recorder.message(stale, ada);
        recorder.message(RawClient.bearer(ada), ada);
        recorder.message(RawClient.bearer(ada) + "\r\nAuthorization: " + stale, ada);
        recorder.send(
                "DELETE",
                "/api/v2/guests/conversations/" + ada.path("conversationId").asString(""),
                "Authorization: " + RawClient.bearer(ada) + "\r\n",
                "");
        recorder.message(RawClient.bearer(ada), ada);
        return recorder;
    }

    private static List<String> outcomes(List<RecordedExchange> exchanges) {
        return exchanges.stream()
                .map(one -> one.place() + " " + one.response().status() + " " + one.reason())
                .toList();
    }

    private List<String> outcomes() {
        return replayed.stream()
                .sorted(Comparator.comparing(one -> one.recorded().startMicros()))
                .map(one -> one.recorded().place() + " "
                        + (one.replayed() == null
                                ? one.failure()
                                : one.replayed().status() + " " + one.replayed().value("x-headgate-reason")))
                .toList();
    }

    @Test
    void endsAsItDidWithNewTokens() throws Exception {
        Recorder recorder = conversation();

        restart();
        Replay.Totals totals = replay(recorder.masked(), Filter.ALL, 8);

        assertThat(outcomes()).isEqualTo(outcomes(recorder.exchanges()));
        assertThat(outcomes())
                .anyMatch(line -> line.endsWith("session.guest"))
                .anyMatch(line -> line.endsWith("auth.missing"))
                .anyMatch(line -> line.endsWith("auth.placeholder"))
                .anyMatch(line -> line.endsWith("auth.duplicate"))
                .anyMatch(line -> line.endsWith("token.unknown"))
                .anyMatch(line -> line.endsWith("token.superseded"))
                .anyMatch(line -> line.endsWith("token.ended"));
        assertThat(totals).isEqualTo(new Replay.Totals(15, 0, 0, 0, 0, 0));
        assertThat(problems).isEmpty();
    }

    @Test
    void takesRealTokensForOldOnes() throws Exception {
        Recorder recorder = conversation();

        restart();
        replay(recorder.exchanges(), Filter.ALL, 8);

        assertThat(outcomes()).isEqualTo(outcomes(recorder.exchanges()));
    }

    @Test
    void conversationsAreKeptApartAndInOrder() throws Exception {
        Recorder recorder = new Recorder(proxy.port());
        List<JsonNode> guests = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            guests.add(recorder.identity("{\"purpose\":\"chat\"}"));
        }
        for (int round = 0; round < 3; round++) {
            for (JsonNode guest : guests) {
                recorder.message(RawClient.bearer(guest), guest);
            }
        }
        for (int i = 0; i < 50; i += 10) {
            recorder.message(RawClient.bearer(guests.get(i)), guests.get(i + 1));
            recorder.identity("{\"purpose\":\"chat\",\"guestId\":\""
                    + guests.get(i).path("guestId").asString("") + "\"}");
            recorder.message(RawClient.bearer(guests.get(i)), guests.get(i));
        }

        restart();
        replay(recorder.masked(), Filter.ALL, 16);

        assertThat(outcomes()).isEqualTo(outcomes(recorder.exchanges()));
        assertThat(outcomes())
                .filteredOn(line -> line.contains("session.guest"))
                .hasSize(5);
        assertThat(outcomes())
                .filteredOn(line -> line.contains("token.superseded"))
                .hasSize(5);
        Map<String, Integer> last = new HashMap<>();
        for (ReplayedExchange one : replayed) {
            String token = one.recorded().request().value("authorization");
            int number = Integer.parseInt(one.recorded().place().replaceAll("\\D", ""));
            assertThat(last.merge(
                            String.valueOf(token), number, (before, now) -> before < now ? now : Integer.MAX_VALUE))
                    .satisfiesAnyOf(
                            n -> assertThat(token).isNull(), n -> assertThat(n).isLessThan(Integer.MAX_VALUE));
        }
    }

    @Test
    void aBrowsersExportGetsItsTokensAgain() throws Exception {
        Recorder recorder = new Recorder(proxy.port());
        JsonNode ada = recorder.identity("{\"purpose\":\"chat\"}");
        recorder.message(RawClient.bearer(ada), ada);
        recorder.message("", ada);
        JsonNode grace = recorder.identity("{\"purpose\":\"chat\"}");
        recorder.message(RawClient.bearer(grace), grace);
        recorder.read(RawClient.bearer(ada), ada);

        restart();
        replay(Recorder.sanitized(recorder.exchanges()), Filter.ALL, 4);

        assertThat(outcomes())
                .containsExactly(
                        "recording: entry 1 200 null",
                        "recording: entry 2 200 null",
                        "recording: entry 3 401 auth.missing",
                        "recording: entry 4 200 null",
                        "recording: entry 5 200 null",
                        "recording: entry 6 200 null");
        assertThat(replayed.stream().filter(one -> one.notes().contains("attached the session's token")))
                .hasSize(3);
    }

    @Test
    void createCallsThatAreLeftOutAreSentWhereTheyAreNeeded() throws Exception {
        Recorder recorder = new Recorder(proxy.port());
        JsonNode ada = recorder.identity("{\"purpose\":\"chat\"}");
        recorder.identity("{\"purpose\":\"chat\"}");
        recorder.message(RawClient.bearer(ada), ada);

        restart();
        long before = sandbox.requestCount();
        Replay.Totals totals = replay(recorder.masked(), Filter.of(List.of("path=*/messages"), List.of()), 4);

        assertThat(outcomes()).containsExactly("recording: entry 3 200 null");
        assertThat(sandbox.requestCount() - before).isEqualTo(2);
        assertThat(totals).isEqualTo(new Replay.Totals(2, 0, 1, 0, 0, 0));
    }

    @Test
    void whatDependsOnACreateCallThatFailsIsReplayedAllTheSame() throws Exception {
        Recorder recorder = new Recorder(proxy.port());
        JsonNode ada = recorder.identity("{\"purpose\":\"chat\"}");
        recorder.message(RawClient.bearer(ada), ada);

        stop();
        sandbox = Sandbox.start(SandboxConfig.defaults());
        try (Hop refusing = Hop.before(sandbox.url(), new Hop.Fault() {
            @Override
            public String refuse(String path, Map<String, String> fields) {
                return path.endsWith("/identities") ? "no" : null;
            }
        })) {
            proxy = RunningProxy.before(refusing.url(), directory, "");
            replay(recorder.masked(), Filter.ALL, 4);
        }

        assertThat(outcomes()).containsExactly("recording: entry 1 403 null", "recording: entry 2 401 token.unknown");
        assertThat(replayed.get(1).notes())
                .containsExactly(
                        "the create call that issued its token or ids gave none in the replay: stand-ins were sent");
    }

    @Test
    void whatCannotHaveBeenOneRequestIsNotSent() throws Exception {
        Recorder recorder = new Recorder(proxy.port());
        recorder.send("GET", "/a", "X-Note: harmless\r\n", "");
        recorder.send("GET", "/b", "", "");
        long before = sandbox.requestCount();

        replay(
                Recorder.map(recorder.exchanges(), text -> text.equals("harmless") ? "a\r\n\r\nGET /c HTTP/1.1" : text),
                Filter.ALL,
                1);

        assertThat(problems)
                .containsExactly("recording: entry 1: its field X-Note has a control character, so it cannot be sent");
        assertThat(sandbox.requestCount() - before).isEqualTo(1);
    }

    /** A token in JWT's form, in the path too; and an id in the path that is the credential itself. */
    @Test
    void theOtherProfilesTokensAreNewToo() throws Exception {
        Recorder recorder = new Recorder(sandbox.port());
        String conversations = "/api/v2/webchat/guest/conversations";
        JsonNode chat = recorder.send(
                        "POST",
                        conversations,
                        "",
                        "{\"organizationId\":\"" + RunningProxy.ORGANIZATION
                                + "\",\"deploymentId\":\"66666666-7777-4888-9999-aaaaaaaaaaaa\","
                                + "\"routingTarget\":{\"targetType\":\"QUEUE\",\"targetAddress\":\"Chat\"},"
                                + "\"memberInfo\":{\"displayName\":\"Ada\"}}")
                .json();
        String member = conversations + "/" + chat.path("id").asString("") + "/members/"
                + chat.path("member").path("id").asString("");
        recorder.send(
                "POST",
                member + "/messages",
                "authorization: bearer " + chat.path("jwt").asString("") + "\r\n",
                "{\"body\":\"hello\",\"bodyType\":\"standard\"}");
        String sessions = "/api/v2/knowledge/guest/sessions";
        JsonNode session = recorder.send(
                        "POST", sessions, "", "{\"app\":{\"deploymentId\":\"d1\",\"type\":\"MessengerKnowledgeApp\"}}")
                .json();
        recorder.send(
                "POST",
                sessions + "/" + session.path("id").asString("") + "/documents/search",
                "",
                "{\"query\":\"returns\",\"sessionId\":\"" + session.path("id").asString("") + "\"}");

        restart();
        replay(sandbox.url(), recorder.exchanges(), Filter.ALL, 4);

        assertThat(outcomes()).isEqualTo(outcomes(recorder.exchanges())).allMatch(line -> line.contains(" 200 "));
    }
}
