package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Config;
import dev.headgate.config.ConfigLoader;
import dev.headgate.gate.Cors;
import dev.headgate.gate.GateSettings;
import dev.headgate.gate.Policy;
import dev.headgate.gate.Reason;
import dev.headgate.netty.Limits.RateLimit;
import dev.headgate.netty.Route;
import dev.headgate.netty.Snapshot;
import dev.headgate.netty.Upstream;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.session.KeyedHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reaches the gate of the keys of a configuration. */
class SnapshotsTest {
    @TempDir
    Path directory;

    /** @param route more keys of the route, in a flow mapping; may be empty */
    private Snapshot snapshot(String route, String more) throws Exception {
        Path file = Files.writeString(
                directory.resolve("c.yaml"), """
                listeners: [{address: "127.0.0.1:0"}]
                upstreams: {local: {url: "http://localhost"}}
                routes: [{path: /, upstream: local%s}]
                %s
                """.formatted(route.isEmpty() ? "" : ", " + route, more));
        Config config = ConfigLoader.load(file, Map.of(), BuiltInProfiles.ALL.keySet());
        return new Snapshots(KeyedHash.random()).of(config);
    }

    @Test
    void whatWasNotPutInForceCostsNoUpstream() throws Exception {
        Snapshots snapshots = new Snapshots(KeyedHash.random());
        Config before = config("http://localhost");
        Upstream upstream = only(snapshots.of(before));
        snapshots.keep();

        assertThat(only(snapshots.of(config("http://localhost:1")))).isNotSameAs(upstream);

        assertThat(only(snapshots.of(before))).isSameAs(upstream);
    }

    @Test
    void withoutABurstAsManyAtOnceAsRequests() throws Exception {
        Duration second = Duration.ofSeconds(1);
        assertThat(Snapshots.rate(new Config.Rate(7, second, null))).isEqualTo(new RateLimit(7, second, 7));
        assertThat(Snapshots.rate(new Config.Rate(7, second, 9))).isEqualTo(new RateLimit(7, second, 9));
        assertThat(snapshot("", "limits: {rate: {perClient: {requests: 7}}}")).isNotNull();
    }

    private Config config(String url) throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                listeners: [{address: "127.0.0.1:0"}]
                upstreams: {local: {url: "%s"}}
                routes: [{path: /, upstream: local}]
                """.formatted(url));
        return ConfigLoader.load(file, Map.of(), BuiltInProfiles.ALL.keySet());
    }

    private static Upstream only(Snapshot snapshot) {
        return snapshot.upstreams().iterator().next();
    }

    private Policy policy(String route, String guard) throws Exception {
        Route only = snapshot(route, guard).route("/");
        assertThat(only).isNotNull();
        return only.policy();
    }

    @Test
    void withoutASection() throws Exception {
        GateSettings settings = snapshot("", "").gate().settings();
        assertThat(settings.cors()).isNull();
        assertThat(settings.clockSkewMillis()).isEqualTo(5000);
        assertThat(settings.supersededGraceMillis()).isEqualTo(30_000);
        assertThat(policy("", "")).isEqualTo(Policy.ENFORCE);
    }

    @Test
    void corsAndClockSkew() throws Exception {
        GateSettings settings = snapshot(
                        "",
                        "cors: {origins: [HTTPS://Chat.example:443, 'http://[::1]:80', http://localhost:3000, app://x],"
                                + " credentials: true, maxAge: 2m}\nsessions: {clockSkew: 2m}")
                .gate()
                .settings();
        assertThat(settings.cors())
                .isEqualTo(new Cors(
                        Set.of("https://chat.example", "http://[::1]", "http://localhost:3000", "app://x"), true, 120));
        assertThat(settings.clockSkewMillis()).isEqualTo(120_000);
    }

    @Test
    void anyOrigin() throws Exception {
        assertThat(snapshot("", "cors: {origins: ['*']}").gate().settings().cors())
                .isEqualTo(new Cors(Set.of("*"), false, 600));
    }

    /** A mode in each of the places that may have one ({@code -}: none), and what comes of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            session.guest       | -       | -       | -       | -       | enforce
            session.guest       | -       | -       | -       | observe | observe
            session.guest       | -       | -       | observe | enforce | observe
            session.guest       | -       | -       | enforce | observe | enforce
            session.guest       | -       | observe | enforce | enforce | observe
            session.guest       | -       | enforce | observe | observe | enforce
            session.guest       | observe | enforce | enforce | enforce | observe
            session.guest       | enforce | observe | observe | observe | enforce
            identity.incomplete | -       | -       | -       | -       | observe
            identity.incomplete | -       | -       | enforce | enforce | observe
            identity.incomplete | -       | enforce | -       | -       | enforce
            identity.incomplete | enforce | -       | -       | -       | enforce
            identity.incomplete | observe | enforce | enforce | enforce | observe
            identity.incomplete | enforce | observe | observe | observe | enforce
            head.malformed      | -       | -       | observe | observe | enforce
            """)
    void modeOfAReason(String code, String routeReason, String reason, String routeMode, String mode, String expected)
            throws Exception {
        String route = "guard: {" + reasons(code, routeReason) + mode(routeMode) + "}";
        String guard = "guard: {" + reasons(code, reason) + mode(mode) + "}";
        Policy policy = policy(route, guard);
        Set<String> observed = policy.observed().stream().map(Reason::code).collect(Collectors.toSet());
        assertThat(observed.contains(code)).isEqualTo(expected.equals("observe"));
        // The others go by the modes alone.
        assertThat(observed.contains("session.member"))
                .isEqualTo(routeMode.equals("observe") || routeMode.equals("-") && mode.equals("observe"));
    }

    private static String reasons(String code, String mode) {
        return mode.equals("-") ? "" : "reasons: {" + code + ": " + mode + "}, ";
    }

    private static String mode(String mode) {
        return mode.equals("-") ? "" : "mode: " + mode;
    }

    @ParameterizedTest
    @CsvSource({"'','',false", "'',allow,true", "refuse,allow,false", "allow,refuse,true", "allow,'',true"})
    void unknownTokens(String route, String guard, boolean allowed) throws Exception {
        String own = route.isEmpty() ? "" : "unknownToken: " + route;
        String all = guard.isEmpty() ? "" : "unknownToken: " + guard;
        assertThat(policy("guard: {" + own + "}", "guard: {" + all + "}").allowUnknownTokens())
                .isEqualTo(allowed);
    }

    @Test
    void observedAreAllThatCanBe() throws Exception {
        assertThat(policy("", "guard: {mode: observe}").observed())
                .isEqualTo(EnumSet.allOf(Reason.class).stream()
                        .filter(Reason::isObservable)
                        .collect(Collectors.toSet()));
    }
}
