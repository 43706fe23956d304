package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.headgate.OwnThread;
import dev.headgate.admin.ReloadOutcome;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The configuration is loaded again while the proxy runs: all of it, or nothing, and no request or session is lost. */
class ReloadTest {
    private static final String FREE = "  - address: 127.0.0.1:0\n";
    private static final String MESSAGES = "/api/v2/guests/messages";

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private String config() {
        return RunningProxy.config(FREE, sandbox.url());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String url, String token, String body) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json");
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return send(request.POST(BodyPublishers.ofString(body)));
    }

    private JsonNode guest(RunningProxy proxy) throws Exception {
        String url = proxy.url() + "/api/v2/guests/identities";
        return RunningProxy.JSON.readTree(
                post(url, "", "{\"purpose\":\"chat\"}").body());
    }

    private HttpResponse<String> say(RunningProxy proxy, JsonNode guest) throws Exception {
        String conversation = guest.path("conversationId").asString("");
        return post(
                proxy.url() + MESSAGES,
                guest.path("guest_token").asString(""),
                "{\"conversationId\":\"" + conversation + "\",\"text\":\"hello\"}");
    }

    @Test
    void requestsFromNowOnSeeTheNewOneAndSessionsSurvive() throws Exception {
        try (RunningProxy proxy = RunningProxy.of(config(), directory)) {
            JsonNode guest = guest(proxy);
            assertThat(say(proxy, guest).statusCode()).isEqualTo(200);
            assertThat(post(proxy.url() + MESSAGES, "x", "{}").statusCode()).isEqualTo(401);

            proxy.write(config() + "guard: {mode: observe}\ncors: {origins: [https://a.example]}\n");
            ReloadOutcome outcome = proxy.reload();

            assertThat(outcome).isEqualTo(new ReloadOutcome(true, List.of(), List.of(), List.of()));
            assertThat(say(proxy, guest).statusCode()).isEqualTo(200);
            HttpResponse<String> observed = post(proxy.url() + MESSAGES, "x", "{}");
            assertThat(observed.headers().firstValue("x-headgate-diagnosis")).hasValue("token.unknown");
            assertThat(observed.headers().firstValue("x-headgate-reason")).isEmpty();
            assertThat(proxy.metrics())
                    .contains("headgate_config_reloads_total{result=\"success\"} 1.0")
                    .contains("headgate_config_last_reload_successful 1.0");
        }
    }

    @Test
    void aBadOneChangesNothingAndSaysWhy() throws Exception {
        try (RunningProxy proxy = RunningProxy.of(config(), directory)) {
            JsonNode guest = guest(proxy);
            proxy.write(config().replace("upstream: genesys\n    profile", "upstream: genesis\n    profile"));

            HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(proxy.adminUrl() + "/reload"))
                    .POST(BodyPublishers.noBody()));

            assertThat(answer.statusCode()).isEqualTo(409);
            JsonNode body = RunningProxy.JSON.readTree(answer.body());
            assertThat(body.path("reloaded").asBoolean(true)).isFalse();
            assertThat(body.path("errors").path(0).asString("")).contains("headgate.yaml:", "genesis", "genesys");
            assertThat(say(proxy, guest).statusCode()).isEqualTo(200);
            assertThat(proxy.metrics())
                    .contains("headgate_config_reloads_total{result=\"failure\"} 1.0")
                    .contains("headgate_config_last_reload_successful 0.0");
            proxy.outcome();

            proxy.write(config());
            assertThat(proxy.reload().reloaded()).isTrue();
            assertThat(proxy.metrics()).contains("headgate_config_last_reload_successful 1.0");
        }
    }

    @Test
    void aPageOfABrowserMayNotReload() throws Exception {
        try (RunningProxy proxy = RunningProxy.of(config(), directory)) {
            URI url = URI.create(proxy.adminUrl() + "/reload");
            assertThat(send(HttpRequest.newBuilder(url)
                                    .header("Origin", "https://evil.example")
                                    .POST(BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(send(HttpRequest.newBuilder(url)).statusCode()).isEqualTo(405);
            assertThat(proxy.metrics()).doesNotContain("headgate_config_reloads_total{");
        }
    }

    @Test
    void listenersComeAndGo() throws Exception {
        try (RunningProxy proxy = RunningProxy.of(config(), directory)) {
            String first = proxy.url();
            proxy.write(RunningProxy.config(FREE + FREE, sandbox.url()));
            assertThat(proxy.reload().reloaded()).isTrue();
            assertThat(proxy.urls()).hasSize(2).startsWith(first).doesNotHaveDuplicates();
            String second = proxy.urls().get(1);
            assertThat(post(second + MESSAGES, "", "{}").statusCode()).isEqualTo(401);

            proxy.write(config());
            assertThat(proxy.reload().reloaded()).isTrue();
            assertThat(proxy.urls()).containsExactly(first);
            HttpClient fresh = HttpClient.newHttpClient();
            assertThat(catchThrowable(() -> fresh.send(
                            HttpRequest.newBuilder(URI.create(second + MESSAGES))
                                    .build(),
                            BodyHandlers.ofString())))
                    .isInstanceOf(ConnectException.class);
            assertThat(post(first + MESSAGES, "", "{}").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aListenerThatCannotBeBoundChangesNothing() throws Exception {
        try (RunningProxy proxy = RunningProxy.of(config(), directory);
                ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String taken = "  - address: 127.0.0.1:" + busy.getLocalPort() + "\n";
            proxy.write(RunningProxy.config(FREE + FREE + taken, sandbox.url()) + "guard: {mode: observe}\n");
            ReloadOutcome outcome = proxy.reload();
            assertThat(outcome.reloaded()).isFalse();
            assertThat(outcome.errors())
                    .containsExactly("cannot listen on 127.0.0.1:" + busy.getLocalPort() + ": address already in use");
            assertThat(proxy.urls()).hasSize(1);
            assertThat(post(proxy.url() + MESSAGES, "", "{}").headers().firstValue("x-headgate-reason"))
                    .hasValue("auth.missing");
        }
    }

    @Test
    void whatTakesARestartIsNamed() throws Exception {
        try (RunningProxy proxy = RunningProxy.of(config(), directory)) {
            proxy.write(config().replace("supersededGrace: 0", "maximum: 5") + "explain: {exchanges: 5}\n");
            assertThat(proxy.reload().kept()).containsExactly("sessions.maximum", "explain.exchanges");
        }
    }

    /** As Kubernetes mounts a ConfigMap: the file is a link through a directory that is swapped. */
    @Test
    void aSwappedLinkIsSeen() throws Exception {
        try (RunningProxy proxy = RunningProxy.of(config() + "reload: {watch: 50ms}\n", directory)) {
            Path before = Files.createDirectory(directory.resolve("..1"));
            Path after = Files.createDirectory(directory.resolve("..2"));
            String same = Files.readString(proxy.configFile);
            Files.writeString(before.resolve("headgate.yaml"), same);
            Files.writeString(
                    after.resolve("headgate.yaml"), same.replace("profile: forum-guest", "profile: webmessaging"));
            Path data = Files.createSymbolicLink(directory.resolve("..data"), before);
            Files.delete(proxy.configFile);
            Files.createSymbolicLink(proxy.configFile, data.resolve("headgate.yaml"));
            // The first look may have found the file gone.
            while (!proxy.outcome().reloaded()) {
                assertThat(post(proxy.url() + MESSAGES, "x", "{}").statusCode()).isEqualTo(401);
            }
            assertThat(post(proxy.url() + MESSAGES, "x", "{}").headers().firstValue("x-headgate-reason"))
                    .hasValue("token.unknown");

            Path next = Files.createSymbolicLink(directory.resolve("..next"), after);
            Files.move(next, data, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            assertThat(proxy.outcome().reloaded()).isTrue();
            assertThat(post(proxy.url() + MESSAGES, "x", "{}").headers().firstValue("x-headgate-reason"))
                    .isEmpty();
        }
    }

    @Test
    void noRequestIsLostInAHundredReloads() throws Exception {
        try (RunningProxy proxy = RunningProxy.of(config(), directory)) {
            JsonNode guest = guest(proxy);
            AtomicBoolean done = new AtomicBoolean();
            List<CompletableFuture<Integer>> guests = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                guests.add(OwnThread.call(() -> talk(proxy, guest, done)));
            }
            for (int i = 0; i < 100; i++) {
                String listeners = i % 2 == 0 ? FREE : FREE + FREE;
                String upstream = i % 3 == 0 ? sandbox.url() : sandbox.url().replace("127.0.0.1", "localhost");
                proxy.write(RunningProxy.config(listeners, upstream)
                        + (i % 5 == 0 ? "limits: {fields: 99}\n" : "")
                        + (i % 7 == 0 ? "nonsense: true\n" : ""));
                assertThat(proxy.reload().reloaded()).isEqualTo(i % 7 != 0);
            }
            done.set(true);
            for (CompletableFuture<Integer> each : guests) {
                assertThat(each.get(20, TimeUnit.SECONDS)).isPositive();
            }
        }
    }

    private int talk(RunningProxy proxy, JsonNode guest, AtomicBoolean done) {
        int count = 0;
        while (!done.get()) {
            try {
                HttpResponse<String> answer = say(proxy, guest);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            } catch (Exception e) {
                throw new IllegalStateException("after " + count, e);
            }
            count++;
        }
        return count;
    }

    @Test
    void sighupReloads() throws Exception {
        Path log = directory.resolve("access.log");
        String config = config() + "accessLog: {path: " + log + "}\n";
        Path file = Files.writeString(directory.resolve("headgate.yaml"), config);
        try (ChildProcess child = ChildProcess.run(file)) {
            String url = child.after("headgate: listening on ");
            assertThat(post(url + MESSAGES, "", "{}").headers().firstValue("x-headgate-reason"))
                    .hasValue("auth.missing");
            child.after("headgate: admin on ");

            Path first = rotated(log, "1");
            Files.writeString(file, config + "guard: {mode: observe}\n");
            child.hangUp();
            assertThat(child.afterTime("headgate: ")).isEqualTo(file + " reloaded");
            assertThat(post(url + MESSAGES, "", "{}").headers().firstValue("x-headgate-reason"))
                    .isEmpty();

            Path second = rotated(log, "2");
            Files.writeString(file, config + "gaurd: {mode: observe}\n");
            child.hangUp();
            assertThat(child.afterTime("headgate: ")).isEqualTo(file + " not reloaded; the one before stays");
            post(url + MESSAGES + "?third", "", "{}");
            child.terminate();
            assertThat(child.exit()).isZero();
            assertThat(child.err()).contains("gaurd: unknown key");
            assertThat(verdicts(first)).containsExactly("deny");
            assertThat(verdicts(second)).containsExactly("observe-deny");
            assertThat(Files.readString(log)).containsOnlyOnce("\n").contains("?third");
        }
    }

    /** The log under another name, once it has a line; the next reload opens a new one. */
    private static Path rotated(Path log, String suffix) throws Exception {
        long start = System.nanoTime();
        while (Files.size(log) == 0) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
        }
        return Files.move(log, log.resolveSibling("access.log." + suffix));
    }

    private static List<String> verdicts(Path log) throws Exception {
        return Files.readAllLines(log).stream()
                .map(line -> RunningProxy.JSON.readTree(line).path("verdict").asString())
                .toList();
    }
}
