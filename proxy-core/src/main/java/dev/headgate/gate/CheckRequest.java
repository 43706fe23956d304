package dev.headgate.gate;

import dev.headgate.http.FieldName;
import dev.headgate.http.RequestHead;
import dev.headgate.profile.Guards;
import dev.headgate.session.Credential;
import dev.headgate.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule may see. Immutable.
 *
 * @param guarded the fields that the settings guard
 * @param guards what the endpoint demands; null for an endpoint that demands nothing
 * @param session what the token is bound to; null where it is unknown, or not asked for yet
 * @param ids that the request names; empty until they are read
 * @param now milliseconds since the epoch
 */
public record CheckRequest(
        RequestHead head,
        GateSettings settings,
        List<FieldName> guarded,
        @Nullable Guards guards,
        Credential credential,
        @Nullable Session session,
        List<PresentedId> ids,
        long now) {

    /** Demands a token: the endpoint is guarded, and this is no CORS preflight, which cannot carry one. */
    public @Nullable Guards demands() {
        return guards == null || isPreflight(head) ? null : guards;
    }

    private static final FieldName REQUEST_METHOD = FieldName.of("access-control-request-method");

    /** With one of these, some servers take a request for one of another method. No browser sends a preflight so. */
    private static final List<FieldName> OVERRIDES = List.of(
            FieldName.of("x-http-method-override"), FieldName.of("x-http-method"), FieldName.of("x-method-override"));

    /** Fetch standard, section 3.2.2. */
    static boolean isPreflight(RequestHead head) {
        return head.method().equals("OPTIONS")
                && head.has(REQUEST_METHOD)
                && OVERRIDES.stream().noneMatch(head::has);
    }

    CheckRequest with(@Nullable Session session) {
        return new CheckRequest(head, settings, guarded, guards, credential, session, ids, now);
    }

    CheckRequest with(List<PresentedId> ids) {
        return new CheckRequest(head, settings, guarded, guards, credential, session, ids, now);
    }
}
