package dev.headgate.sandbox;

import static dev.headgate.sandbox.GuestClient.CHAT;
import static dev.headgate.sandbox.GuestClient.bearer;
import static dev.headgate.sandbox.GuestClient.id;
import static dev.headgate.sandbox.GuestClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a guest needs to post and to read messages, besides a token that is good. */
class SandboxEntryPointTest extends RunningSandbox {
    private HttpResponse<String> list(JsonNode guest) throws Exception {
        String target = "/api/v2/guests/messages?conversationId=" + id(guest, "conversationId");
        return client.send("GET", target, "", "Authorization", bearer(guest));
    }

    private static void assertAllowed(boolean allowed, HttpResponse<String> response) throws Exception {
        if (allowed) {
            assertThat(response.statusCode()).isEqualTo(200);
        } else {
            assertForbidden(response);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "guest:chat guest:write, true, true",
        "guest:chat guest:chat:write, true, true",
        "guest:chat:write, true, false",
        "guest:chat:read guest:chat:write, true, true",
        "guest:write, false, false",
        "guest:chat, false, true",
        "guest:chat guest:chat:read, false, true",
        "guest:chat:read guest:write, false, true",
        "guest:identity:write, false, false",
        "guest:chatter guest:writer, false, false",
        "'', false, false"
    })
    void scopesToPostAndToRead(String scope, boolean post, boolean read) throws Exception {
        start(SandboxConfig.defaults());
        JsonNode guest = client.identity("{\"purpose\":\"chat\",\"scope\":\"" + scope + "\"}");
        assertAllowed(post, client.message(bearer(guest), text(guest)));
        assertAllowed(read, list(guest));
    }

    @Test
    void scopeAndPurposeAreShort() throws Exception {
        start(SandboxConfig.defaults());
        String longest = "x".repeat(256);
        for (String body : new String[] {"{\"scope\":\"%s\"}", "{\"scope\":[\"%s\"]}", "{\"purpose\":\"%s\"}"}) {
            assertThat(client.post("/api/v2/guests/identities", body.formatted(longest))
                            .statusCode())
                    .isEqualTo(200);
            assertRefused(client.post("/api/v2/guests/identities", body.formatted(longest + "x")), 400, "bad.request");
        }
    }

    @Test
    void aFlowWithoutGuestsTakesNoMessage() throws Exception {
        start(SandboxConfig.defaults().withGuestsAllowed(false));
        JsonNode guest = client.identity(CHAT);
        assertForbidden(client.message(bearer(guest), text(guest)));
        assertRefused(client.message("Bearer AAAA", text(guest)), 401, "bad.credentials");
        assertThat(list(guest).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"purpose\":\"chat\",\"contactAttributes\":{\"language\":\"en\",\"tier\":1}}",
                "{\"purpose\":\"chat\",\"attributes\":{\"language\":\"en\",\"tier\":1}}",
                "{\"purpose\":\"chat\",\"attributes\":{\"language\":\"en\"},\"contactAttributes\":{\"tier\":1}}"
            })
    void anIdentityWithTheRequiredAttributes(String identity) throws Exception {
        start(SandboxConfig.defaults().withRequiredAttributes(Set.of("language", "tier")));
        JsonNode guest = client.identity(identity);
        assertThat(client.message(bearer(guest), text(guest)).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CHAT,
                "{\"purpose\":\"chat\",\"contactAttributes\":{\"language\":\"en\"}}",
                "{\"purpose\":\"chat\",\"contactAttributes\":{\"language\":\"en\",\"tier\":null}}",
                "{\"purpose\":\"chat\",\"contactAttributes\":[\"language\",\"tier\"]}",
                "{\"purpose\":\"chat\",\"language\":\"en\",\"tier\":1}"
            })
    void anIdentityWithoutThem(String identity) throws Exception {
        start(SandboxConfig.defaults().withRequiredAttributes(Set.of("language", "tier")));
        JsonNode guest = client.identity(identity);
        assertForbidden(client.message(bearer(guest), text(guest)));
        assertThat(list(guest).statusCode()).isEqualTo(200);
    }

    @Test
    void attributesOnceGivenStay() throws Exception {
        start(SandboxConfig.defaults().withRequiredAttributes(Set.of("language", "tier")));
        JsonNode first = client.identity("{\"purpose\":\"chat\",\"attributes\":{\"language\":\"en\"}}");
        JsonNode second = client.identity("{\"guestId\":\"" + id(first, "guestId") + "\",\"attributes\":{\"tier\":1}}");
        assertThat(client.message(bearer(second), text(second)).statusCode()).isEqualTo(200);
    }
}
