package dev.headgate.gate;

import dev.headgate.profile.Binding;

/**
 * Why a request was not forwarded, or not answered by its upstream. The codes are public: clients, alerts and people
 * go by them. {@code docs/reasons.md} has a row for each.
 */
public enum Reason implements Finding {
    HEAD_MALFORMED(
            "head.malformed",
            400,
            "The request head breaks the HTTP grammar",
            "Send a request line and fields as RFC 9112 and RFC 9110 define them."),
    HEAD_TOO_LARGE(
            "head.too_large",
            431,
            "The request head is too large",
            "Send fewer or shorter fields, cookies first; the limits are limits.head and limits.fields."),
    HEAD_TIMEOUT(
            "head.timeout",
            408,
            "The request head did not arrive in time",
            "Send the whole head at once; the limit is timeouts.head."),
    FRAMING_AMBIGUOUS(
            "framing.ambiguous",
            400,
            "The end of the body can be read in two ways",
            "Send one Content-Length, or one Transfer-Encoding: chunked with well-formed chunks."),
    HOST_INVALID(
            "host.invalid",
            400,
            "The Host field is missing, repeated or malformed",
            "Send one Host field that agrees with the target."),
    FIELD_NOMINATED(
            "field.nominated",
            400,
            "The Connection field names a field that must reach the origin",
            "Remove that name from Connection; it may list hop-by-hop fields only."),
    FIELD_ALIAS(
            "field.alias",
            400,
            "A field name imitates a guarded one",
            "Send the name with hyphens; underscores and dots are read as hyphens by some servers."),
    TRAILER_FORBIDDEN("trailer.forbidden", 400, "A trailer field that must not be one", "Send that field in the head."),
    AUTH_MISSING(
            "auth.missing",
            401,
            "The Authorization field is missing",
            "Find the hop that drops it: a client that did not set it, CloudFront without an origin request policy, or a"
                    + " middleware that rebuilds the fields."),
    AUTH_DUPLICATE(
            "auth.duplicate",
            400,
            "More than one Authorization field",
            "Send it once; look for a proxy or an interceptor that adds a second one."),
    AUTH_FOLDED(
            "auth.folded",
            400,
            "The Authorization field is folded over two lines",
            "Send it in one line; look for a line break inside the token."),
    AUTH_PLACEHOLDER(
            "auth.placeholder",
            401,
            "The credential is a placeholder, not a token",
            "The client sent a literal where the token should be: a variable that was not set, or a log redactor that"
                    + " changed the request."),
    AUTH_MALFORMED(
            "auth.malformed",
            401,
            "The Authorization field holds no usable credential",
            "Send the scheme that the endpoint takes, one space, and the token."),
    TOKEN_UNKNOWN(
            "token.unknown",
            401,
            "The token was not issued through this edge",
            "Create the guest identity through the same edge and send the token that it returned."),
    TOKEN_EXPIRED(
            "token.expired",
            401,
            "The token has expired",
            "Create a new guest identity and use its token; do not keep tokens in cookies or local storage."),
    TOKEN_SUPERSEDED(
            "token.superseded",
            401,
            "A newer token has been issued for this guest",
            "Use the token of the latest identity answer; look for one cached by the server."),
    TOKEN_REJECTED(
            "token.rejected",
            401,
            "The upstream has rejected this token before",
            "Create a new guest identity; the upstream no longer takes this token."),
    TOKEN_REVOKED("token.revoked", 401, "The token was revoked by an operator", "Create a new guest identity."),
    TOKEN_ENDED(
            "token.ended",
            401,
            "The conversation of this token has ended",
            "Create a new guest identity, and with it a new conversation."),
    SESSION_GUEST(
            "session.guest",
            403,
            "The guest id is not the one of this token",
            "Send each guest's own token; look for a server that caches one guest's Authorization field."),
    SESSION_CONVERSATION(
            "session.conversation",
            403,
            "The conversation id is not the one of this token",
            "Send the conversationId of the identity answer that the token came with."),
    SESSION_CHAT(
            "session.chat",
            403,
            "The webChatSessionId is not the one of this token",
            "Send the webChatSessionId of the identity answer that the token came with."),
    SESSION_DIVISION(
            "session.division",
            403,
            "The division id is not the one of this token",
            "Send the divisionId of the flow that the identity was created for."),
    SESSION_MEMBER(
            "session.member",
            403,
            "The member id is not the one of this token",
            "Send the member id of the answer that the token came with."),
    SCOPE_MISSING(
            "scope.missing",
            403,
            "The identity was issued without the scope that this endpoint needs",
            "Ask for the scope when the identity is created."),
    PURPOSE_MISSING(
            "purpose.missing",
            403,
            "The identity was created without the purpose that this endpoint needs",
            "Create the identity with purpose: \"chat\"."),
    ORG_MISMATCH(
            "org.mismatch",
            403,
            "The organisation id is not the one of this edge",
            "Leave the organisation field out, or send the configured id."),
    IDENTITY_INCOMPLETE(
            "identity.incomplete",
            400,
            "The create request lacks what later requests need",
            "Add what the detail names; without it the token is issued all the same, and refused when it is used."),
    CORS_ORIGIN(
            "cors.origin", 403, "The page's origin is not allowed here", "Operators: add the origin to cors.origins."),
    BODY_TOO_LARGE(
            "body.too_large",
            413,
            "The body is too large",
            "Send a smaller body; the limits are limits.body and, where ids are checked, limits.checkedBody."),
    BODY_TIMEOUT(
            "body.timeout",
            408,
            "The request body did not arrive in time",
            "Send the body without long pauses; the limits are timeouts.idle and limits.minimumBodyRate."),
    BODY_UNREADABLE(
            "body.unreadable",
            400,
            "The body cannot be read in the one way that the check needs",
            "Send one JSON object in UTF-8, without Content-Encoding, with each id once."),
    LIMIT_RATE(
            "limit.rate",
            429,
            "Too many requests in too short a time",
            "Wait as long as Retry-After says; operators: the limits are those of limits.rate."),
    STORE_UNAVAILABLE(
            "store.unavailable",
            503,
            "The session store did not answer",
            "Try again; operators: see the store's own metrics."),
    UPSTREAM_UNREACHABLE(
            "upstream.unreachable",
            502,
            "No connection to the upstream",
            "Operators: check the upstream's address, its name's resolution and its certificate."),
    UPSTREAM_OVERLOADED(
            "upstream.overloaded",
            503,
            "Too many requests to the upstream at a time",
            "Try again; operators: the limits are the upstream's connections.maximum and connections.waiting."),
    UPSTREAM_TIMEOUT(
            "upstream.timeout",
            504,
            "The upstream did not answer in time",
            "Try again; operators: the limit is timeouts.upstreamResponse."),
    UPSTREAM_INVALID(
            "upstream.invalid",
            502,
            "The upstream's answer cannot be forwarded safely",
            "Operators: the log names what is wrong with the answer."),
    PROXY_DRAINING("proxy.draining", 503, "The proxy is shutting down", "Send the request again on a new connection."),
    ROUTE_UNMATCHED(
            "route.unmatched", 404, "No route for this path", "Operators: add a route whose path is a prefix of it.");

    private final String code;
    private final int status;
    private final String title;
    private final String advice;

    Reason(String code, int status, String title, String advice) {
        this.code = code;
        this.status = status;
        this.title = title;
        this.advice = advice;
    }

    /** That an id of this kind is not the one of the token. */
    public static Reason of(Binding binding) {
        return switch (binding) {
            case GUEST -> SESSION_GUEST;
            case CONVERSATION -> SESSION_CONVERSATION;
            case CHAT -> SESSION_CHAT;
            case DIVISION -> SESSION_DIVISION;
            case MEMBER -> SESSION_MEMBER;
        };
    }

    @Override
    public String code() {
        return code;
    }

    /** The response's status code. */
    public int status() {
        return status;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String advice() {
        return advice;
    }

    /** Whether it is only noted, unless the configuration says that this very reason is enforced. */
    public boolean isAdvice() {
        return this == IDENTITY_INCOMPLETE;
    }

    /**
     * Whether observing forwards the request all the same. What cannot be read in one way is never
     * forwarded, a folded Authorization among it; nor can observing mend an upstream.
     */
    public boolean isObservable() {
        return switch (this) {
            case HEAD_MALFORMED,
                    HEAD_TOO_LARGE,
                    HEAD_TIMEOUT,
                    FRAMING_AMBIGUOUS,
                    HOST_INVALID,
                    TRAILER_FORBIDDEN,
                    AUTH_FOLDED,
                    BODY_TIMEOUT,
                    LIMIT_RATE,
                    UPSTREAM_UNREACHABLE,
                    UPSTREAM_OVERLOADED,
                    UPSTREAM_TIMEOUT,
                    UPSTREAM_INVALID,
                    PROXY_DRAINING,
                    ROUTE_UNMATCHED -> false;
            default -> true;
        };
    }

    /** Whether nothing after the head can be trusted to be where it seems, so that the connection must close. */
    public boolean endsConnection() {
        return switch (this) {
            case HEAD_MALFORMED,
                    HEAD_TOO_LARGE,
                    HEAD_TIMEOUT,
                    BODY_TIMEOUT,
                    FRAMING_AMBIGUOUS,
                    HOST_INVALID,
                    TRAILER_FORBIDDEN,
                    AUTH_FOLDED,
                    PROXY_DRAINING -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return code;
    }
}
