package dev.headgate.gate;

import dev.headgate.profile.Binding;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Profile;
import dev.headgate.session.Session;
import dev.headgate.session.SessionRecorder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the upstream's answer to a request that the gate let pass says about the request's token. No clock, no store. */
public final class Outcome {
    private Outcome() {}

    /** Whether answers to it tell something of its token: what answers a preflight does not, even where one came along. */
    public static boolean tells(CheckRequest request) {
        Guards guards = request.demands();
        return guards != null && guards.issued() && request.token() != null;
    }

    /** Whether the status is a success; a handshake that is accepted is one, too. */
    public static boolean isSuccess(int status) {
        return status / 100 == 2 || status == 101;
    }

    /**
     * What the first use that the upstream takes binds a token to, beyond what its create answer told.
     *
     * @param request of which a success {@link #tells}
     * @param now milliseconds since the epoch
     * @return null for nothing new
     */
    public static @Nullable Session seen(CheckRequest request, long now) {
        Session session = request.session();
        Profile profile = request.target().profile();
        boolean teaches =
                session == null ? request.policy().allowUnknownTokens() : namesMoreThan(request.ids(), session);
        if (profile == null || request.token() == null || !teaches) {
            return null;
        }
        Map<Binding, String> more = new EnumMap<>(Binding.class);
        for (PresentedId id : request.ids()) {
            boolean known = session != null && session.ids().containsKey(id.binding());
            if (!known && id.value().length() <= SessionRecorder.LONGEST_ID) {
                // Of two that differ, the upstream has taken one, and nobody here knows which.
                more.merge(id.binding(), id.value(), (one, other) -> one.equals(other) ? one : "");
            }
        }
        more.values().removeIf(String::isEmpty);
        return session == null || !more.isEmpty()
                ? Session.seen(request.token(), profile.name(), more, request.claims(), now)
                : null;
    }

    /** Whether the request names an id of a kind that its token is not bound to yet. */
    private static boolean namesMoreThan(List<PresentedId> ids, Session session) {
        boolean more = false;
        for (int i = 0; i < ids.size() && !more; i++) {
            more = !session.ids().containsKey(ids.get(i).binding());
        }
        return more;
    }

    /**
     * The id that a success ends, of the kind that the endpoint {@link Endpoint#ends}: a conversation or a member has been
     * deleted. Null for none; of two that differ, nobody here knows which.
     */
    public static @Nullable String ended(CheckRequest request) {
        Endpoint endpoint = request.target().endpoint();
        Binding ends = endpoint == null ? null : endpoint.ends();
        if (ends == null) {
            return null;
        }
        List<String> ids = request.ids().stream()
                .filter(id -> id.binding() == ends)
                .map(PresentedId::value)
                .distinct()
                .toList();
        return ids.size() == 1 ? ids.get(0) : null;
    }

    /** Whether the answer ends the token: a 401 does, unless the API says that it saw none. */
    public static boolean isRejected(CheckRequest request, int status, ApiError error) {
        return status == 401 && request.session() != null && tells(request) && !error.sawNoCredential();
    }
}
