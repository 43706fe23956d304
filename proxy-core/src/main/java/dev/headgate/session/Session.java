package dev.headgate.session;

import dev.headgate.profile.Binding;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token is bound to. Holds no token. Immutable.
 *
 * @param profile the name of the profile that it was learned by
 * @param ids what the create answer told, or the first use that the upstream took; what neither told is absent
 * @param claims what the token says of itself
 * @param scopes as issued, separated by blanks, or null where that is not known
 * @param purpose as asked for at creation; empty where none was asked for, null where that is not known
 * @param issued whether it was issued through here; else it was first seen in use
 * @param issuedAt when it was issued or first seen, in milliseconds since the epoch
 * @param expiresAt milliseconds since the epoch; from then on the token is stale
 * @param lifetimeTold whether {@code expiresAt} comes from the upstream or the token; else it is the default
 * @param ending what ended it before, or null
 */
public record Session(
        TokenFingerprint fingerprint,
        String profile,
        Map<Binding, String> ids,
        TokenClaims claims,
        @Nullable String scopes,
        @Nullable String purpose,
        boolean issued,
        long issuedAt,
        long expiresAt,
        boolean lifetimeTold,
        @Nullable Ending ending) {
    public Session {
        ids = BoundIds.copyOf(ids);
    }

    /** A token that was not issued through here, as the upstream took it. */
    public static Session seen(
            TokenFingerprint fingerprint, String profile, Map<Binding, String> ids, TokenClaims claims, long now) {
        boolean told = claims.expiresAt() != Long.MAX_VALUE;
        return new Session(fingerprint, profile, ids, claims, null, null, false, now, claims.expiresAt(), told, null);
    }

    /** The same, ended; of two endings the one that weighs more stays. */
    public Session ended(Ending with) {
        Ending both = ending == null ? with : ending.or(with);
        return new Session(
                fingerprint, profile, ids, claims, scopes, purpose, issued, issuedAt, expiresAt, lifetimeTold, both);
    }

    /** The same, with what its own creation did not tell as the token before it was created. */
    public Session renewing(Session before) {
        return new Session(
                fingerprint,
                profile,
                ids,
                claims,
                scopes == null ? before.scopes : scopes,
                purpose == null ? before.purpose : purpose,
                issued,
                issuedAt,
                expiresAt,
                lifetimeTold,
                ending);
    }

    /** The same, bound to these ids too; those that it is bound to already stay. */
    public Session bound(Map<Binding, String> more) {
        Map<Binding, String> all = new EnumMap<>(Binding.class);
        all.putAll(more);
        all.putAll(ids);
        return new Session(
                fingerprint, profile, all, claims, scopes, purpose, issued, issuedAt, expiresAt, lifetimeTold, ending);
    }
}
