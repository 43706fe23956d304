package dev.headgate.sandbox;

import static dev.headgate.sandbox.GuestClient.JSON;
import static dev.headgate.sandbox.GuestClient.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SandboxWebchatTest extends RunningSandbox {
    private static final String CONVERSATIONS = "/api/v2/webchat/guest/conversations";
    private static final String ORGANIZATION = "11111111-2222-3333-4444-555555555555";
    private static final String START = "{\"organizationId\":\"" + ORGANIZATION
            + "\",\"deploymentId\":\"66666666-7777-4888-9999-aaaaaaaaaaaa\","
            + "\"routingTarget\":{\"targetType\":\"QUEUE\",\"targetAddress\":\"Chat\"},"
            + "\"memberInfo\":{\"displayName\":\"Ada\"}}";
    private static final String HELLO = "{\"body\":\"hello\",\"bodyType\":\"standard\"}";

    private JsonNode conversation() throws Exception {
        HttpResponse<String> response = client.post(CONVERSATIONS, START);
        assertThat(response.statusCode()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static String path(JsonNode chat, String rest) {
        return CONVERSATIONS + "/" + id(chat, "id") + rest;
    }

    private static String member(JsonNode chat, String rest) {
        return path(chat, "/members/" + id(chat.get("member"), "id") + rest);
    }

    private HttpResponse<String> get(JsonNode chat, String target) throws Exception {
        return client.send("GET", target, "", "Authorization", "Bearer " + id(chat, "jwt"));
    }

    private HttpResponse<String> say(JsonNode chat, String body) throws Exception {
        return client.post(member(chat, "/messages"), body, "Authorization", "Bearer " + id(chat, "jwt"));
    }

    private static JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    @Test
    void aConversationFromItsStartToItsEnd() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode chat = conversation();
        String memberId = id(chat.get("member"), "id");
        assertThat(UUID.fromString(id(chat, "id"))).hasToString(id(chat, "id"));
        assertThat(UUID.fromString(memberId)).hasToString(memberId);

        JsonNode members = ok(get(chat, path(chat, "/members")));
        assertThat(members.get("total").intValue()).isEqualTo(1);
        assertThat(ok(get(chat, member(chat, ""))))
                .isEqualTo(members.get("entities").get(0));
        assertThat(id(members.get("entities").get(0), "id")).isEqualTo(memberId);

        now.updateAndGet(instant -> instant.plusSeconds(1));
        JsonNode message = ok(say(chat, HELLO));
        assertThat(id(message, "body")).isEqualTo("hello");
        assertThat(id(message, "timestamp")).isEqualTo("2026-01-02T03:04:06Z");
        assertThat(id(message.get("conversation"), "id")).isEqualTo(id(chat, "id"));
        assertThat(id(message.get("sender"), "id")).isEqualTo(memberId);

        JsonNode typing =
                ok(client.send("POST", member(chat, "/typing"), "", "Authorization", "Bearer " + id(chat, "jwt")));
        assertThat(id(typing.get("sender"), "id")).isEqualTo(memberId);

        JsonNode second = ok(say(chat, HELLO));
        assertThat(id(second, "id")).isNotEqualTo(id(message, "id"));
        ok(say(conversation(), HELLO));
        assertThat(ok(get(chat, path(chat, "/messages"))).get("entities").valueStream())
                .containsExactly(message, second);

        HttpResponse<String> ended =
                client.send("DELETE", member(chat, ""), "", "Authorization", "Bearer " + id(chat, "jwt"));
        assertThat(ended.statusCode()).isEqualTo(204);
        assertThat(ended.body()).isEmpty();
        assertRefused(get(chat, path(chat, "/members")), 401, "bad.credentials");
        assertRefused(say(chat, HELLO), 401, "bad.credentials");
    }

    @Test
    void theTokenTellsWhoseItIs() throws Exception {
        start(SandboxConfig.defaults().withTokenLifetime(Duration.ofMinutes(5)));
        JsonNode chat = conversation();
        String jwt = id(chat, "jwt");
        assertThat(id(chat, "eventStreamUri")).startsWith("wss://").endsWith("/" + jwt);
        String[] parts = jwt.split("\\.", -1);
        assertThat(parts).hasSize(3);
        JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
        long issuedAt = Instant.parse("2026-01-02T03:04:05Z").getEpochSecond();
        assertThat(claims)
                .isEqualTo(JSON.readTree("{\"iat\":" + issuedAt + ",\"exp\":" + (issuedAt + 300) + ",\"org\":\""
                        + ORGANIZATION + "\",\"data\":{\"conv\":\"" + id(chat, "id") + "\",\"sub\":\""
                        + id(chat.get("member"), "id") + "\"}}"));
        // Nothing but the signature keeps a token from being made up.
        assertThat(Base64.getUrlDecoder().decode(parts[2])).hasSize(32);
        String other = id(conversation(), "jwt");
        assertThat(other.substring(other.lastIndexOf('.') + 1)).isNotEqualTo(parts[2]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER  ", ""})
    void theSchemeIsInAnyCaseOrMissing(String scheme) throws Exception {
        start(SandboxConfig.defaults());
        JsonNode chat = conversation();
        assertThat(client.post(member(chat, "/messages"), HELLO, "Authorization", scheme + id(chat, "jwt"))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Basic QWRhOkFkYQ==", "Basic %s"})
    void noCredential(String authorization) throws Exception {
        start(SandboxConfig.defaults());
        JsonNode chat = conversation();
        String value = authorization.formatted(id(chat, "jwt"));
        assertRefused(
                client.post(member(chat, "/messages"), HELLO, "Authorization", value), 401, "authentication.required");
        assertRefused(client.post(member(chat, "/messages"), HELLO), 401, "authentication.required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer x", "[REDACTED]", "Bearer [REDACTED]", "Bearer %sx", "%sx"})
    void anUnknownCredential(String authorization) throws Exception {
        start(SandboxConfig.defaults());
        JsonNode chat = conversation();
        String value = authorization.formatted(id(chat, "jwt"));
        assertRefused(client.post(member(chat, "/messages"), HELLO, "Authorization", value), 401, "bad.credentials");
    }

    @Test
    void aTokenOfAnotherApi() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode guest = client.identity(GuestClient.CHAT);
        JsonNode chat = conversation();
        assertRefused(
                client.post(member(chat, "/messages"), HELLO, "Authorization", GuestClient.bearer(guest)),
                401,
                "bad.credentials");
        assertRefused(client.message("Bearer " + id(chat, "jwt"), GuestClient.text(guest)), 401, "bad.credentials");
    }

    @Test
    void aTokenExpiresAtTheEndOfItsLifetime() throws Exception {
        start(SandboxConfig.defaults().withTokenLifetime(Duration.ofSeconds(10)));
        JsonNode chat = conversation();
        now.updateAndGet(instant -> instant.plusMillis(9_999));
        assertThat(say(chat, HELLO).statusCode()).isEqualTo(200);
        now.updateAndGet(instant -> instant.plusMillis(1));
        assertRefused(say(chat, HELLO), 401, "credentials.expired");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /{c}/members",
        "GET, /{c}/messages",
        "GET, /{c}/members/{m}",
        "DELETE, /{c}/members/{m}",
        "POST, /{c}/members/{m}/messages",
        "POST, /{c}/members/{m}/typing"
    })
    void anothersIdIsForbidden(String method, String template) throws Exception {
        start(SandboxConfig.defaults());
        JsonNode ada = conversation();
        JsonNode bob = conversation();
        String own = id(ada, "id");
        String member = id(ada.get("member"), "id");
        for (String other : List.of(id(bob, "id"), UUID.randomUUID().toString(), "undefined")) {
            assertForbidden(as(ada, method, template.replace("{c}", other).replace("{m}", member)));
        }
        if (template.contains("{m}")) {
            for (String other :
                    List.of(id(bob.get("member"), "id"), UUID.randomUUID().toString(), "undefined")) {
                assertForbidden(as(ada, method, template.replace("{c}", own).replace("{m}", other)));
            }
        }
        // The other one has not come to harm.
        assertThat(say(bob, HELLO).statusCode()).isEqualTo(200);
        String upperCase =
                template.replace("{c}", own.toUpperCase(Locale.ROOT)).replace("{m}", member.toUpperCase(Locale.ROOT));
        assertThat(as(ada, method, upperCase).statusCode()).isBetween(200, 204);
    }

    private HttpResponse<String> as(JsonNode chat, String method, String rest) throws Exception {
        String[] fields = {"Authorization", "Bearer " + id(chat, "jwt"), "Content-Type", "application/json"};
        return client.send(method, CONVERSATIONS + rest, method.equals("POST") ? HELLO : "", fields);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"deploymentId\":\"d\"}",
                "{\"organizationId\":\"o\"}",
                "{\"organizationId\":null,\"deploymentId\":\"d\"}",
                "{\"organizationId\":\"o\",\"deploymentId\":\" \"}",
                "{\"organizationId\":7,\"deploymentId\":\"d\"}",
                "[]",
                "{"
            })
    void aStartWithoutOrganizationOrDeployment(String body) throws Exception {
        start(SandboxConfig.defaults());
        assertRefused(client.post(CONVERSATIONS, body), 400, "bad.request");
    }

    @Test
    void theOrganizationIsShort() throws Exception {
        start(SandboxConfig.defaults());
        String body = "{\"organizationId\":\"%s\",\"deploymentId\":\"d\"}";
        assertThat(client.post(CONVERSATIONS, body.formatted("o".repeat(256))).statusCode())
                .isEqualTo(200);
        assertRefused(client.post(CONVERSATIONS, body.formatted("o".repeat(257))), 400, "bad.request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"bodyType\":\"standard\"}", "{\"body\":null}", "{\"body\":7}", "[]", ""})
    void aMessageWithoutText(String body) throws Exception {
        start(SandboxConfig.defaults());
        JsonNode chat = conversation();
        assertRefused(say(chat, body), 400, "bad.request");
        assertThat(ok(get(chat, path(chat, "/messages"))).get("entities").isEmpty())
                .isTrue();
    }

    @Test
    void theRestIsNotFound() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode chat = conversation();
        for (String target : List.of(
                CONVERSATIONS,
                CONVERSATIONS + "/",
                CONVERSATIONS + "x/members",
                path(chat, ""),
                path(chat, "/messages/x"),
                member(chat, "/messages"))) {
            assertRefused(get(chat, target), 404, "not.found");
        }
    }

    @Test
    void theInjectedStatusIsForWhatNeedsAToken() throws Exception {
        start(SandboxConfig.defaults().withInjectedStatus(403).withErrorCode("origin.not.allowed"));
        JsonNode chat = conversation();
        assertRefused(say(chat, HELLO), 403, "origin.not.allowed");
    }

    @Test
    void eachConversationHasItsOwnRate() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode ada = conversation();
        JsonNode bob = conversation();
        say(ada, HELLO);
        assertThat(say(ada, HELLO).headers().firstValue("inin-ratelimit-count")).contains("2");
        HttpResponse<String> withoutScheme =
                client.post(member(ada, "/messages"), HELLO, "Authorization", id(ada, "jwt"));
        assertThat(withoutScheme.headers().firstValue("inin-ratelimit-count")).contains("3");
        HttpResponse<String> other = say(bob, HELLO);
        assertThat(other.headers().firstValue("inin-ratelimit-count")).contains("1");
        assertThat(other.headers().firstValue("inin-ratelimit-allowed")).contains("300");
        assertThat(other.headers().firstValue("inin-ratelimit-reset")).contains("55");
        assertThat(other.headers().firstValue("ININ-Correlation-Id")).isPresent();
    }

    @Test
    void noTokenIsPrinted() throws Exception {
        start(SandboxConfig.defaults());
        JsonNode chat = conversation();
        String jwt = id(chat, "jwt");
        get(chat, path(chat, "/members/" + jwt + "?jwt=" + jwt));
        SeenRequest seen = sandbox.seen().get(1);
        assertThat(seen.uri()).contains(jwt);
        assertThat(seen.toString()).contains("/members/***").doesNotContain(jwt);
        Credential credential = Credential.required(seen);
        assertThat(credential.token()).isEqualTo(jwt);
        assertThat(credential.toString()).isEqualTo("Credential of " + jwt.length() + " characters");
    }
}
