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
import java.util.List;
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
        Replay.Settings settings = new Replay.Settings(
                ReplayTarget.of(proxy.url(), false),
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
}
