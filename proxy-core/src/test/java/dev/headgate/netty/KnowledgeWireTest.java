package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.session.Ending;
import dev.headgate.session.TokenFingerprint;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The profile {@code knowledge-guest}: the session's id in the path is the credential. */
@EachProtocol
class KnowledgeWireTest extends GuardedWireTest {
    private static String documents(String session) {
        return Ask.get(Knowledge.ROOT + "/" + session + "/documents/search");
    }

    @Test
    void theIdIsTheCredential() throws Exception {
        String mine = Knowledge.started(edge);
        ExchangeRecord record = passed(documents(mine));
        assertThat(record.tokenCheck()).isEqualTo(TokenCheck.CONFIRMED);
        assertThat(record.token()).isNotNull();
        ExchangeRecord unknown =
                refused(documents(UUID.randomUUID().toString()), Reason.TOKEN_UNKNOWN, "no identity answer");
        assertThat(unknown.tokenCheck()).isEqualTo(TokenCheck.UNKNOWN);
        assertThat(unknown.token()).isNotNull().isNotEqualTo(record.token());
        refused(documents("x"), Reason.TOKEN_UNKNOWN, "no identity answer");
    }

    /** UUIDs are the same in either case (RFC 9562 section 4), so a revoked one must not pass in the other. */
    @Test
    void aUuidIsOneCredentialInEitherCase() throws Exception {
        edge.use(GuardedEdge.ENFORCE, GuardedEdge.ALLOW_UNKNOWN);
        for (String id : List.of("0a1b2c3d-0000-4000-8000-00000000abcd", "0A1B2C3D-0000-4000-8000-00000000ABCE")) {
            String mine = Knowledge.started(edge, id);
            TokenFingerprint token =
                    passed(documents(mine.toLowerCase(Locale.ROOT))).token();
            assertThat(passed(documents(mine.toUpperCase(Locale.ROOT))).token()).isEqualTo(token);
            edge.store.end(token, new Ending(Ending.Cause.REVOKED, 0));
            refused(documents(mine.toLowerCase(Locale.ROOT)), Reason.TOKEN_REVOKED, "an operator revoked it");
            refused(documents(mine.toUpperCase(Locale.ROOT)), Reason.TOKEN_REVOKED, "an operator revoked it");
        }
    }

    @Test
    void authorizationIsTheApisBusiness() throws Exception {
        String mine = Knowledge.started(edge);
        for (String authorization : List.of("Basic eDp5", "Bearer undefined", "", "Bearer a b")) {
            passed(Ask.get(Knowledge.ROOT + "/" + mine, "Authorization: " + authorization));
        }
        refused(
                Ask.get(Knowledge.ROOT + "/" + mine, "Authorization: Basic a", "Authorization: Basic b"),
                Reason.AUTH_DUPLICATE,
                "2 fields");
        refused(
                Ask.get(Knowledge.ROOT + "/" + UUID.randomUUID(), "Authorization: Bearer " + mine),
                Reason.TOKEN_UNKNOWN,
                "no identity answer");
    }

    @Test
    void itExpires() throws Exception {
        String mine = Knowledge.started(edge);
        edge.advance(Duration.ofDays(1).minusMillis(1));
        passed(documents(mine));
        edge.advance(Duration.ofMillis(1));
        refused(documents(mine), Reason.TOKEN_EXPIRED, "issued 86400 s ago");
    }

    @Test
    void a401RejectsItAndA403DoesNot() throws Exception {
        String mine = Knowledge.started(edge);
        edge.api.script = seen -> List.of(GuestApi.answer(403, "", ""));
        answered(documents(mine), 403);
        edge.api.script = seen -> List.of(GuestApi.answer(401, "", ""));
        answered(documents(mine), 401);
        refused(documents(mine), Reason.TOKEN_REJECTED, "the upstream answered 401 to it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v2/knowledge/guest/sessions/ID",
                "/api/v2/knowledge/guest/sessions/ID/",
                "/api/v2/knowledge/guest/sessions/ID/documents?q=a",
                "/api/v2/knowledge/guest/sessions/ID?q=a/b/c",
                "/api/v2/knowledge/guest/sessions//ID///documents",
                "/api//v2/knowledge/guest/sessions/ID/documents",
                "/api/v2/knowledge/guest/sessions/ID;x=y/documents",
                "/api/v2/knowledge/guest/sessions;x=y/ID;x=y",
                "/api/v2/knowledge/guest/sessions/;x=y/ID/documents",
                "/;x/api/v2/knowledge/guest/sessions/ID/documents",
                "/api/;a;b/;c//v2/knowledge/guest/sessions/;/ID/documents",
                "/api/v2/knowledge/guest/sessions/%ID/documents",
                "/api/v2/knowledge/guest/session%73/ID/documents",
                "http://edge.example/api/v2/knowledge/guest/sessions/ID/documents"
            })
    void itIsMaskedInTheRecordsPathInEverySpelling(String target) throws Exception {
        String mine = Knowledge.started(edge);
        String secret = mine.substring(1);
        ExchangeRecord good = passed(Ask.get(WebchatWireTest.spelled(target, mine)));
        assertThat(good.tokenCheck()).isEqualTo(TokenCheck.CONFIRMED);
        assertThat(good.toString()).doesNotContain(secret);
        assertThat(good.path()).contains("[masked]").startsWith("/");
        String other = UUID.randomUUID().toString();
        ExchangeRecord bad =
                refused(Ask.get(WebchatWireTest.spelled(target, other)), Reason.TOKEN_UNKNOWN, "no identity answer");
        assertThat(bad.toString()).doesNotContain(other.substring(1));
    }
}
