package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.replay.RecordedBody;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedField;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code headgate replay} over a capture: what it prints, and what it exits with. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReplayCommandTest {
    private static final String UNKNOWN = "3f9a17c2b4d85e60aa";

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> tokens = new ArrayList<>(List.of(UNKNOWN));
    private Sandbox sandbox;
    private RunningProxy proxy;

    @BeforeEach
    void start() throws Exception {
        start("");
    }

    private void start(String more) throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
        proxy = RunningProxy.before(sandbox.url(), directory, more);
    }

    @AfterEach
    void stop() {
        proxy.close();
        sandbox.close();
    }

    private int run(String... args) {
        return new CommandLine(new Main())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    private Path capture() throws Exception {
        Recorder recorder = new Recorder(proxy.port());
        JsonNode ada = identity(recorder, "");
        JsonNode grace = identity(recorder, "");
        String stale = RawClient.bearer(ada);
        recorder.message(stale, ada);
        recorder.message(stale, grace);
        recorder.message("", ada);
        recorder.message("[REDACTED]", ada);
        recorder.message("Bearer " + UNKNOWN, ada);
        ada = identity(recorder, ada.path("guestId").asString(""));
        recorder.message(stale, ada);
        recorder.message(RawClient.bearer(ada), ada);
        StringBuilder lines = new StringBuilder();
        recorder.masked().forEach(one -> lines.append(line(one)).append('\n'));
        return Files.writeString(directory.resolve("capture.ndjson"), lines);
    }

    private JsonNode identity(Recorder recorder, String guest) throws Exception {
        String body =
                guest.isEmpty() ? "{\"purpose\":\"chat\"}" : "{\"purpose\":\"chat\",\"guestId\":\"" + guest + "\"}";
        JsonNode identity = recorder.identity(body);
        tokens.add(identity.path("guest_token").asString(""));
        return identity;
    }

    private static String line(RecordedExchange exchange) {
        ObjectNode line = RunningProxy.JSON
                .createObjectNode()
                .put("version", 1)
                .put(
                        "time",
                        Instant.EPOCH
                                .plus(exchange.startMicros(), ChronoUnit.MICROS)
                                .toString())
                .put("request_id", exchange.requestId())
                .put("verdict", exchange.reason() == null ? "allow" : "deny")
                .put("reason", exchange.reason());
        ObjectNode request = line.putObject("request")
                .put("method", exchange.request().method())
                .put("target", exchange.request().target());
        fields(request.putArray("fields"), exchange.request().fields());
        body(request, exchange.request().body());
        ObjectNode response =
                line.putObject("response").put("status", exchange.response().status());
        fields(response.putArray("fields"), exchange.response().fields());
        body(response, exchange.response().body());
        line.putObject("timings").put("total_us", exchange.durationMicros());
        return line.toString();
    }

    private static void fields(ArrayNode array, List<RecordedField> fields) {
        fields.forEach(field -> array.addArray().add(field.name()).add(field.value()));
    }

    private static void body(ObjectNode message, RecordedBody body) {
        if (body.bytes().length == 0) {
            message.putNull("body");
        } else {
            message.putObject("body").put("text", new String(body.bytes(), StandardCharsets.UTF_8));
        }
    }

    private void assertNoToken() {
        assertThat(tokens).hasSizeGreaterThan(3).allMatch(token -> token.length() > 10);
        assertThat(tokens).noneMatch(token -> (out.toString() + err).contains(token));
    }

    @Test
    void exitsWithZeroWhereNothingDiffers() throws Exception {
        Path capture = capture();
        stop();
        start();

        int exit = run("replay", capture.toString(), "--target", proxy.url(), "--fast");

        assertThat(out).asString().contains("10 exchanges replayed, none differs");
        assertThat(err).asString().isEqualTo("headgate: 10 replayed\n");
        assertThat(exit).isZero();
        assertNoToken();
    }

    @ParameterizedTest
    @ValueSource(strings = {"conversation.har", "conversation.ndjson"})
    void replaysTheSamples(String name) {
        int exit = run("replay", "../config/samples/" + name, "--target", proxy.url(), "--fast");

        assertThat(out).asString().contains("12 exchanges replayed, none differs");
        assertThat(exit).isZero();
        // A capture does not tell the token of nobody's, a HAR does.
        assertThat(out.toString()
                        .contains("     1  the recording does not show who issued its token; a stand-in was sent"))
                .isEqualTo(name.endsWith(".ndjson"));
    }

    @Test
    void namesTheVerdictsThatABrokenConfigurationChanges() throws Exception {
        Path capture = capture();
        stop();
        start("guard:\n  reasons: {session.guest: observe, auth.placeholder: observe}\n");

        int exit = run(
                "replay",
                capture.toString(),
                "--target",
                proxy.url(),
                "--fast",
                "--report",
                directory.resolve("out.html").toString(),
                "--json",
                "-");

        assertThat(exit).isEqualTo(1);
        JsonNode json = RunningProxy.JSON.readTree(out.toString());
        assertThat(json.toString()).contains("session.guest").contains("auth.placeholder");
        assertThat(directory.resolve("out.html")).content().contains("session.guest");
        assertNoToken();
    }

    @Test
    void asksTheGateAloneOffline() throws Exception {
        Path capture = capture();
        long seen = sandbox.requestCount();
        Path other = Files.writeString(
                directory.resolve("other.yaml"),
                RunningProxy.config("  - address: 127.0.0.1:0\n", sandbox.url())
                        + "guard:\n  reasons: {session.guest: observe, session.conversation: observe}\n  unknownToken: allow\n");

        assertThat(run("replay", capture.toString(), "--offline", "--config", proxy.configFile.toString()))
                .isZero();
        assertThat(out).asString().contains("none differs");
        assertThat(run("replay", capture.toString(), "--offline", "--config", other.toString()))
                .isEqualTo(1);
        assertThat(out).asString().contains("deny -> observe-deny").contains("reason token.unknown -> -");
        assertThat(sandbox.requestCount()).isEqualTo(seen);
        assertNoToken();
    }

    @Test
    void countsWhatTheFilterLeavesOutOffline() throws Exception {
        Path capture = capture();
        String[] args = {"replay", capture.toString(), "--offline", "--config", proxy.configFile.toString(), "--include"
        };

        assertThat(run(with(args, "status=4xx"))).isZero();
        assertThat(err).hasToString("headgate: 5 decided, 5 left out by the filter\n");
        err.getBuffer().setLength(0);
        assertThat(run(with(args, "path=/nowhere"))).isEqualTo(2);
        assertThat(out).asString().contains("nothing was replayed");
        assertThat(err).hasToString("headgate: 0 decided, 10 left out by the filter\n");
    }

    private static String[] with(String[] args, String last) {
        String[] all = Arrays.copyOf(args, args.length + 1);
        all[args.length] = last;
        return all;
    }

    @Test
    void isTheSameEachTimeOffline() throws Exception {
        Path capture = capture();
        String[] args = {"replay", capture.toString(), "--offline", "--config", proxy.configFile.toString()};

        run(args);
        String once = out.toString();
        out.getBuffer().setLength(0);
        run(args);

        assertThat(out).hasToString(once);
    }

    @Test
    void refusesWhatItCannotDo() throws Exception {
        Path torn = Files.writeString(directory.resolve("torn.ndjson"), "{\"version\":1,\"time\":\"2026-");
        Path later = Files.writeString(directory.resolve("later.ndjson"), "{\"version\":9}\n");
        String target = proxy.url();

        assertRefused("--target: 192.0.2.1 is 192.0.2.1, not this machine", torn, "--target", "http://192.0.2.1");
        assertRefused("--target: missing", torn);
        assertRefused("--config: missing", torn, "--offline");
        assertRefused("no such file", directory.resolve("none"), "--target", target);
        assertRefused("version: 9 (expected: 1", later, "--target", target);
        assertRefused("torn off", torn, "--target", target);
        assertRefused("--rate: 0.0 (expected: more than 0", torn, "--target", target, "--rate", "0");
        assertRefused("--include: x (expected: path=GLOB", torn, "--target", target, "--include", "x");
        assertRefused("--concurrency: 0 (expected: 1 to", torn, "--target", target, "--concurrency", "0");
        assertThat(sandbox.requestCount()).isZero();
    }

    private void assertRefused(String message, Path file, @Nullable String... more) {
        err.getBuffer().setLength(0);
        List<String> args = new ArrayList<>(List.of("replay", file.toString()));
        args.addAll(Arrays.asList(more));
        assertThat(run(args.toArray(String[]::new))).isEqualTo(2);
        assertThat(err).asString().contains(message);
    }
}
