package dev.headgate.app;

import static dev.headgate.app.ChatUi.CHAT;
import static dev.headgate.app.ChatUi.bearer;
import static dev.headgate.app.ChatUi.hello;
import static dev.headgate.app.ChatUi.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Cause;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Finding;
import dev.headgate.gate.Reason;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.sandbox.Sandbox;
import dev.headgate.sandbox.SandboxConfig;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The thread that Headgate started from: one 403, "User not authenticated", and eleven causes for it. Each is brought
 * about twice: straight at the API, where all that a user sees is the bare status, and through the edge, which names the
 * cause.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SeedThreadTest {
    private static final String OBSERVE = "guard:\n  mode: observe\n";
    private static final String UNKNOWN_ID = "7d1e0b6c-3f58-4a2c-9a57-21f6a3c0de11";

    @TempDir
    Path directory;

    private final List<AutoCloseable> running = new ArrayList<>();

    @Nullable
    private RunningProxy proxy;

    @AfterEach
    void close() throws Exception {
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).close();
        }
    }

    @Test
    void cause1StaleTokenKeptInACookie() throws Exception {
        // Genesys' clock stands still, so that only the edge can be the one to refuse.
        Instant start = Instant.now();
        Sandbox genesys = genesys(SandboxConfig.defaults()
                .withClock(() -> start)
                .withTokenLifetime(Duration.ofSeconds(1))
                .withDelay(Duration.ofMillis(50)));
        ChatUi ui = edgeBefore(genesys.url(), "");
        JsonNode kept = ui.identity(CHAT);
        HttpResponse<String> answer = ui.message(bearer(kept), hello(kept));
        while (answer.statusCode() == 200) {
            answer = ui.message(bearer(kept), hello(kept));
        }
        assertRefused(answer, Reason.TOKEN_EXPIRED, "(expected: less than 1 s)");
    }

    @Test
    void cause1StaleTokenByTheApisClockOnly() throws Exception {
        AtomicReference<Instant> genesysTime = new AtomicReference<>(Instant.now());
        Sandbox genesys = genesys(SandboxConfig.defaults().withClock(genesysTime::get));
        ChatUi direct = ChatUi.at(genesys.url());
        JsonNode directly = direct.identity(CHAT);
        ChatUi ui = edgeBefore(genesys.url(), "");
        JsonNode ada = ui.identity(CHAT);
        genesysTime.set(Instant.now().plus(Duration.ofHours(1)));
        assertBare(direct.message(bearer(directly), hello(directly)), 401, "credentials.expired");
        assertDiagnosed(ui.message(bearer(ada), hello(ada)), 401, Reason.TOKEN_EXPIRED, Confidence.CERTAIN);
        assertRefused(ui.message(bearer(ada), hello(ada)), Reason.TOKEN_REJECTED, "the upstream answered 401 to it");
    }

    @Test
    void cause1StaleTokenAfterARefresh() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        ChatUi direct = ChatUi.at(genesys.url());
        JsonNode old = direct.identity(CHAT);
        direct.identity("{\"guestId\":\"" + id(old, "guestId") + "\"}");
        assertBare(direct.message(bearer(old), hello(old)), 401, "credentials.expired");

        ChatUi ui = edgeBefore(genesys.url(), "");
        JsonNode first = ui.identity(CHAT);
        JsonNode second = ui.identity("{\"guestId\":\"" + id(first, "guestId") + "\"}");
        assertThat(ui.message(bearer(second), hello(second)).statusCode()).isEqualTo(200);
        assertRefused(ui.message(bearer(first), hello(first)), Reason.TOKEN_SUPERSEDED, "a newer one was issued");
        // Issued past the edge, or before its last start.
        assertRefused(ui.message(bearer(old), hello(old)), Reason.TOKEN_UNKNOWN, "no identity answer with it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"guestId", "conversationId"})
    void cause2NextServerReusesOneGuestsAuthorization(String shown) throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        for (boolean guarded : List.of(false, true)) {
            ChatUi behind = guarded ? edgeBefore(genesys.url(), "") : ChatUi.at(genesys.url());
            JsonNode ada = behind.identity(CHAT);
            JsonNode grace = behind.identity(CHAT);
            AtomicReference<String> cached = new AtomicReference<>();
            ChatUi pages = ChatUi.at(hopBefore(behind.base(), new Hop.Fault() {
                @Override
                public void change(Map<String, String> fields) {
                    cached.compareAndSet(null, fields.get("authorization"));
                    fields.put("authorization", cached.get());
                }
            }));
            assertThat(pages.message(bearer(ada), hello(ada, "guestId", "conversationId"))
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> answer = pages.message(bearer(grace), hello(grace, shown, "conversationId"));
            if (guarded) {
                Reason reason = shown.equals("guestId") ? Reason.SESSION_GUEST : Reason.SESSION_CONVERSATION;
                assertRefused(answer, reason, shown + " in the body: " + id(grace, shown));
            } else {
                assertBare(answer, 403, "not.authorized");
            }
        }
    }

    @Test
    void cause3AuthorizationIsStrippedInFrontOfTheEdge() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        ChatUi edge = edgeBefore(genesys.url(), "");
        JsonNode ada = edge.identity(CHAT);
        Map<String, Map<String, String>> hops = Map.of(
                "the request came through CloudFront",
                Map.of("via", "1.1 4f2c.cloudfront.net (CloudFront)", "x-amz-cf-id", "q3zB1"),
                "the request came through Next.js middleware",
                Map.of("x-middleware-subrequest", "middleware"),
                "Authorization: absent. ",
                Map.of());
        for (Map.Entry<String, Map<String, String>> hop : hops.entrySet()) {
            ChatUi stripped = ChatUi.at(hopBefore(edge.base(), stripping(hop.getValue())));
            assertRefused(stripped.message(bearer(ada), hello(ada)), Reason.AUTH_MISSING, hop.getKey());
        }
        ChatUi direct = ChatUi.at(genesys.url());
        ChatUi bare = ChatUi.at(hopBefore(genesys.url(), stripping(Map.of())));
        JsonNode grace = direct.identity(CHAT);
        assertBare(bare.message(bearer(grace), hello(grace)), 401, "authentication.required");
    }

    @Test
    void cause3AuthorizationIsStrippedBehindTheEdge() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        AtomicReference<Boolean> strips = new AtomicReference<>(true);
        String nginx = hopBefore(genesys.url(), new Hop.Fault() {
            @Override
            public void change(Map<String, String> fields) {
                if (strips.get()) {
                    fields.remove("authorization");
                }
            }
        });
        ChatUi ui = edgeBefore(nginx, "");
        JsonNode ada = ui.identity(CHAT);
        // Each time: no token is to blame that the API has not seen.
        for (int i = 0; i < 2; i++) {
            assertDiagnosed(ui.message(bearer(ada), hello(ada)), 401, Cause.AUTH_LOST, Confidence.LIKELY);
        }
        strips.set(false);
        assertThat(ui.message(bearer(ada), hello(ada)).statusCode()).isEqualTo(200);
    }

    @Test
    void cause4LoadBalancerTakesTheTokenForAUsers() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults().withJwtTokens(true));
        ChatUi ui = edgeBefore(genesys.url(), "");
        JsonNode ada = ui.identity(CHAT);
        assertThat(id(ada, "guest_token")).startsWith("eyJ");
        assertThat(ui.message(bearer(ada), hello(ada)).statusCode()).isEqualTo(200);

        Hop.Fault balancer = new Hop.Fault() {
            @Override
            public @Nullable String refuse(String path, Map<String, String> fields) {
                return fields.getOrDefault("authorization", "").startsWith("Bearer eyJ")
                        ? "<html>403 Forbidden: no user claims</html>"
                        : null;
            }
        };
        String behind = hopBefore(genesys.url(), balancer);
        ChatUi throughIt = edgeBefore(behind, "");
        JsonNode grace = throughIt.identity(CHAT);
        HttpResponse<String> answer = throughIt.message(bearer(grace), hello(grace));
        assertThat(answer.body()).isEqualTo("<html>403 Forbidden: no user claims</html>");
        assertDiagnosed(answer, 403, Cause.HOP_REFUSED, Confidence.LIKELY);
        HttpResponse<String> bare = ChatUi.at(behind).message(bearer(grace), hello(grace));
        assertThat(bare.statusCode()).isEqualTo(403);
        assertThat(named(bare)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"guest:write", "guest:chat:read", "guest:read"})
    void cause5ScopeIsMissing(String scope) throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        String create = "{\"purpose\":\"chat\",\"scope\":\"" + scope + "\"}";
        ChatUi direct = ChatUi.at(genesys.url());
        JsonNode directly = direct.identity(create);
        assertBare(direct.message(bearer(directly), hello(directly)), 403, "not.authorized");

        ChatUi ui = edgeBefore(genesys.url(), "");
        JsonNode ada = ui.identity(create);
        assertRefused(ui.message(bearer(ada), hello(ada)), Reason.SCOPE_MISSING, "issued without guest:");
        HttpResponse<String> read = ui.messages(bearer(ada), ada);
        if (scope.equals("guest:chat:read")) {
            assertThat(read.statusCode()).isEqualTo(200);
        } else {
            assertRefused(read, Reason.SCOPE_MISSING, "issued without guest:chat or guest:chat:read");
        }

        ChatUi observed = edgeBefore(genesys.url(), OBSERVE);
        JsonNode grace = observed.identity(create);
        assertDiagnosed(observed.message(bearer(grace), hello(grace)), 403, Reason.SCOPE_MISSING, Confidence.CERTAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.permissions", "not.authorized"})
    void cause5ServiceAccountMayNotCreateIdentities(String code) throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        String strict = hopBefore(genesys.url(), new Hop.Fault() {
            @Override
            public @Nullable String refuse(String path, Map<String, String> fields) {
                return path.endsWith("/identities") && fields.containsKey("authorization") ? error(code) : null;
            }
        });
        ChatUi account = edgeBefore(strict, "").with("Authorization", "Bearer c2VydmljZS1hY2NvdW50");
        HttpResponse<String> answer = account.create(CHAT);
        assertThat(answer.body()).isEqualTo(error(code));
        Diagnosis diagnosis = assertDiagnosed(
                answer,
                403,
                Reason.SCOPE_MISSING,
                code.equals("missing.permissions") ? Confidence.LIKELY : Confidence.POSSIBLE);
        assertThat(diagnosis.detail()).contains("guest:identity:write");
    }

    @Test
    void cause6PurposeIsLeftOut() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        String create = "{\"name\":\"Ada\"}";
        ChatUi direct = ChatUi.at(genesys.url());
        JsonNode directly = direct.identity(create);
        assertBare(direct.message(bearer(directly), hello(directly)), 403, "not.authorized");

        ChatUi ui = edgeBefore(genesys.url(), "");
        HttpResponse<String> created = ui.create(create);
        assertThat(created.statusCode()).isEqualTo(200);
        assertThat(named(created)).isEqualTo("identity.incomplete");
        ExchangeRecord flagged = recordOf(created);
        assertThat(flagged.verdict()).isEqualTo(VerdictKind.OBSERVE_DENY);
        assertThat(flagged.detail()).isEqualTo("create request: without purpose in the body");
        JsonNode ada = RunningProxy.JSON.readTree(created.body());
        assertRefused(ui.message(bearer(ada), hello(ada)), Reason.PURPOSE_MISSING, "created without a purpose");

        ChatUi observed = edgeBefore(genesys.url(), OBSERVE);
        JsonNode grace = observed.identity(create);
        assertDiagnosed(observed.message(bearer(grace), hello(grace)), 403, Reason.PURPOSE_MISSING, Confidence.CERTAIN);
    }

    @Test
    void cause7ConversationIdIsNotTheOneOfTheIdentity() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        ChatUi direct = ChatUi.at(genesys.url());
        JsonNode directly = direct.identity(CHAT);
        JsonNode other = direct.identity(CHAT);
        ObjectNode invalid = hello(directly).put("conversationId", "conversation-1");
        assertBare(direct.message(bearer(directly), invalid), 400, "bad.request");
        assertBare(direct.message(bearer(directly), hello(directly, "guestId")), 400, "bad.request");
        assertBare(direct.message(bearer(directly), hello(other)), 403, "not.authorized");

        ChatUi ui = edgeBefore(genesys.url(), "");
        JsonNode ada = ui.identity(CHAT);
        for (String wrong : List.of(id(other, "conversationId"), UNKNOWN_ID, "conversation-1")) {
            assertRefused(
                    ui.message(bearer(ada), hello(ada).put("conversationId", wrong)),
                    Reason.SESSION_CONVERSATION,
                    "conversationId in the body");
        }
        // Nothing to compare: Genesys' own 400 says it all.
        HttpResponse<String> missing = ui.message(bearer(ada), hello(ada, "guestId"));
        assertBare(missing, 400, "bad.request");
        assertThat(missing.body()).contains("conversationId is required");
        assertThat(recordOf(missing).verdict()).isEqualTo(VerdictKind.ALLOW);

        // Observed only, it is Genesys' 400, and no 403.
        ChatUi observed = edgeBefore(genesys.url(), OBSERVE);
        JsonNode grace = observed.identity(CHAT);
        HttpResponse<String> passed =
                observed.message(bearer(grace), hello(grace).put("conversationId", "conversation-1"));
        assertThat(passed.statusCode()).isEqualTo(400);
        assertThat(passed.body()).contains("conversationId is not a valid UUID");
        assertThat(named(passed)).isEqualTo("session.conversation");
    }

    @Test
    void cause8WebChatSessionIdDiffers() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        assertIdIsGuarded(genesys, "webChatSessionId", Reason.SESSION_CHAT);
    }

    @Test
    void cause9DivisionIdDiffers() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        assertIdIsGuarded(genesys, "divisionId", Reason.SESSION_DIVISION);
    }

    /** An id that is not the token's: refused where the create answer tells the right one, else explained. */
    private void assertIdIsGuarded(Sandbox genesys, String name, Reason reason) throws Exception {
        ChatUi direct = ChatUi.at(genesys.url());
        JsonNode directly = direct.identity(CHAT);
        assertBare(direct.message(bearer(directly), hello(directly).put(name, UNKNOWN_ID)), 403, "not.authorized");

        ChatUi ui = edgeBefore(genesys.url(), "");
        JsonNode ada = ui.identity(CHAT);
        assertThat(ui.message(bearer(ada), hello(ada, "conversationId", name)).statusCode())
                .isEqualTo(200);
        assertRefused(ui.message(bearer(ada), hello(ada).put(name, UNKNOWN_ID)), reason, name + " in the body");

        AtomicReference<String> hidden = new AtomicReference<>("");
        ChatUi untold = edgeBefore(
                hopBefore(genesys.url(), new Hop.Fault() {
                    @Override
                    public String answer(String body) {
                        JsonNode answer = RunningProxy.JSON.readTree(body);
                        if (answer.has("guest_token")) {
                            hidden.set(id(answer, name));
                            ((ObjectNode) answer).remove(name);
                        }
                        return answer.toString();
                    }
                }),
                "");
        JsonNode grace = untold.identity(CHAT);
        ObjectNode wrong = hello(grace).put(name, UNKNOWN_ID);
        Diagnosis diagnosis = assertDiagnosed(untold.message(bearer(grace), wrong), 403, reason, Confidence.POSSIBLE);
        assertThat(diagnosis.detail()).contains(name + " in the body could not be checked");
        // The first use that Genesys takes tells it.
        assertThat(untold.message(bearer(grace), hello(grace).put(name, hidden.get()))
                        .statusCode())
                .isEqualTo(200);
        assertRefused(untold.message(bearer(grace), wrong), reason, name + " in the body");
    }

    @Test
    void cause10FlowDoesNotAllowGuests() throws Exception {
        assertFlowIsNamed(SandboxConfig.defaults().withGuestsAllowed(false));
    }

    @Test
    void cause10ContactAttributesAreMissing() throws Exception {
        assertFlowIsNamed(SandboxConfig.defaults().withRequiredAttributes(Set.of("language")));
    }

    /** Nothing at the edge shows it: it is what remains when all else is right. */
    private void assertFlowIsNamed(SandboxConfig config) throws Exception {
        Sandbox genesys = genesys(config);
        ChatUi direct = ChatUi.at(genesys.url());
        JsonNode directly = direct.identity(CHAT);
        assertBare(direct.message(bearer(directly), hello(directly)), 403, "not.authorized");

        ChatUi ui = edgeBefore(genesys.url(), "");
        JsonNode ada = ui.identity(CHAT);
        Diagnosis diagnosis = assertDiagnosed(
                ui.message(bearer(ada), hello(ada, "guestId", "conversationId", "webChatSessionId", "divisionId")),
                403,
                Cause.FLOW_SETTINGS,
                Confidence.POSSIBLE);
        assertThat(diagnosis.detail())
                .contains("Authorization field left here intact", "s old", "guest:chat", "its ids are as issued");
        // A 403 is not the token's fault: it stays good for what the API takes.
        assertThat(ui.messages(bearer(ada), ada).statusCode()).isEqualTo(200);
    }

    @Test
    void cause11OrganizationFieldIsMissing() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
        ChatUi direct = ChatUi.at(genesys.url());
        assertBare(direct.create(CHAT), 403, "not.authorized");
        JsonNode directly = direct.withOrganization().identity(CHAT);
        assertBare(direct.message(bearer(directly), hello(directly)), 403, "not.authorized");

        ChatUi unconfigured = edge(config(genesys.url()).replace(ORGANIZATION_LINES, ""));
        assertDiagnosed(unconfigured.create(CHAT), 403, Cause.ORG_MISSING, Confidence.LIKELY);
        JsonNode ada = unconfigured.withOrganization().identity(CHAT);
        assertDiagnosed(unconfigured.message(bearer(ada), hello(ada)), 403, Cause.ORG_MISSING, Confidence.LIKELY);
        // One of the client's own that is wrong cannot be told from a right one, and the detail says so.
        Diagnosis diagnosis = assertDiagnosed(
                unconfigured.with(ChatUi.ORGANIZATION_FIELD, UNKNOWN_ID).message(bearer(ada), hello(ada)),
                403,
                Cause.FLOW_SETTINGS,
                Confidence.POSSIBLE);
        assertThat(diagnosis.detail()).contains("the client's own X-Genesys-Cloud-Id was not checked");

        ChatUi configured = edgeBefore(genesys.url(), "");
        JsonNode grace = configured.identity(CHAT);
        assertThat(configured.message(bearer(grace), hello(grace)).statusCode()).isEqualTo(200);
    }

    @Test
    void cause11OrganizationIsAnother() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults().withOrganizationId(RunningProxy.ORGANIZATION));
        ChatUi direct = ChatUi.at(genesys.url());
        JsonNode directly = direct.withOrganization().identity(CHAT);
        assertBare(
                direct.with(ChatUi.ORGANIZATION_FIELD, UNKNOWN_ID).message(bearer(directly), hello(directly)),
                403,
                "not.authorized");

        ChatUi replacing = edgeBefore(genesys.url(), "").with(ChatUi.ORGANIZATION_FIELD, UNKNOWN_ID);
        JsonNode ada = replacing.identity(CHAT);
        assertThat(replacing.message(bearer(ada), hello(ada)).statusCode()).isEqualTo(200);

        ChatUi refusing =
                edge(config(genesys.url()).replace(ORGANIZATION_LINES, ORGANIZATION_LINES + "  onConflict: refuse\n"));
        JsonNode grace = refusing.identity(CHAT);
        assertRefused(
                refusing.with(ChatUi.ORGANIZATION_FIELD, UNKNOWN_ID).message(bearer(grace), hello(grace)),
                Reason.ORG_MISMATCH,
                "another id than the configured one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[REDACTED]", "undefined", "Bearer undefined", "Bearer [REDACTED]", "Bearer null"})
    void placeholdersAreNoTokens(String authorization) throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        ChatUi direct = ChatUi.at(genesys.url());
        JsonNode directly = direct.identity(CHAT);
        assertBare(direct.message(authorization, hello(directly)), 401, "bad.credentials");

        ChatUi ui = edgeBefore(genesys.url(), "");
        JsonNode ada = ui.identity(CHAT);
        assertRefused(ui.message(authorization, hello(ada)), Reason.AUTH_PLACEHOLDER, "a literal placeholder");
    }

    @Test
    void whatTheApiSaysWeighsMoreThanWhatACreateRequestLacks() throws Exception {
        Sandbox genesys = genesys(SandboxConfig.defaults());
        ChatUi ui = edgeBefore(
                        hopBefore(genesys.url(), new Hop.Fault() {
                            @Override
                            public String refuse(String path, Map<String, String> fields) {
                                return error("origin.not.allowed");
                            }
                        }),
                        "")
                .with("Origin", "https://chat.example");
        assertDiagnosed(ui.create("{\"name\":\"Ada\"}"), 403, Cause.ORIGIN_REFUSED, Confidence.CERTAIN);
    }

    private static final String ORGANIZATION_LINES =
            "organization:\n  header: X-Genesys-Cloud-Id\n  id: " + RunningProxy.ORGANIZATION + "\n";

    private static String config(String upstream) {
        return RunningProxy.config("  - address: 127.0.0.1:0\n", upstream);
    }

    private static String error(String code) {
        return "{\"message\":\"Refused\",\"code\":\"" + code + "\",\"status\":403,\"contextId\":\"" + UNKNOWN_ID
                + "\",\"details\":[],\"errors\":[]}";
    }

    private static Hop.Fault stripping(Map<String, String> marks) {
        return new Hop.Fault() {
            @Override
            public void change(Map<String, String> fields) {
                fields.remove("authorization");
                fields.putAll(marks);
            }
        };
    }

    private Sandbox genesys(SandboxConfig config) throws Exception {
        Sandbox sandbox = Sandbox.start(config);
        running.add(sandbox);
        return sandbox;
    }

    private String hopBefore(String next, Hop.Fault fault) throws Exception {
        Hop hop = Hop.before(next, fault);
        running.add(hop);
        return hop.url();
    }

    private ChatUi edgeBefore(String upstream, String more) throws Exception {
        return edge(config(upstream) + more);
    }

    /** What is asserted from now on is asserted of this one. */
    private ChatUi edge(String config) throws Exception {
        RunningProxy started = RunningProxy.of(config, directory);
        running.add(started);
        proxy = started;
        return ChatUi.at(started.url());
    }

    private ExchangeRecord recordOf(HttpResponse<String> answer) throws InterruptedException {
        RunningProxy asked = proxy;
        assertThat(asked).isNotNull();
        String id = answer.headers().firstValue("x-request-id").orElseThrow();
        ExchangeRecord record = asked.record();
        while (!record.requestId().equals(id)) {
            record = asked.record();
        }
        return record;
    }

    /** The edge refuses it, names the reason, and Genesys never sees it. */
    private void assertRefused(HttpResponse<String> answer, Reason reason, String detail) throws InterruptedException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(reason.status());
        assertThat(answer.headers().firstValue("x-headgate-reason")).hasValue(reason.code());
        assertThat(answer.headers().firstValue("Proxy-Status"))
                .hasValue("headgate; error=http_request_denied; details=\"" + reason.code() + "\"");
        JsonNode body = RunningProxy.JSON.readTree(answer.body());
        assertThat(body.path("code").asString("")).isEqualTo(reason.code());
        assertThat(body.path("detail").asString("")).contains(detail).endsWith(reason.advice());
        ExchangeRecord record = recordOf(answer);
        assertThat(record.verdict()).isEqualTo(VerdictKind.DENY);
        assertThat(record.upstreamStatus()).isZero();
    }

    /** Genesys refuses it, in its own words, and the edge says what it makes of that. */
    private Diagnosis assertDiagnosed(HttpResponse<String> answer, int status, Finding finding, Confidence confidence)
            throws InterruptedException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(named(answer)).isEqualTo(finding.code());
        assertThat(answer.headers().firstValue("Proxy-Status"))
                .hasValue("headgate; received-status=" + status + "; details=\"" + finding.code() + "\"");
        if (answer.headers().firstValue("ININ-Correlation-Id").isPresent() && status == 403) {
            assertThat(RunningProxy.JSON.readTree(answer.body()).path("message").asString(""))
                    .isEqualTo("User not authenticated");
        }
        ExchangeRecord record = recordOf(answer);
        assertThat(record.upstreamStatus()).isEqualTo(status);
        Evidence evidence = record.evidence();
        assertThat(evidence).isNotNull();
        Diagnosis diagnosis = evidence.diagnosis();
        assertThat(diagnosis).isNotNull();
        assertThat(diagnosis.finding()).isEqualTo(finding);
        assertThat(diagnosis.confidence()).isEqualTo(confidence);
        return diagnosis;
    }

    /** All that a user sees today. */
    private static void assertBare(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode body = RunningProxy.JSON.readTree(answer.body());
        assertThat(body.path("code").asString("")).isEqualTo(code);
        if (status == 403) {
            assertThat(body.path("message").asString("")).isEqualTo("User not authenticated");
        }
        assertThat(named(answer)).isEmpty();
        assertThat(answer.headers().firstValue("x-headgate-reason")).isEmpty();
    }

    private static String named(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-headgate-diagnosis").orElse("");
    }
}
