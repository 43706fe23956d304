package dev.headgate.session;

import dev.headgate.profile.Binding;
import dev.headgate.profile.ClaimPlaces;
import dev.headgate.profile.JsonSelection;
import dev.headgate.profile.JsonValues;
import dev.headgate.profile.Unreadable;
import dev.headgate.profile.Uuid;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a JSON Web Token (RFC 7519) says of itself. No signature is verified, so this may only deny. Immutable.
 *
 * @param expiresAt milliseconds since the epoch; {@link Long#MAX_VALUE} where it does not say
 * @param organization the organisation's id, or null
 * @param ids what it says it is bound to
 */
public record TokenClaims(long expiresAt, @Nullable String organization, Map<Binding, String> ids) {
    /** Of a token that is opaque, or tells nothing that is asked for. */
    public static final TokenClaims NONE = new TokenClaims(Long.MAX_VALUE, null, Map.of());

    private static final int LONGEST = 256;
    /** The year 9999, in seconds: what is later is no date. */
    private static final double LATEST = 253_402_300_799.0;

    public TokenClaims {
        ids = BoundIds.copyOf(ids);
    }

    /** Reads the token in {@code bytes[from..to)}. */
    public static TokenClaims of(byte[] bytes, int from, int to, ClaimPlaces places) {
        int dot = indexOf(bytes, '.', from, to);
        int second = indexOf(bytes, '.', dot + 1, to);
        if (places.isEmpty() || dot == to || second == to || indexOf(bytes, '.', second + 1, to) < to) {
            return NONE;
        }
        try {
            byte[] payload = Base64.getUrlDecoder().decode(Arrays.copyOfRange(bytes, dot + 1, second));
            return of(JsonSelection.of(places.pointers()).read(payload, payload.length), places);
        } catch (IllegalArgumentException | Unreadable e) {
            // Opaque after all.
            return NONE;
        }
    }

    private static TokenClaims of(JsonValues claims, ClaimPlaces places) {
        Map<Binding, String> ids = new EnumMap<>(Binding.class);
        places.ids().forEach((binding, pointer) -> {
            String id = within(claims.get(pointer));
            if (id != null) {
                ids.put(binding, Uuid.canonical(id));
            }
        });
        String organization = places.organization() == null ? null : within(claims.get(places.organization()));
        String expires = places.expires() == null ? null : claims.get(places.expires());
        return new TokenClaims(expires == null ? Long.MAX_VALUE : millis(expires), organization, ids);
    }

    private static @Nullable String within(@Nullable String text) {
        return text == null || text.length() > LONGEST ? null : text;
    }

    /** NumericDate (RFC 7519 section 2). */
    private static long millis(String seconds) {
        try {
            double value = Double.parseDouble(seconds);
            return value >= 0 && value <= LATEST ? (long) (value * 1000) : Long.MAX_VALUE;
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private static int indexOf(byte[] bytes, char c, int from, int to) {
        int i = Math.min(from, to);
        while (i < to && bytes[i] != c) {
            i++;
        }
        return i;
    }
}
