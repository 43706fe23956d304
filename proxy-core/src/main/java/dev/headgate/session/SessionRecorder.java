package dev.headgate.session;

import dev.headgate.profile.Binding;
import dev.headgate.profile.JsonSelection;
import dev.headgate.profile.JsonValues;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Profile;
import dev.headgate.profile.Unreadable;
import dev.headgate.profile.Uuid;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Learns a session from a create request and its answer. Immutable, so thread-safe. */
public final class SessionRecorder {
    /** An answer from which no session can be learned. The message names what is missing, never a value. */
    @SuppressWarnings("serial")
    public static final class NothingLearned extends Exception {
        NothingLearned(String message) {
            super(message, null, false, false);
        }
    }

    /** In characters. Sessions are bounded in number, so each must be bounded too: clients write purposes and ids. */
    public static final int LONGEST_ID = 256;

    private static final int LONGEST_PURPOSE = 64;
    private static final int LONGEST_SCOPES = 1024;

    /** A hundred years, in seconds. */
    private static final double LONGEST_LIFETIME = 100 * 366 * 86_400.0;

    private static final long NOT_TOLD = Long.MIN_VALUE;

    private final KeyedHash hash;
    private final Duration defaultLifetime;
    private final Duration clockSkew;

    /**
     * @param defaultLifetime of a token whose answer tells none, nor its profile
     * @param clockSkew how far the clock that a point in time was told by may be behind this one
     */
    public SessionRecorder(KeyedHash hash, Duration defaultLifetime, Duration clockSkew) {
        this.hash = hash;
        this.defaultLifetime = defaultLifetime;
        this.clockSkew = clockSkew;
    }

    /** When it ends, and whether the upstream or the token told so. */
    private record Lifetime(long endsAt, boolean told) {
        Lifetime atMost(long end) {
            return end < endsAt ? new Lifetime(end, true) : this;
        }
    }

    /**
     * @param request the create request's body; empty where it is not known
     * @param answer the body of its 2xx answer
     * @param now milliseconds since the epoch
     */
    public Session learn(Profile profile, Learns learns, byte[] request, byte[] answer, long now)
            throws NothingLearned {
        JsonValues values = values(learns.answer(), answer);
        String token = values.first(learns.token());
        if (token == null) {
            throw new NothingLearned("answer: no token (expected: one of " + String.join(", ", learns.token()) + ")");
        }
        Map<Binding, String> ids = new EnumMap<>(Binding.class);
        for (Map.Entry<Binding, List<String>> entry : learns.ids().entrySet()) {
            String id = values.first(entry.getValue());
            if (id != null && id.length() > LONGEST_ID) {
                throw new NothingLearned("answer: an id of " + id.length() + " characters (expected: " + LONGEST_ID
                        + " at most) in one of " + String.join(", ", entry.getValue()));
            }
            if (id != null) {
                ids.put(entry.getKey(), Uuid.canonical(id));
            }
        }
        byte[] bytes = (profile.takesTokenInPath() ? Uuid.canonical(token) : token).getBytes(StandardCharsets.UTF_8);
        TokenClaims claims = TokenClaims.of(bytes, 0, bytes.length, profile.claims());
        Lifetime lifetime = lifetime(learns, values, now).atMost(later(claims.expiresAt()));
        return new Session(
                hash.fingerprint(bytes, 0, bytes.length),
                profile.name(),
                ids,
                claims,
                shared(LONGEST_SCOPES, values.first(learns.scopes())),
                shared(LONGEST_PURPOSE, purpose(learns, request)),
                true,
                now,
                lifetime.endsAt,
                lifetime.told,
                null);
    }

    /** Of these texts, nearly all sessions have the same few: one copy of each stays in the processor's caches. */
    private static @Nullable String shared(int longest, @Nullable String text) {
        return text == null || text.length() > longest ? null : text.intern();
    }

    private static JsonValues values(JsonSelection selection, byte[] answer) throws NothingLearned {
        try {
            return selection.read(answer, answer.length);
        } catch (Unreadable e) {
            throw new NothingLearned("answer's " + e.what());
        }
    }

    /** Empty where the request told none; null where that says nothing. */
    private static @Nullable String purpose(Learns learns, byte[] request) {
        if (learns.purpose().isEmpty()) {
            return null;
        }
        try {
            JsonValues values = learns.request().read(request, request.length);
            String purpose = values.first(learns.purpose());
            return purpose == null && values.first(learns.renews()) == null ? "" : purpose;
        } catch (Unreadable e) {
            return null;
        }
    }

    /** A lifetime that cannot be read counts as none told: refusing good tokens is worse than taking stale ones on. */
    private Lifetime lifetime(Learns learns, JsonValues values, long now) {
        long end = in(values.first(learns.expiresIn()), now);
        if (end == NOT_TOLD) {
            end = at(values.first(learns.expiresAt()));
        }
        if (end != NOT_TOLD) {
            return new Lifetime(end, true);
        }
        Duration assumed = learns.lifetime() == null ? defaultLifetime : learns.lifetime();
        return new Lifetime(now + assumed.toMillis(), false);
    }

    /** The end of a lifetime told in seconds, or {@link #NOT_TOLD}. */
    private static long in(@Nullable String seconds, long now) {
        try {
            double lifetime = seconds == null ? -1 : Double.parseDouble(seconds);
            return lifetime > 0 && lifetime <= LONGEST_LIFETIME ? now + (long) (lifetime * 1000) : NOT_TOLD;
        } catch (NumberFormatException e) {
            return NOT_TOLD;
        }
    }

    /** The end of a lifetime told as a time, or {@link #NOT_TOLD}. */
    private long at(@Nullable String time) {
        try {
            return time == null
                    ? NOT_TOLD
                    : later(OffsetDateTime.parse(time).toInstant().toEpochMilli());
        } catch (ArithmeticException | DateTimeException e) {
            return NOT_TOLD;
        }
    }

    /** Told by another clock than ours. */
    private long later(long end) {
        long later = end + clockSkew.toMillis();
        return later < end ? Long.MAX_VALUE : later;
    }
}
