package dev.headgate.gate;

import dev.headgate.http.FieldName;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the gate goes by. Immutable.
 *
 * @param organization null where none is configured
 * @param requestIdHeader the field that carries the request id
 * @param acceptRequestIds whether a well-formed id of the client is kept
 * @param supersededGraceMillis how long a token lives on after a newer one was issued for its guest
 * @param clockSkewMillis how far the clock that a token's claims were written by may be behind this one
 * @param cors which origins' scripts may use the API, or null where the upstream decides that
 * @param forwarded what is believed and told of the hops before this one
 */
public record GateSettings(
        @Nullable Organization organization,
        FieldName requestIdHeader,
        boolean acceptRequestIds,
        long supersededGraceMillis,
        long clockSkewMillis,
        @Nullable Cors cors,
        ForwardedSettings forwarded) {

    /** End-to-end fields whose loss or doubling changes who a request is from, or what it says. */
    private static final List<FieldName> GUARDED = Stream.of(
                    "authorization",
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "content-type",
                    "content-encoding",
                    "cookie",
                    "origin",
                    "expect",
                    "forwarded",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-port",
                    "x-forwarded-proto",
                    "traceparent")
            .map(FieldName::of)
            .toList();

    /** Believes no hop before this one, and tells nothing of it. */
    public GateSettings(
            @Nullable Organization organization,
            FieldName requestIdHeader,
            boolean acceptRequestIds,
            long supersededGraceMillis,
            long clockSkewMillis,
            @Nullable Cors cors) {
        this(
                organization,
                requestIdHeader,
                acceptRequestIds,
                supersededGraceMillis,
                clockSkewMillis,
                cors,
                ForwardedSettings.NONE);
    }

    /** Fields that neither Connection may name, nor a trailer or an alias may bring in. */
    public List<FieldName> guardedFields() {
        Stream<FieldName> configured =
                organization == null ? Stream.of(requestIdHeader) : Stream.of(requestIdHeader, organization.header());
        return Stream.concat(GUARDED.stream(), configured).toList();
    }

    /** Names that a trailer section may not have (RFC 9110 section 6.5.1), beside the guarded ones. */
    static final Set<String> NO_TRAILERS = Set.of(
            "transfer-encoding",
            "trailer",
            "te",
            "connection",
            "keep-alive",
            "upgrade",
            "proxy-connection",
            "proxy-authorization",
            "www-authenticate",
            "proxy-authenticate",
            "set-cookie",
            "content-range",
            "cache-control",
            "max-forwards",
            "range",
            "location",
            "vary");
}
