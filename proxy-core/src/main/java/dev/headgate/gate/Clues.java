package dev.headgate.gate;

import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.UpstreamRefusal.Clue;
import dev.headgate.http.FieldName;
import dev.headgate.profile.Guards;
import dev.headgate.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What may explain an upstream's refusal, from what is certain to what is left over. The codes of Genesys' error bodies
 * are those of the Platform API's documentation of responses.
 */
final class Clues {
    static final List<Clue> ALL = List.of(
            Clues::originRefused,
            Clues::expiredByTheApi,
            Clues::missingAuthorization,
            Clues::lostAuthorization,
            Clues::divisionByTheApi,
            Clues::permissionByTheApi,
            Clues::organization,
            Clues::region,
            Clues::purpose,
            Clues::unknownToken,
            Clues::foreignToJwt,
            Clues::rejectedToken,
            Clues::oldToken,
            Clues::uncheckedId,
            Clues::serviceAccount,
            Clues::incompleteIdentity,
            Clues::foreign);

    private static final String INTACT = "the Authorization field left here intact";
    private static final String FOREIGN = "the answer has neither Genesys' error code nor its ININ-Correlation-Id";
    private static final String SERVICE_ACCOUNT =
            "a service account that creates identities needs its own scope, such as guest:identity:write";

    private Clues() {}

    private static @Nullable Diagnosis originRefused(UpstreamRefusal refusal) {
        String origin = Cors.origin(refusal.request().head());
        return refusal.error().is("origin.not.allowed")
                ? new Diagnosis(
                        Cause.ORIGIN_REFUSED,
                        Confidence.CERTAIN,
                        "the API says origin.not.allowed; the request's Origin: " + (origin == null ? "none" : origin))
                : null;
    }

    private static @Nullable Diagnosis expiredByTheApi(UpstreamRefusal refusal) {
        return refusal.error().is("credentials.expired")
                ? new Diagnosis(
                        Reason.TOKEN_EXPIRED, Confidence.CERTAIN, "the API says credentials.expired; " + age(refusal))
                : null;
    }

    private static @Nullable Diagnosis missingAuthorization(UpstreamRefusal refusal) {
        Guards guards = refusal.guards();
        return guards != null && guards.authorization() && !refusal.hasAuthorization()
                ? new Diagnosis(
                        Reason.AUTH_MISSING, Confidence.CERTAIN, "the request came here without an Authorization field")
                : null;
    }

    private static @Nullable Diagnosis lostAuthorization(UpstreamRefusal refusal) {
        return refusal.error().sawNoCredential() && refusal.hasAuthorization()
                ? new Diagnosis(Cause.AUTH_LOST, Confidence.LIKELY, INTACT + "; the API says authentication.required")
                : null;
    }

    private static @Nullable Diagnosis divisionByTheApi(UpstreamRefusal refusal) {
        return refusal.error().is("missing.division.permission")
                ? new Diagnosis(
                        Reason.SESSION_DIVISION,
                        Confidence.LIKELY,
                        "the API says missing.division.permission: the flow lives in another division")
                : null;
    }

    private static @Nullable Diagnosis permissionByTheApi(UpstreamRefusal refusal) {
        boolean missing =
                refusal.error().is("missing.permissions") || refusal.error().is("missing.any.permissions");
        return missing
                ? new Diagnosis(
                        Reason.SCOPE_MISSING,
                        Confidence.LIKELY,
                        "the API says " + refusal.error().code() + "; "
                                + (refusal.learns() == null ? scopes(refusal) : SERVICE_ACCOUNT))
                : null;
    }

    private static @Nullable Diagnosis organization(UpstreamRefusal refusal) {
        List<String> missing = refusal.clientsFields().stream()
                .filter(field -> !refusal.request().head().has(FieldName.of(field)))
                .toList();
        return missing.isEmpty()
                ? null
                : new Diagnosis(
                        Cause.ORG_MISSING,
                        Confidence.LIKELY,
                        intact(refusal) + "no " + missing.get(0) + " came with the request, and none is configured");
    }

    private static @Nullable Diagnosis region(UpstreamRefusal refusal) {
        String meant = Regions.of(refusal.request().head().value(FieldName.HOST));
        String used = Regions.of(refusal.upstreamHost());
        return meant != null && used != null && !meant.equals(used)
                ? new Diagnosis(
                        Cause.REGION_MISMATCH,
                        Confidence.LIKELY,
                        "the request's Host is in the region " + meant + ", the upstream in " + used)
                : null;
    }

    private static @Nullable Diagnosis purpose(UpstreamRefusal refusal) {
        Session session = refusal.session();
        String purpose = session == null ? null : session.purpose();
        return purpose != null && purpose.isEmpty()
                ? new Diagnosis(
                        Reason.PURPOSE_MISSING,
                        Confidence.LIKELY,
                        intact(refusal) + "the identity was created without a purpose, such as purpose: chat")
                : null;
    }

    private static @Nullable Diagnosis unknownToken(UpstreamRefusal refusal) {
        Guards guards = refusal.guards();
        return guards != null && guards.issued() && refusal.session() == null
                ? new Diagnosis(
                        Reason.TOKEN_UNKNOWN,
                        Confidence.LIKELY,
                        intact(refusal)
                                + "its token was not issued through here, so its age and bindings are not known")
                : null;
    }

    /** A hop that verifies users' tokens takes a guest's for one of them, and finds no user in it. */
    private static @Nullable Diagnosis foreignToJwt(UpstreamRefusal refusal) {
        return refusal.error().isForeign()
                        && refusal.request()
                                .credential()
                                .looksLikeJwt(refusal.request().head())
                ? new Diagnosis(
                        Cause.HOP_REFUSED,
                        Confidence.LIKELY,
                        INTACT + "; its token looks like a JSON Web Token; " + FOREIGN)
                : null;
    }

    private static @Nullable Diagnosis rejectedToken(UpstreamRefusal refusal) {
        return refusal.status() == 401 && refusal.session() != null
                ? new Diagnosis(
                        Reason.TOKEN_REJECTED,
                        Confidence.LIKELY,
                        intact(refusal) + age(refusal) + "; the API does not take it any more")
                : null;
    }

    /** Nearly over by what the answer told, or half over by what had to be assumed. */
    private static @Nullable Diagnosis oldToken(UpstreamRefusal refusal) {
        Session session = refusal.session();
        if (session == null || !session.issued()) {
            return null;
        }
        long lifetime = session.expiresAt() - session.issuedAt();
        long left = session.expiresAt() - refusal.request().now();
        return left < lifetime / (session.lifetimeTold() ? 10 : 2)
                ? new Diagnosis(Reason.TOKEN_EXPIRED, Confidence.POSSIBLE, intact(refusal) + age(refusal))
                : null;
    }

    private static @Nullable Diagnosis uncheckedId(UpstreamRefusal refusal) {
        List<PresentedId> unchecked = refusal.uncheckedIds();
        if (refusal.session() == null || unchecked.isEmpty()) {
            return null;
        }
        PresentedId first = unchecked.get(0);
        return new Diagnosis(
                Reason.of(first.binding()),
                Confidence.POSSIBLE,
                intact(refusal) + first + " could not be checked, because the create answer did not tell it");
    }

    private static @Nullable Diagnosis serviceAccount(UpstreamRefusal refusal) {
        return refusal.learns() != null && refusal.hasAuthorization()
                ? new Diagnosis(Reason.SCOPE_MISSING, Confidence.POSSIBLE, INTACT + "; " + SERVICE_ACCOUNT)
                : null;
    }

    private static @Nullable Diagnosis incompleteIdentity(UpstreamRefusal refusal) {
        List<String> lacks = refusal.request().lacks();
        return lacks.isEmpty()
                ? null
                : new Diagnosis(
                        Reason.IDENTITY_INCOMPLETE,
                        Confidence.POSSIBLE,
                        "create request: without " + String.join(", ", lacks));
    }

    private static @Nullable Diagnosis foreign(UpstreamRefusal refusal) {
        return refusal.error().isForeign()
                ? new Diagnosis(Cause.HOP_REFUSED, Confidence.POSSIBLE, intact(refusal) + FOREIGN)
                : null;
    }

    /** Where none of them says anything. */
    static Diagnosis whatIsLeft(UpstreamRefusal refusal) {
        String region = Regions.of(refusal.upstreamHost());
        Session session = refusal.session();
        List<String> fields = refusal.clientsFields();
        return new Diagnosis(
                Cause.FLOW_SETTINGS,
                Confidence.POSSIBLE,
                intact(refusal)
                        + (session == null ? "" : age(refusal) + "; " + scopes(refusal) + "; its ids are as issued; ")
                        + (fields.isEmpty()
                                ? ""
                                : "the client's own " + fields.get(0) + " was not checked, since none is configured; ")
                        + "the upstream's region is " + (region == null ? "not known" : region));
    }

    /** Nothing where there was none: some credentials stand in the path. */
    private static String intact(UpstreamRefusal refusal) {
        return refusal.hasAuthorization() ? INTACT + "; " : "";
    }

    private static String age(UpstreamRefusal refusal) {
        Session session = refusal.session();
        if (session == null) {
            return "its token's age is not known";
        }
        if (!session.issued()) {
            return "its token was first seen " + refusal.tokenAge() + " s ago";
        }
        String lifetime = (session.expiresAt() - session.issuedAt()) / 1000 + " s";
        return "its token is " + refusal.tokenAge() + " s old, of a lifetime of " + lifetime
                + (session.lifetimeTold() ? "" : " that is assumed");
    }

    private static String scopes(UpstreamRefusal refusal) {
        Session session = refusal.session();
        String scopes = session == null ? null : session.scopes();
        return scopes == null ? "its scopes are not known" : "its scopes are " + scopes;
    }
}
