package dev.headgate.gate;

import dev.headgate.profile.Binding;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What should become of tokens, in as few rules as will do. */
final class GuestModel {
    static final long GRACE = 30_000;
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    /** What is known of a token. */
    private static final class Known {
        final String token;
        final boolean issued;
        final long since;
        final long expires;
        final Map<Binding, String> ids;

        @Nullable
        String scopes;

        @Nullable
        String purpose;

        @Nullable
        Reason ending;

        long ended;
        long superseded = Long.MAX_VALUE;

        Known(String token, boolean issued, long since, long expires, Map<Binding, String> ids) {
            this.token = token;
            this.issued = issued;
            this.since = since;
            this.expires = expires;
            this.ids = new EnumMap<>(Binding.class);
            this.ids.putAll(ids);
        }

        void end(Reason cause, long now) {
            if (ending == null || ending != cause && cause == Reason.TOKEN_REVOKED) {
                ending = cause;
                ended = now;
            }
        }
    }

    private final Map<String, Known> tokens = new HashMap<>();
    private final Map<String, String> newest = new HashMap<>();

    private @Nullable Known known(String token, long now) {
        Known known = tokens.get(token);
        if (known == null) {
            return null;
        }
        boolean old = now >= (known.issued ? known.expires + HOUR : known.since + DAY);
        boolean revoked = known.ending == Reason.TOKEN_REVOKED && now < known.ended + DAY;
        if (old && !revoked) {
            tokens.remove(token);
            newest.values().remove(token);
            return null;
        }
        return known;
    }

    private List<Known> boundTo(Binding binding, String id, long now) {
        List<Known> found = new ArrayList<>();
        tokens.values().stream()
                .filter(known -> id.equals(known.ids.get(binding)))
                .toList()
                .forEach(known -> {
                    if (known(known.token, now) != null) {
                        found.add(known);
                    }
                });
        return found;
    }

    void create(String token, Map<Binding, String> ids, @Nullable String scopes, @Nullable String purpose, long now) {
        String guest = ids.get(Binding.GUEST);
        String last = newest.get(guest);
        Known before = last == null ? null : known(last, now);
        Known again = known(token, now);
        boundTo(Binding.GUEST, guest, now).forEach(old -> old.superseded = Math.min(old.superseded, now));
        Known made = new Known(token, true, now, now + 300_000, ids);
        made.scopes = scopes != null || before == null ? scopes : before.scopes;
        made.purpose = purpose != null || before == null ? purpose : before.purpose;
        if (again != null && again.ending == Reason.TOKEN_REVOKED) {
            made.end(again.ending, again.ended);
        }
        newest.values().remove(token);
        newest.put(guest, token);
        tokens.put(token, made);
    }

    void revoke(String token, long now) {
        if (known(token, now) == null) {
            tokens.put(token, new Known(token, false, now, Long.MAX_VALUE, Map.of()));
        }
        tokens.get(token).end(Reason.TOKEN_REVOKED, now);
    }

    void revokeGuest(String guest, long now) {
        boundTo(Binding.GUEST, guest, now).forEach(known -> known.end(Reason.TOKEN_REVOKED, now));
    }

    /** The upstream took a request with these ids. */
    void used(String token, Map<Binding, String> ids, boolean unknownPass, long now) {
        Known known = known(token, now);
        if (known != null) {
            ids.forEach(known.ids::putIfAbsent);
        } else if (unknownPass) {
            tokens.put(token, new Known(token, false, now, Long.MAX_VALUE, ids));
        }
    }

    void ended(String conversation, long now) {
        boundTo(Binding.CONVERSATION, conversation, now).forEach(known -> known.end(Reason.TOKEN_ENDED, now));
    }

    void rejected(String token, long now) {
        Known known = known(token, now);
        if (known != null) {
            known.end(Reason.TOKEN_REJECTED, now);
        }
    }

    /** The first thing that is wrong with a request, or null. */
    @Nullable
    Reason fault(String token, Use use, Map<Binding, String> ids, boolean unknownPass, long now) {
        Known known = known(token, now);
        if (known != null && known.ending != null) {
            return known.ending;
        }
        if ((known == null || !known.issued) && !unknownPass) {
            return Reason.TOKEN_UNKNOWN;
        }
        if (known == null) {
            return null;
        }
        if (known.superseded != Long.MAX_VALUE && now - known.superseded >= GRACE) {
            return Reason.TOKEN_SUPERSEDED;
        }
        if (now >= known.expires) {
            return Reason.TOKEN_EXPIRED;
        }
        if (known.scopes != null && use.scopes.stream().noneMatch(known.scopes::equals)) {
            return Reason.SCOPE_MISSING;
        }
        if (known.purpose != null && use != Use.DELETE && !known.purpose.equals("chat")) {
            return Reason.PURPOSE_MISSING;
        }
        for (Binding binding : Binding.values()) {
            String bound = known.ids.get(binding);
            String presented = ids.get(binding);
            if (bound != null && presented != null && !bound.equals(presented)) {
                return Reason.of(binding);
            }
        }
        return null;
    }

    /** What a token is used for, and which scopes do for it, of those that the test hands out. */
    enum Use {
        WRITE(List.of("guest:write guest:chat", "guest:chat:write")),
        READ(List.of("guest:write guest:chat", "guest:chat:read")),
        DELETE(List.of("guest:write guest:chat", "guest:chat:write", "guest:chat:read", "other"));

        final List<String> scopes;

        Use(List<String> scopes) {
            this.scopes = scopes;
        }
    }
}
