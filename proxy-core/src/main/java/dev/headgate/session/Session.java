package dev.headgate.session;

import dev.headgate.profile.Binding;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token is bound to. Holds no token.
 *
 * @param profile the name of the profile that it was learned by
 * @param ids what the create answer told; a binding that it did not tell is absent
 * @param scopes as issued, separated by blanks, or null where the answer did not tell
 * @param purpose as asked for at creation, or null
 * @param issuedAt milliseconds since the epoch
 * @param expiresAt milliseconds since the epoch; from then on the token is stale
 * @param supersededAt when a newer token was issued for the same guest, in milliseconds since the epoch; {@link
 *     Long#MAX_VALUE} where none was
 */
public record Session(
        TokenFingerprint fingerprint,
        String profile,
        Map<Binding, String> ids,
        @Nullable String scopes,
        @Nullable String purpose,
        long issuedAt,
        long expiresAt,
        long supersededAt) {

    public Session supersededAt(long time) {
        return new Session(
                fingerprint, profile, ids, scopes, purpose, issuedAt, expiresAt, Math.min(supersededAt, time));
    }
}
