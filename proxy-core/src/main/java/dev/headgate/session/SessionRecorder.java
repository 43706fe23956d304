package dev.headgate.session;

import dev.headgate.profile.Binding;
import dev.headgate.profile.JsonMembers;
import dev.headgate.profile.JsonMembers.Unreadable;
import dev.headgate.profile.Learns;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

    /** In characters. Sessions are bounded in number, so each must be bounded too: clients write purposes. */
    private static final int LONGEST_ID = 256;

    private static final int LONGEST_PURPOSE = 64;
    private static final int LONGEST_SCOPES = 1024;

    /** A hundred years, in seconds. */
    private static final double LONGEST_LIFETIME = 100 * 366 * 86_400.0;

    private final KeyedHash hash;
    private final Duration defaultLifetime;

    /**
     * @param defaultLifetime of a token whose answer tells none
     */
    public SessionRecorder(KeyedHash hash, Duration defaultLifetime) {
        this.hash = hash;
        this.defaultLifetime = defaultLifetime;
    }

    /**
     * @param request the create request's body; empty where it is not known
     * @param answer the body of its 2xx answer
     * @param now milliseconds since the epoch
     */
    public Session learn(String profile, Learns learns, byte[] request, byte[] answer, long now) throws NothingLearned {
        JsonMembers members = members(answer, names(learns));
        String token = members.first(learns.token());
        if (token == null) {
            throw new NothingLearned("answer: no token (expected: one of " + String.join(", ", learns.token()) + ")");
        }
        Map<Binding, String> ids = new EnumMap<>(Binding.class);
        for (Map.Entry<Binding, List<String>> entry : learns.ids().entrySet()) {
            String id = members.first(entry.getValue());
            if (id != null && id.length() > LONGEST_ID) {
                throw new NothingLearned("answer: an id of " + id.length() + " characters (expected: " + LONGEST_ID
                        + " at most) in one of " + String.join(", ", entry.getValue()));
            }
            if (id != null) {
                ids.put(entry.getKey(), id);
            }
        }
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        return new Session(
                hash.fingerprint(bytes, 0, bytes.length),
                profile,
                Map.copyOf(ids),
                within(LONGEST_SCOPES, members.first(learns.scopes())),
                within(LONGEST_PURPOSE, purpose(learns, request)),
                now,
                expiresAt(learns, members, now),
                Long.MAX_VALUE);
    }

    private static @Nullable String within(int longest, @Nullable String text) {
        return text == null || text.length() > longest ? null : text;
    }

    private static Set<String> names(Learns learns) {
        Set<String> names = new TreeSet<>(learns.token());
        learns.ids().values().forEach(names::addAll);
        List.of(learns.lifetime(), learns.expiresAt(), learns.scopes()).forEach(names::addAll);
        return names;
    }

    private static JsonMembers members(byte[] answer, Set<String> names) throws NothingLearned {
        try {
            return JsonMembers.read(answer, answer.length, names);
        } catch (Unreadable e) {
            throw new NothingLearned("answer's " + e.getMessage());
        }
    }

    private static @Nullable String purpose(Learns learns, byte[] request) {
        try {
            return JsonMembers.read(request, request.length, Set.of(learns.purpose()))
                    .get(learns.purpose());
        } catch (Unreadable e) {
            return null;
        }
    }

    /** A lifetime that cannot be read counts as none told: refusing good tokens is worse than taking stale ones on. */
    private long expiresAt(Learns learns, JsonMembers members, long now) {
        String seconds = members.first(learns.lifetime());
        String at = members.first(learns.expiresAt());
        try {
            if (seconds != null) {
                double lifetime = Double.parseDouble(seconds);
                if (lifetime > 0 && lifetime <= LONGEST_LIFETIME) {
                    return now + (long) (lifetime * 1000);
                }
            } else if (at != null) {
                return OffsetDateTime.parse(at).toInstant().toEpochMilli();
            }
        } catch (ArithmeticException | NumberFormatException | DateTimeException e) {
            return now + defaultLifetime.toMillis();
        }
        return now + defaultLifetime.toMillis();
    }
}
