package dev.headgate.gate;

import dev.headgate.http.FieldName;
import dev.headgate.http.RequestHead;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Profile;
import dev.headgate.session.Credential;
import dev.headgate.session.Session;
import dev.headgate.session.TokenClaims;
import dev.headgate.session.TokenFingerprint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule may see. Immutable.
 *
 * @param guarded the fields that the settings guard
 * @param target what the request is for, and what its route does with what is found
 * @param token the fingerprint of what the endpoint takes for the credential; null where there is none
 * @param session what the token is bound to; null where it is unknown, or not asked for yet
 * @param claims what the token says of itself, as far as the profile reads it; none before the session is known
 * @param ids that the request names; empty until they are read
 * @param lacks what a create request should have and has not; empty until its body is read
 * @param now milliseconds since the epoch
 */
public record CheckRequest(
        RequestHead head,
        GateSettings settings,
        List<FieldName> guarded,
        Target target,
        Credential credential,
        @Nullable TokenFingerprint token,
        @Nullable Session session,
        TokenClaims claims,
        List<PresentedId> ids,
        List<String> lacks,
        long now) {
    private static final FieldName REQUEST_METHOD = FieldName.of("access-control-request-method");

    /** With one of these, some servers take a request for one of another method. No browser sends a preflight so. */
    private static final List<FieldName> OVERRIDES = List.of(
            FieldName.of("x-http-method-override"), FieldName.of("x-http-method"), FieldName.of("x-method-override"));

    /** What its endpoint demands of it; null for nothing, as of a CORS preflight, which can carry no token. */
    public @Nullable Guards demands() {
        Guards guards = target.guards();
        return guards == null || isPreflight(head) ? null : guards;
    }

    public Policy policy() {
        return target.policy();
    }

    /** Fetch standard, section 3.2.2. */
    public static boolean isPreflight(RequestHead head) {
        return head.method().equals("OPTIONS") && head.has(REQUEST_METHOD) && !overridesMethod(head);
    }

    private static boolean overridesMethod(RequestHead head) {
        for (int i = 0; i < head.fieldCount(); i++) {
            for (FieldName override : OVERRIDES) {
                if (head.is(i, override) || override.isAliasedBy(head.bytes(), head.nameStart(i), head.nameEnd(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * The same, with the session of its token.
     *
     * @param session null where the token is unknown
     */
    public CheckRequest with(@Nullable Session session) {
        Profile profile = target.profile();
        TokenClaims says = session != null
                ? session.claims()
                : profile == null ? TokenClaims.NONE : credential.claims(head, profile.claims());
        return new CheckRequest(head, settings, guarded, target, credential, token, session, says, ids, lacks, now);
    }

    CheckRequest with(List<PresentedId> ids) {
        return new CheckRequest(head, settings, guarded, target, credential, token, session, claims, ids, lacks, now);
    }

    CheckRequest lacking(List<String> lacks) {
        return new CheckRequest(head, settings, guarded, target, credential, token, session, claims, ids, lacks, now);
    }
}
