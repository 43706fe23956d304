package dev.headgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.GateRun.Outcome;
import dev.headgate.gate.check.Checks;
import dev.headgate.http.FieldName;
import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.Profile;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.Session;
import dev.headgate.session.TokenClaims;
import dev.headgate.session.TokenFingerprint;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the edge makes of a 401 or 403 that is not its own: each clue, and next to it where it says nothing. */
class UpstreamRefusalTest {
    private static final String TOKEN = "s3cret-token-0123456789";
    private static final long NOW = 1_800_000_000_000L;
    private static final Policy PASS = new Policy(true, Set.of(Reason.values()));
    private static final Session FRESH = session(60, 900, true, "guest:chat guest:write", "chat");

    /** A request that the gate let pass, with everything right, and what the upstream said. */
    private record Situation(
            String name,
            String line,
            String fields,
            String body,
            @Nullable Session session,
            boolean organization,
            int status,
            String code,
            String host,
            Finding finding,
            Confidence confidence,
            String detail) {
        static Situation of(String name) {
            return new Situation(
                    name,
                    "POST /api/v2/guests/messages",
                    "Authorization: Bearer " + TOKEN,
                    "{}",
                    FRESH,
                    true,
                    403,
                    "not.authorized",
                    "api.mypurecloud.com",
                    Cause.FLOW_SETTINGS,
                    Confidence.POSSIBLE,
                    "intact; its token is 60 s old");
        }

        Situation ask(String line, String fields, String body) {
            return new Situation(
                    name, line, fields, body, session, organization, status, code, host, finding, confidence, detail);
        }

        Situation fields(String more) {
            return ask(line, fields + "\r\n" + more, body);
        }

        Situation session(@Nullable Session session) {
            return new Situation(
                    name, line, fields, body, session, organization, status, code, host, finding, confidence, detail);
        }

        Situation noOrganization() {
            return new Situation(
                    name, line, fields, body, session, false, status, code, host, finding, confidence, detail);
        }

        Situation says(int status, String code) {
            return new Situation(
                    name, line, fields, body, session, organization, status, code, host, finding, confidence, detail);
        }

        Situation host(String host) {
            return new Situation(
                    name, line, fields, body, session, organization, status, code, host, finding, confidence, detail);
        }

        Situation means(Finding finding, Confidence confidence, String detail) {
            return new Situation(
                    name, line, fields, body, session, organization, status, code, host, finding, confidence, detail);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Situation> situations() {
        String create = "POST /api/v2/guests/identities";
        String bearer = "Authorization: Bearer " + TOKEN;
        return Stream.of(
                Situation.of("nothing is wrong"),
                Situation.of("another code").says(403, "some.other"),
                Situation.of("nothing of the API's own")
                        .says(403, "")
                        .means(Cause.HOP_REFUSED, Confidence.POSSIBLE, "intact"),
                Situation.of("origin")
                        .says(403, "origin.not.allowed")
                        .fields("Origin: https://page.example")
                        .means(Cause.ORIGIN_REFUSED, Confidence.CERTAIN, "Origin: https://page.example"),
                Situation.of("no origin")
                        .says(401, "origin.not.allowed")
                        .means(Cause.ORIGIN_REFUSED, Confidence.CERTAIN, "Origin: none"),
                Situation.of("an origin, and no such code").fields("Origin: https://page.example"),
                Situation.of("expired by the API")
                        .says(401, "credentials.expired")
                        .means(Reason.TOKEN_EXPIRED, Confidence.CERTAIN, "60 s old, of a lifetime of 900 s"),
                Situation.of("expired by the API, and unknown")
                        .says(401, "credentials.expired")
                        .session(null)
                        .means(Reason.TOKEN_EXPIRED, Confidence.CERTAIN, "age is not known"),
                Situation.of("no Authorization where one is needed")
                        .ask("POST /api/v2/guests/messages", "X: y", "{}")
                        .means(Reason.AUTH_MISSING, Confidence.CERTAIN, "without an Authorization"),
                Situation.of("no Authorization where none is needed")
                        .ask(create, "X: y", "{\"purpose\":\"chat\"}")
                        .session(null)
                        .means(Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "the upstream's region is mypurecloud.com"),
                Situation.of("the API saw no Authorization")
                        .says(401, "authentication.required")
                        .means(Cause.AUTH_LOST, Confidence.LIKELY, "left here intact; the API says"),
                Situation.of("the API saw none, and there was none")
                        .says(401, "authentication.required")
                        .ask(create, "X: y", "{\"purpose\":\"chat\"}")
                        .session(null)
                        .means(Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "the upstream's region"),
                Situation.of("division")
                        .says(403, "missing.division.permission")
                        .means(Reason.SESSION_DIVISION, Confidence.LIKELY, "another division"),
                Situation.of("permissions")
                        .says(403, "missing.permissions")
                        .means(Reason.SCOPE_MISSING, Confidence.LIKELY, "its scopes are guest:chat guest:write"),
                Situation.of("any permissions, of unknown scopes")
                        .says(403, "missing.any.permissions")
                        .session(session(60, 900, true, null, "chat"))
                        .means(Reason.SCOPE_MISSING, Confidence.LIKELY, "its scopes are not known"),
                Situation.of("no organisation")
                        .noOrganization()
                        .means(Cause.ORG_MISSING, Confidence.LIKELY, "intact; no X-Genesys-Cloud-Id came"),
                Situation.of("no organisation, and no Authorization")
                        .noOrganization()
                        .ask(create, "X: y", "{}")
                        .session(null)
                        .means(Cause.ORG_MISSING, Confidence.LIKELY, "no X-Genesys-Cloud-Id came"),
                Situation.of("the client's own organisation").noOrganization().fields("x-genesys-cloud-id: o"),
                Situation.of("another region")
                        .host("api.usw2.pure.cloud")
                        .fields("Host: api.mypurecloud.ie")
                        .means(
                                Cause.REGION_MISMATCH,
                                Confidence.LIKELY,
                                "in the region mypurecloud.ie, the upstream in usw2.pure.cloud"),
                Situation.of("the same region")
                        .host("x.mypurecloud.ie:443")
                        .fields("Host: api.mypurecloud.ie")
                        .means(Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "region is mypurecloud.ie"),
                Situation.of("no region of Genesys'")
                        .host("127.0.0.1")
                        .means(Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "region is not known"),
                Situation.of("no purpose")
                        .session(session(60, 900, true, null, ""))
                        .means(Reason.PURPOSE_MISSING, Confidence.LIKELY, "intact; the identity was created without"),
                Situation.of("a purpose that is not known").session(session(60, 900, true, null, null)),
                Situation.of("unknown token")
                        .session(null)
                        .means(Reason.TOKEN_UNKNOWN, Confidence.LIKELY, "intact; its token was not issued"),
                Situation.of("a token that need not be known")
                        .ask("GET /api/v2/webmessaging/messages", bearer, "")
                        .session(null)
                        .means(Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "intact; the upstream's region"),
                Situation.of("401")
                        .says(401, "")
                        .means(Reason.TOKEN_REJECTED, Confidence.LIKELY, "intact; its token is 60 s old"),
                Situation.of("401 to a token only seen")
                        .says(401, "")
                        .session(seen())
                        .means(Reason.TOKEN_REJECTED, Confidence.LIKELY, "its token was first seen 60 s ago"),
                Situation.of("nearly over")
                        .session(session(811, 900, true, null, "chat"))
                        .means(Reason.TOKEN_EXPIRED, Confidence.POSSIBLE, "811 s old, of a lifetime of 900 s"),
                Situation.of("not nearly over")
                        .session(session(810, 900, true, null, "chat"))
                        .means(Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "810 s old"),
                Situation.of("half over, by assumption")
                        .session(session(451, 900, false, null, "chat"))
                        .means(Reason.TOKEN_EXPIRED, Confidence.POSSIBLE, "of a lifetime of 900 s that is assumed"),
                Situation.of("not half over, by assumption")
                        .session(session(450, 900, false, null, "chat"))
                        .means(Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "that is assumed"),
                Situation.of("a token only seen")
                        .session(seen())
                        .means(Cause.FLOW_SETTINGS, Confidence.POSSIBLE, "first seen 60 s ago"),
                Situation.of("an id that could not be checked")
                        .ask("POST /api/v2/guests/messages", bearer, "{\"divisionId\":\"" + TOKEN + "\"}")
                        .means(Reason.SESSION_DIVISION, Confidence.POSSIBLE, "divisionId in the body could not be"),
                Situation.of("an id that was checked")
                        .ask("POST /api/v2/guests/messages", bearer, "{\"divisionId\":\"d\"}")
                        .session(FRESH.bound(Map.of(Binding.DIVISION, "d"))),
                Situation.of("the client's own account")
                        .ask(create, bearer, "{\"purpose\":\"chat\"}")
                        .session(null)
                        .means(Reason.SCOPE_MISSING, Confidence.POSSIBLE, "intact; a service account"),
                Situation.of("a session in the path")
                        .ask("GET /api/v2/knowledge/guest/sessions/" + TOKEN, "X: y", "")
                        .session(null)
                        .means(Reason.TOKEN_UNKNOWN, Confidence.LIKELY, "its token was not issued"));
    }

    @ParameterizedTest
    @MethodSource("situations")
    void isExplained(Situation situation) throws Exception {
        Diagnosis diagnosis = diagnosis(situation);
        assertThat(diagnosis.finding()).isEqualTo(situation.finding);
        assertThat(diagnosis.confidence()).isEqualTo(situation.confidence);
        assertThat(diagnosis.detail()).contains(situation.detail).doesNotContain(TOKEN);
        if (!situation.fields.contains("Authorization")) {
            assertThat(diagnosis.detail())
                    .as("no field, so none that is intact")
                    .doesNotContain("intact");
        }
    }

    /** The order is from what is certain to what is left over. */
    @Test
    void whatIsMoreCertainIsSaidFirst() throws Exception {
        Situation all = Situation.of("all at once")
                .session(session(899, 900, false, null, ""))
                .noOrganization()
                .host("api.usw2.pure.cloud");
        assertThat(diagnosis(all.says(401, "origin.not.allowed")).finding()).isEqualTo(Cause.ORIGIN_REFUSED);
        assertThat(diagnosis(all.says(401, "credentials.expired")).finding()).isEqualTo(Reason.TOKEN_EXPIRED);
        assertThat(diagnosis(all.says(401, "missing.permissions")).finding()).isEqualTo(Reason.SCOPE_MISSING);
        assertThat(diagnosis(all.says(401, "")).finding()).isEqualTo(Cause.ORG_MISSING);
        assertThat(diagnosis(all.says(401, "").fields("X-Genesys-Cloud-Id: o")).finding())
                .isEqualTo(Reason.PURPOSE_MISSING);
    }

    private static Diagnosis diagnosis(Situation situation) throws Exception {
        GateSettings settings = new GateSettings(
                situation.organization ? new Organization(FieldName.of("X-Genesys-Cloud-Id"), "o", false) : null,
                FieldName.of("x-request-id"),
                true,
                30_000,
                0,
                null);
        Profile profile = situation.line.contains("/guests/")
                ? BuiltInProfiles.FORUM_GUEST
                : situation.line.contains("/knowledge/")
                        ? BuiltInProfiles.KNOWLEDGE_GUEST
                        : BuiltInProfiles.WEBMESSAGING;
        Outcome outcome = new GateRun(
                        new Gate(settings, Checks.ALL), new KeyedHash(1, 2), profile, token -> situation.session)
                .of(PASS, situation.line + " HTTP/1.1\r\n" + situation.fields, situation.body, NOW);
        assertThat(outcome.deny()).as("the gate let it pass").isNull();
        ApiError error = new ApiError(situation.code.isEmpty() ? null : situation.code, null);
        return new UpstreamRefusal(outcome.request(), situation.status, error, situation.host).diagnosis();
    }

    private static Session session(
            long age, long lifetime, boolean told, @Nullable String scopes, @Nullable String purpose) {
        long issued = NOW - age * 1000;
        return new Session(
                new TokenFingerprint(1, 2),
                "forum-guest",
                Map.of(),
                TokenClaims.NONE,
                scopes,
                purpose,
                true,
                issued,
                issued + lifetime * 1000,
                told,
                null);
    }

    private static Session seen() {
        return Session.seen(new TokenFingerprint(1, 2), "forum-guest", Map.of(), TokenClaims.NONE, NOW - 60_000);
    }
}
