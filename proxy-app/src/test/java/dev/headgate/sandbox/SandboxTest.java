package dev.headgate.sandbox;

import static dev.headgate.sandbox.GuestClient.CHAT;
import static dev.headgate.sandbox.GuestClient.JSON;
import static dev.headgate.sandbox.GuestClient.bearer;
import static dev.headgate.sandbox.GuestClient.id;
import static dev.headgate.sandbox.GuestClient.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SandboxTest extends RunningSandbox {
    private static final String ORGANIZATION = "11111111-2222-3333-4444-555555555555";

    @Test
    void aConversationFromIdentityToItsEnd() throws Exception {
        start(SandboxConfig.defaults().withTokenLifetime(Duration.ofMinutes(5)));
        JsonNode guest = client.identity("{\"purpose\":\"chat\",\"name\":\"Ada\",\"email\":\"ada@example.org\","
                + "\"attributes\":{\"language\":\"en\"}}");
        for (String name : List.of("guestId", "conversationId", "webChatSessionId", "divisionId")) {
            assertThat(UUID.fromString(id(guest, name))).hasToString(id(guest, name));
        }
        assertThat(guest.get("expiresIn").longValue()).isEqualTo(300);
        assertThat(id(guest, "scope")).isEqualTo("guest:chat guest:write");
        assertThat(id(guest, "purpose")).isEqualTo("chat");

        String all = text(
                guest,
                ",\"guestId\":\"" + id(guest, "guestId") + "\",\"webChatSessionId\":\"" + id(guest, "webChatSessionId")
                        + "\",\"divisionId\":\"" + id(guest, "divisionId") + "\"");
        HttpResponse<String> sent = client.message(bearer(guest), all);
        assertThat(sent.statusCode()).isEqualTo(200);
        JsonNode message = JSON.readTree(sent.body());
        assertThat(id(message, "conversationId")).isEqualTo(id(guest, "conversationId"));
        assertThat(id(message, "status")).isEqualTo("sent");
        assertThat(client.message(bearer(guest).replace("Bearer", "bEARER"), text(guest))
                        .statusCode())
                .isEqualTo(200);

        HttpResponse<String> listed = client.send(
                "GET",
                "/api/v2/guests/messages?conversationId=" + id(guest, "conversationId"),
                "",
                "Authorization",
                bearer(guest));
        assertThat(listed.statusCode()).isEqualTo(200);
        JsonNode list = JSON.readTree(listed.body());
        assertThat(list.get("total").intValue()).isEqualTo(2);
        assertThat(id(list.get("entities").get(0), "id")).isEqualTo(id(message, "id"));
        assertThat(id(list.get("entities").get(0), "text")).isEqualTo("hello");

        String conversation = "/api/v2/guests/conversations/" + id(guest, "conversationId");
        HttpResponse<String> told = client.send("GET", conversation, "", "Authorization", bearer(guest));
        assertThat(told.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(told.body()).get("messageCount").intValue()).isEqualTo(2);

        HttpResponse<String> ended = client.send("DELETE", conversation, "", "Authorization", bearer(guest));
        assertThat(ended.statusCode()).isEqualTo(204);
        assertThat(ended.body()).isEmpty();
        assertRefused(client.message(bearer(guest), text(guest)), 401, "credentials.expired");
        assertRefused(
                client.post("/api/v2/guests/identities", "{\"guestId\":\"" + id(guest, "guestId") + "\"}"),
                404,
                "not.found");
    }

    @Test
    void anotherTokenForAGuestEndsTheFormerAtOnce() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode first = client.identity(CHAT);
        JsonNode second = client.identity("{\"guestId\":\"" + id(first, "guestId") + "\"}");
        assertThat(id(second, "guest_token")).isNotEqualTo(id(first, "guest_token"));
        assertThat(id(second, "conversationId")).isEqualTo(id(first, "conversationId"));
        assertThat(id(second, "purpose")).isEqualTo("chat");
        assertRefused(client.message(bearer(first), text(first)), 401, "credentials.expired");
        assertThat(client.message(bearer(second), text(second)).statusCode()).isEqualTo(200);
    }

    @Test
    void aTokenExpiresAtTheEndOfItsLifetime() throws Exception {
        start(SandboxConfig.defaults().withTokenLifetime(Duration.ofSeconds(10)));
        JsonNode guest = client.identity(CHAT);
        now.updateAndGet(instant -> instant.plusMillis(9_999));
        assertThat(client.message(bearer(guest), text(guest)).statusCode()).isEqualTo(200);
        now.updateAndGet(instant -> instant.plusMillis(1));
        assertRefused(client.message(bearer(guest), text(guest)), 401, "credentials.expired");
    }

    @Test
    void noAuthorization() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode guest = client.identity(CHAT);
        assertRefused(client.post("/api/v2/guests/messages", text(guest)), 401, "authentication.required");
        assertRefused(
                client.post(
                        "/api/v2/guests/messages",
                        text(guest),
                        "Authorization",
                        bearer(guest),
                        "Authorization",
                        bearer(guest)),
                401,
                "authentication.required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "bearer ", "Basic QWRhOkFkYQ==", "Digest x=y"})
    void unreadableAuthorization(String value) throws Exception {
        start(SandboxConfig.defaults());
        assertRefused(client.message(value, text(client.identity(CHAT))), 401, "authentication.required");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer AAAA",
                "Bearer undefined",
                "Bearer [REDACTED]",
                "Bearer [object Object]",
                "[REDACTED]",
                "undefined",
                "null",
                "[object Object]",
                "$GUEST_TOKEN",
                "<token>"
            })
    void unknownCredentials(String value) throws Exception {
        start(SandboxConfig.defaults());
        assertRefused(client.message(value, text(client.identity(CHAT))), 401, "bad.credentials");
    }

    @Test
    void aTokenNeedsItsScheme() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode guest = client.identity(CHAT);
        assertRefused(client.message(id(guest, "guest_token"), text(guest)), 401, "bad.credentials");
    }

    @ParameterizedTest
    @ValueSource(strings = {"guestId", "webChatSessionId", "divisionId"})
    void anotherSessionsIdIsForbidden(String name) throws Exception {
        start(SandboxConfig.defaults());
        JsonNode ada = client.identity(CHAT);
        JsonNode bob = client.identity(CHAT);
        String inBody = text(ada, ",\"" + name + "\":\"" + id(bob, name) + "\"");
        assertForbidden(client.message(bearer(ada), inBody));
        String inQuery = "/api/v2/guests/messages?" + name + "=" + id(bob, name);
        assertForbidden(client.post(inQuery, text(ada), "Authorization", bearer(ada)));
        String conversation = "conversationId=" + id(ada, "conversationId");
        assertForbidden(client.send("GET", inQuery + "&" + conversation, "", "Authorization", bearer(ada)));
    }

    @Test
    void anotherSessionsConversationIsForbidden() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode ada = client.identity(CHAT);
        JsonNode bob = client.identity(CHAT);
        assertForbidden(client.message(bearer(ada), text(bob)));
        String conversation = "/api/v2/guests/conversations/" + id(bob, "conversationId");
        assertForbidden(client.send("GET", conversation, "", "Authorization", bearer(ada)));
        assertForbidden(client.send("DELETE", conversation, "", "Authorization", bearer(ada)));
        assertThat(client.message(bearer(bob), text(bob)).statusCode()).isEqualTo(200);
        assertRefused(
                client.send(
                        "GET", "/api/v2/guests/conversations/" + UUID.randomUUID(), "", "Authorization", bearer(ada)),
                404,
                "not.found");
    }

    @Test
    void purposeAndScopeOfTheIdentityCount() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode noPurpose = client.identity("{\"name\":\"Ada\"}");
        assertThat(noPurpose.has("purpose")).isFalse();
        assertForbidden(client.message(bearer(noPurpose), text(noPurpose)));
        JsonNode otherPurpose = client.identity("{\"purpose\":\"survey\"}");
        assertForbidden(client.message(bearer(otherPurpose), text(otherPurpose)));
        JsonNode readOnly = client.identity("{\"purpose\":\"chat\",\"scope\":\"guest:chat guest:chat:read\"}");
        assertThat(id(readOnly, "scope")).isEqualTo("guest:chat guest:chat:read");
        assertForbidden(client.message(bearer(readOnly), text(readOnly)));
        JsonNode array = client.identity("{\"purpose\":\"chat\",\"scope\":[\"guest:chat\",\"guest:write\"]}");
        assertThat(client.message(bearer(array), text(array)).statusCode()).isEqualTo(200);
        // Valid for the session, though not for messages.
        assertThat(client.send(
                                "GET",
                                "/api/v2/guests/conversations/" + id(noPurpose, "conversationId"),
                                "",
                                "Authorization",
                                bearer(noPurpose))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"text\":\"hello\"}",
                "{\"conversationId\":null}",
                "{\"conversationId\":7}",
                "{\"conversationId\":\"\"}",
                "{\"conversationId\":\"1-2-3-4-5\"}",
                "{\"conversationId\":\"undefined\"}",
                "{\"conversationId\":\"00000000-0000-4000-8000-000000000000\"}",
                "[]",
                "{\"conversationId\"",
                "{\"guestId\":\"a\",\"guestId\":\"b\"}",
                "{} {}"
            })
    void aBodyOrConversationIdThatCannotBeOne(String body) throws Exception {
        start(SandboxConfig.defaults());
        assertRefused(client.message(bearer(client.identity(CHAT)), body), 400, "bad.request");
    }

    @Test
    void whatIsNotJson() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode guest = client.identity(CHAT);
        String messages = "/api/v2/guests/messages";
        assertRefused(
                client.send(
                        "POST", messages, text(guest), "Authorization", bearer(guest), "Content-Type", "text/plain"),
                415,
                "unsupported.media.type");
        assertRefused(
                client.send("POST", messages, text(guest), "Authorization", bearer(guest)),
                415,
                "unsupported.media.type");
        assertRefused(client.message(bearer(guest), ""), 400, "bad.request");
        String tooLarge = text(guest, ",\"x\":\"" + "x".repeat(SeenRequest.KEPT_BODY) + "\"");
        assertRefused(client.message(bearer(guest), tooLarge), 413, "request.entity.too.large");
    }

    @Test
    void theOrganizationMustMatchWhereOneIsSet() throws Exception {
        start(SandboxConfig.defaults().withOrganizationId(ORGANIZATION));
        String header = "X-Genesys-Cloud-Id";
        JsonNode guest = client.identity(CHAT, header, ORGANIZATION);
        String messages = "/api/v2/guests/messages";
        assertForbidden(client.post("/api/v2/guests/identities", CHAT));
        assertForbidden(client.message(bearer(guest), text(guest)));
        assertForbidden(client.post(messages, text(guest), "Authorization", bearer(guest), header, "other"));
        assertThat(client.post(messages, text(guest), "Authorization", bearer(guest), header, ORGANIZATION)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void everyAnswerHasACorrelationIdAndTheRateOfItsToken() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode ada = client.identity(CHAT);
        JsonNode bob = client.identity(CHAT);
        HttpResponse<String> first = client.message(bearer(ada), text(ada));
        HttpResponse<String> second = client.message(bearer(ada), text(bob));
        HttpResponse<String> other = client.message(bearer(bob), text(bob));
        assertThat(List.of(rate(first), rate(second), rate(other))).containsExactly("1/300/55", "2/300/55", "1/300/55");
        now.updateAndGet(instant -> instant.plusSeconds(55));
        assertThat(rate(client.message(bearer(ada), text(ada)))).isEqualTo("1/300/60");
        String id = first.headers().firstValue("ININ-Correlation-Id").orElseThrow();
        assertThat(UUID.fromString(id)).hasToString(id);
        assertThat(second.headers().firstValue("ININ-Correlation-Id"))
                .isPresent()
                .isNotEqualTo(id);
    }

    private static String rate(HttpResponse<?> response) {
        return String.join(
                "/",
                response.headers().firstValue("inin-ratelimit-count").orElseThrow(),
                response.headers().firstValue("inin-ratelimit-allowed").orElseThrow(),
                response.headers().firstValue("inin-ratelimit-reset").orElseThrow());
    }

    @Test
    void theRestIsNotFound() throws Exception {
        start(SandboxConfig.defaults());
        for (String path : List.of("/", "/api/v2/guests/", "/api/v2/guests/nothing", "/api/v2/users/me")) {
            assertRefused(client.send("GET", path, ""), 404, "not.found");
        }
        assertRefused(client.send("PUT", "/api/v2/guests/messages", ""), 404, "not.found");
        assertThat(client.send("GET", "/api/v2/status", "").statusCode()).isEqualTo(200);
    }

    @Test
    void theInjectedStatusIsForWhatNeedsAToken() throws Exception {
        start(SandboxConfig.defaults().withInjectedStatus(429));
        JsonNode guest = client.identity(CHAT);
        HttpResponse<String> response = client.message(bearer(guest), text(guest));
        assertRefused(response, 429, "too.many.requests");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        assertThat(client.send("GET", "/api/v2/status", "").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"403,origin.not.allowed", "403,missing.division.permission", "401,credentials.expired"})
    void theInjectedStatusMayHaveItsOwnCode(int status, String code) throws Exception {
        start(SandboxConfig.defaults().withErrorCode(code).withInjectedStatus(status));
        JsonNode guest = client.identity(CHAT);
        assertRefused(client.message(bearer(guest), text(guest)), status, code);
    }

    @Test
    void aCodeAloneInjectsNothing() throws Exception {
        start(SandboxConfig.defaults().withErrorCode("origin.not.allowed"));
        JsonNode guest = client.identity(CHAT);
        assertThat(client.message(bearer(guest), text(guest)).statusCode()).isEqualTo(200);
    }

    @Test
    void preflightsNeedNoCredential() throws Exception {
        start(SandboxConfig.defaults().withOrganizationId(ORGANIZATION));
        HttpResponse<String> response = client.send(
                "OPTIONS",
                "/api/v2/guests/messages",
                "",
                "Origin",
                "https://chat.example",
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type");
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).contains("https://chat.example");
        assertThat(response.headers().firstValue("Access-Control-Allow-Methods").orElseThrow())
                .contains("POST");
        assertThat(response.headers().firstValue("Access-Control-Allow-Headers"))
                .contains("authorization,content-type");
        assertRefused(
                client.send("OPTIONS", "/api/v2/guests/messages", "", "Origin", "https://chat.example"),
                404,
                "not.found");
    }

    @Test
    void jwtTokensTellNothingAboutAUser() throws Exception {
        start(SandboxConfig.defaults().withJwtTokens(true));
        JsonNode guest = client.identity(CHAT);
        String[] parts = id(guest, "guest_token").split("\\.", -1);
        assertThat(parts).hasSize(3);
        JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
        assertThat(claims.propertyNames()).containsExactlyInAnyOrder("iss", "jti");
        assertThat(client.message(bearer(guest), text(guest)).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bytesAreStreamed(boolean chunked) throws Exception {
        start(SandboxConfig.defaults());
        int size = 5_000_003;
        HttpResponse<byte[]> response = client.http()
                .send(
                        client.request("GET", "/sandbox/bytes?size=" + size + "&chunked=" + chunked, ""),
                        BodyHandlers.ofByteArray());
        assertThat(response.headers().firstValue("Content-Length").isPresent()).isEqualTo(!chunked);
        assertThat(response.headers().firstValue("Transfer-Encoding").isPresent())
                .isEqualTo(chunked);
        byte[] body = response.body();
        assertThat(body).hasSize(size);
        for (int i = 0; i < size; i++) {
            if (body[i] != (byte) (i % 251)) {
                throw new AssertionError("byte " + i);
            }
        }
        assertThat(client.send("GET", "/sandbox/bytes", "").body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1073741825", "many", ""})
    void theSizeOfBytesHasARange(String size) throws Exception {
        start(SandboxConfig.defaults());
        assertRefused(client.send("GET", "/sandbox/bytes?size=" + size, ""), 400, "bad.request");
    }

    @Test
    void echoTellsWhatArrivedButNoCredential() throws Exception {
        start(SandboxConfig.defaults());
        HttpResponse<String> response = client.send(
                "PUT",
                "/sandbox/echo?a=b",
                "x".repeat(3_000_000),
                "Authorization",
                "Bearer s3cret",
                "X-Mixed-Case",
                "v");
        assertThat(response.body()).doesNotContain("s3cret");
        JsonNode echo = JSON.readTree(response.body());
        assertThat(id(echo, "method")).isEqualTo("PUT");
        assertThat(id(echo, "uri")).isEqualTo("/sandbox/echo?a=b");
        assertThat(echo.get("bodySize").longValue()).isEqualTo(3_000_000);
        assertThat(id(echo, "bodySha256")).isEqualTo(sha256("x".repeat(3_000_000)));
        assertThat(echo.get("headers").valueStream().toList())
                .contains(
                        JSON.readTree("{\"name\":\"X-Mixed-Case\",\"value\":\"v\"}"),
                        JSON.readTree(
                                "{\"name\":\"Authorization\",\"valueSha256\":\"" + sha256("Bearer s3cret") + "\"}"));
    }

    private static String sha256(String text) {
        return HexFormat.of().formatHex(SandboxConnection.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatWasSeenIsKeptButNotPrinted() throws Exception {
        start(SandboxConfig.defaults());
        String secret = "s".repeat(43);
        client.send("POST", "/api/" + secret + "/x?token=" + secret, secret, "Authorization", "Bearer " + secret);
        assertThat(sandbox.requestCount()).isEqualTo(1);
        SeenRequest seen = sandbox.seen().get(0);
        assertThat(seen.values("authorization")).containsExactly("Bearer " + secret);
        assertThat(seen.body()).asString().isEqualTo(secret);
        assertThat(seen.toString()).startsWith("POST /api/***/x (").endsWith(" fields, 43 bytes)");
        assertThat(seen.fields().toString()).contains("Authorization: (").doesNotContain(secret);
    }

    @Test
    void onlyTheLatestRequestsAreKept() {
        SeenLog log = new SeenLog();
        for (int i = 0; i < SeenLog.MOST_REQUESTS + 5; i++) {
            log.add(seen("/" + i, new byte[0]));
        }
        assertThat(log.count()).isEqualTo(SeenLog.MOST_REQUESTS + 5);
        assertThat(log.latest()).hasSize(SeenLog.MOST_REQUESTS);
        assertThat(log.latest().get(0).uri()).isEqualTo("/5");
        for (int i = 0; i < 100; i++) {
            log.add(seen("/large", new byte[SeenRequest.KEPT_BODY]));
        }
        assertThat(log.latest()).hasSize(63);
    }

    private static SeenRequest seen(String uri, byte[] body) {
        return new SeenRequest("GET", uri, List.of(), List.of(), body, body.length, "");
    }

    @Test
    void aDelayedAnswerHoldsUpNobodyElseAndEndsWithTheSandbox() throws Exception {
        start(SandboxConfig.defaults().withDelay(Duration.ofHours(1)));
        CompletableFuture<HttpResponse<String>> delayed = client.http()
                .sendAsync(
                        client.request("POST", "/api/v2/guests/identities", CHAT, "Content-Type", "application/json"),
                        BodyHandlers.ofString());
        while (sandbox.seen().stream().noneMatch(seen -> seen.method().equals("POST"))) {
            assertThat(delayed).isNotDone();
            assertThat(client.send("GET", "/api/v2/status", "").statusCode()).isEqualTo(200);
        }
        assertThat(client.send("GET", "/api/v2/status", "").statusCode()).isEqualTo(200);
        sandbox.close();
        assertThatThrownBy(() -> delayed.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void aBusyPort() throws Exception {
        start(SandboxConfig.defaults());
        assertThatThrownBy(() -> Sandbox.start(SandboxConfig.defaults().withPort(sandbox.port())))
                .isInstanceOf(BindException.class);
        int port = sandbox.port();
        sandbox.close();
        sandbox = Sandbox.start(SandboxConfig.defaults().withPort(port));
        assertThat(sandbox.url()).isEqualTo("http://127.0.0.1:" + port);
    }

    @Test
    void knobsOutOfRange() {
        SandboxConfig config = SandboxConfig.defaults();
        assertThatThrownBy(() -> config.withPort(65536)).hasMessage("port: 65536 (expected: 0 to 65535)");
        assertThatThrownBy(() -> config.withInjectedStatus(200)).hasMessage("status: 200 (expected: 0, or 400 to 599)");
        assertThatThrownBy(() -> config.withTokenLifetime(Duration.ofMillis(999)))
                .hasMessageContaining("token lifetime");
        assertThatThrownBy(() -> config.withDelay(Duration.ofMillis(-1))).hasMessageContaining("delay");
        assertThatThrownBy(() -> config.withOrganizationId(" ")).hasMessageContaining("organization");
        assertThatThrownBy(() -> config.withHost("")).hasMessageContaining("host");
        assertThatThrownBy(() -> config.withErrorCode(" "))
                .hasMessage("error code: empty (expected: a code such as origin.not.allowed)");
        assertThatThrownBy(() -> config.withRequiredAttributes(Set.of("a", "")))
                .hasMessage("required attribute: empty (expected: a name)");
    }
}
