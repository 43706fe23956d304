package dev.headgate.capture;

import dev.headgate.netty.TargetMask;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Profile;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What goes by a name in JSON, in a form or in a query, as far as a profile, the settings or the name itself tell. For one thread. */
final class MemberNames {
    /** What a value is. */
    enum Kind {
        PLAIN,
        ID,
        TOKEN,
        /** Nothing of it is written. */
        SECRET
    }

    private static final List<String> TOKENS = List.of("token", "jwt", "bearer", "authorization");
    private static final List<String> SECRETS = List.of("secret", "passw", "apikey", "api_key", "credential");

    private final Set<String> ids = new HashSet<>();
    private final Set<String> masked = new HashSet<>();
    private final OctetTable<Kind> members = new OctetTable<>();

    /**
     * @param profile of which the names of ids are taken, or null
     * @param masked names of members whose values are not written
     */
    MemberNames(@Nullable Profile profile, List<String> masked) {
        masked.forEach(name -> this.masked.add(name.toLowerCase(Locale.ROOT)));
        if (profile != null) {
            profile.endpoints().forEach(this::take);
        }
    }

    private void take(Endpoint endpoint) {
        Guards guards = endpoint.guards();
        if (guards != null) {
            ids.addAll(guards.ids().path().keySet());
            ids.addAll(guards.ids().query().keySet());
            guards.ids().body().keySet().forEach(this::take);
        }
        Learns learns = endpoint.learns();
        if (learns != null) {
            learns.ids().values().forEach(pointers -> pointers.forEach(this::take));
            learns.renews().forEach(this::take);
        }
    }

    private void take(String pointer) {
        String name = last(pointer);
        if (!name.isEmpty() && !name.chars().allMatch(Character::isDigit)) {
            ids.add(name);
        }
    }

    /** The last name of a JSON Pointer (RFC 6901). */
    static String last(String pointer) {
        return pointer.substring(pointer.lastIndexOf('/') + 1)
                .replace("~1", "/")
                .replace("~0", "~");
    }

    /** What a member of JSON is, by the octets of its name. */
    Kind member(byte[] text, int from, int to) {
        Kind known = members.get(text, from, to);
        if (known == null) {
            known = find(new String(text, from, to - from, StandardCharsets.UTF_8));
            members.put(text, from, to, known);
        }
        return known;
    }

    private Kind find(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (masked.contains(lower) || SECRETS.stream().anyMatch(lower::contains)) {
            return Kind.SECRET;
        }
        if (ids.contains(name)) {
            return Kind.ID;
        }
        // An escape may hide any name.
        boolean token = TOKENS.stream().anyMatch(lower::contains) && !lower.endsWith("type");
        return token || name.indexOf('\\') >= 0 ? Kind.TOKEN : Kind.PLAIN;
    }

    /**
     * What a parameter is.
     *
     * @param name without escapes
     */
    Kind parameter(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (masked.contains(lower)) {
            return Kind.SECRET;
        }
        if (ids.contains(name)) {
            return Kind.ID;
        }
        return TargetMask.isTelling(lower) ? Kind.TOKEN : Kind.PLAIN;
    }
}
