package dev.headgate.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.profile.BuiltInProfiles;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits for what, and what leaves this machine. */
class PlannerTest {
    private static final String SECRET = "Zq7vM2xK9tB4nR6wY1cD8fG3hJ5lP0sA";
    private static final String GUESTS = "/api/v2/guests/";

    private static Planner planner(boolean remote) {
        return new Planner(
                new Endpoints(List.of(
                        new Endpoints.At(GUESTS, BuiltInProfiles.FORUM_GUEST),
                        new Endpoints.At("/", BuiltInProfiles.KNOWLEDGE_GUEST))),
                Filter.ALL,
                remote);
    }

    private static PlannedExchange plan(Planner planner, String method, String target, String field, String answer)
            throws Unsendable {
        List<RecordedField> fields = field.isEmpty()
                ? List.of()
                : List.of(new RecordedField(
                        field.substring(0, field.indexOf(':')), field.substring(field.indexOf(':') + 2)));
        RecordedRequest request = new RecordedRequest(method, target, fields, RecordedBody.NONE);
        RecordedResponse response =
                new RecordedResponse(200, List.of(), RecordedBody.of(answer.getBytes(StandardCharsets.UTF_8)));
        List<PlannedExchange> planned =
                planner.plan(new RecordedExchange("r:1", 0, 0, null, null, null, request, response, false), request);
        assertThat(planned).hasSize(1);
        return planned.get(0);
    }

    private static PlannedExchange create(Planner planner, String token, String guest) throws Unsendable {
        return plan(
                planner,
                "POST",
                GUESTS + "identities",
                "",
                "{\"token\":\"" + token + "\",\"guestId\":\"" + guest + "\",\"divisionId\":\"division-1\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer " + SECRET,
                "Authorization: " + SECRET,
                "Authorization: Bearer x " + SECRET,
                "Authorization: Basic " + SECRET,
                "Cookie: session=" + SECRET,
                "X-Api-Key: " + SECRET,
                "X-None: path"
            })
    void anotherMachineGetsNoSecretOutOfTheRecording(String field) throws Exception {
        String target = field.endsWith("path")
                ? "/api/v2/knowledge/guest/sessions/" + SECRET + "/documents"
                : GUESTS + "messages";

        byte[] there = plan(planner(true), "GET", target, field, "").template.filled("h", null);
        byte[] here = plan(planner(false), "GET", target, field, "").template.filled("h", null);

        assertThat(new String(there, StandardCharsets.UTF_8)).doesNotContain(SECRET);
        assertThat(new String(here, StandardCharsets.UTF_8)).contains(SECRET);
    }

    @Test
    void eachWaitsForTheOneBeforeInItsConversations() throws Exception {
        Planner planner = planner(false);
        PlannedExchange ada = create(planner, "token-ada", "guest-ada");
        PlannedExchange grace = create(planner, "token-grace", "guest-grace");
        PlannedExchange first = plan(planner, "GET", GUESTS + "messages", "Authorization: Bearer token-ada", "");
        PlannedExchange both =
                plan(planner, "GET", GUESTS + "messages?guestId=guest-grace", "Authorization: Bearer token-ada", "");
        PlannedExchange division = plan(planner, "GET", GUESTS + "messages?divisionId=division-1", "Accept: a", "");
        PlannedExchange nobodys = plan(planner, "GET", "/", "", "");

        assertThat(ada.waitsFor).isEmpty();
        assertThat(grace.waitsFor).isEmpty();
        assertThat(first.waitsFor).containsOnly(ada.done);
        assertThat(both.waitsFor)
                .satisfiesExactlyInAnyOrder(
                        f -> assertThat(f).isSameAs(ada.done),
                        f -> assertThat(f).isSameAs(grace.done),
                        f -> assertThat(f).isSameAs(first.done),
                        f -> assertThat(f).isSameAs(grace.done));
        assertThat((Object) division.waitsFor.get(0)).isSameAs(ada.done);
        assertThat(division.waitsFor).hasSize(1);
        assertThat(nobodys.waitsFor).isEmpty();
        ada.done.complete(null);
        assertThat(plan(planner, "GET", GUESTS + "messages?divisionId=division-1", "Accept: a", "").waitsFor)
                .allMatch(CompletableFuture::isDone)
                .isEmpty();
    }
}
