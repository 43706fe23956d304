package dev.headgate.gate;

import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Profile;
import dev.headgate.session.Session;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A 401 or 403 of the upstream's own, to a request that the edge let pass, and all that the edge knows about it.
 *
 * @param request as the rules saw it
 * @param error what the answer's body says
 * @param upstreamHost whom it was sent to
 */
public record UpstreamRefusal(CheckRequest request, int status, ApiError error, String upstreamHost) {
    /** The likeliest cause: the first clue that says something. */
    public Diagnosis diagnosis() {
        for (Clue clue : Clues.ALL) {
            Diagnosis found = clue.read(this);
            if (found != null) {
                return found;
            }
        }
        return Clues.whatIsLeft(this);
    }

    /** One thing to look at. */
    @FunctionalInterface
    interface Clue {
        @Nullable
        Diagnosis read(UpstreamRefusal refusal);
    }

    @Nullable
    Guards guards() {
        return request.target().guards();
    }

    @Nullable
    Learns learns() {
        return request.target().learns();
    }

    @Nullable
    Session session() {
        return request.session();
    }

    boolean hasAuthorization() {
        return request.credential().isPresent();
    }

    /** The ids that the request names and that nothing was known about. */
    List<PresentedId> uncheckedIds() {
        Session session = session();
        return request.ids().stream()
                .filter(id -> session == null || !session.ids().containsKey(id.binding()))
                .toList();
    }

    /**
     * The fields that the API needs and that the client has to send itself, because no organisation is configured. Those
     * that a create request of the profile needs, the other requests need too.
     */
    List<String> clientsFields() {
        Profile profile = request.target().profile();
        return profile == null || request.settings().organization() != null
                ? List.of()
                : profile.endpoints().stream()
                        .map(Endpoint::learns)
                        .filter(Objects::nonNull)
                        .flatMap(learns -> learns.needs().fields().stream())
                        .toList();
    }

    /** In seconds; 0 where it is not known. */
    long tokenAge() {
        Session session = session();
        return session == null ? 0 : Math.max(0, request.now() - session.issuedAt()) / 1000;
    }
}
