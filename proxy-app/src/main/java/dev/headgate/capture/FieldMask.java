package dev.headgate.capture;

import dev.headgate.netty.TargetMask;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is done with the value of a field, by its name. For one thread. */
final class FieldMask {
    /** What a field's value is. */
    enum Kind {
        /** Written, with what looks like a token masked. */
        TEXT,
        /** Written, with what is known to be a token masked: what it holds looks like one and is none. */
        OPAQUE,
        /** As {@link #OPAQUE}: Content-Type. */
        TYPE,
        /** As {@link #TEXT}: Content-Encoding. */
        CODING,
        /** As {@link #TEXT}: traceparent. */
        TRACE,
        /** Written, with its query looked at. */
        URI,
        /** A scheme and a token. */
        CREDENTIAL,
        /** Nothing of it is written. */
        SECRET
    }

    private static final Set<String> OPAQUE = Set.of(
            "etag",
            "if-match",
            "if-none-match",
            "if-range",
            "sec-websocket-accept",
            "sec-websocket-key",
            "www-authenticate",
            "proxy-authenticate");

    private static final Set<String> URIS = Set.of("location", "content-location", "referer", "origin");

    private final Set<String> masked = new HashSet<>();
    private final OctetTable<Kind> known = new OctetTable<>();

    FieldMask(List<String> masked) {
        masked.forEach(name -> this.masked.add(name.toLowerCase(Locale.ROOT)));
    }

    Kind of(byte[] head, int from, int to) {
        Kind kind = known.get(head, from, to);
        if (kind == null) {
            kind = find(new String(head, from, to - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
            known.put(head, from, to, kind);
        }
        return kind;
    }

    private Kind find(String name) {
        if (masked.contains(name)) {
            return Kind.SECRET;
        }
        switch (name) {
            case "content-type":
                return Kind.TYPE;
            case "content-encoding":
                return Kind.CODING;
            case "traceparent":
                return Kind.TRACE;
            default:
                break;
        }
        if (OPAQUE.contains(name)) {
            return Kind.OPAQUE;
        }
        if (URIS.contains(name)) {
            return Kind.URI;
        }
        return TargetMask.isTelling(name) ? Kind.CREDENTIAL : Kind.TEXT;
    }
}
