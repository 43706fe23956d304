package dev.headgate.gate;

import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.BadHead;
import dev.headgate.http.FieldName;
import dev.headgate.http.FieldNames;
import dev.headgate.http.RequestHead;
import dev.headgate.http.Trailers;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Unreadable;
import dev.headgate.profile.Uuid;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.TokenClaims;
import dev.headgate.session.TokenFingerprint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request may go on, in three steps, each with what is known by then: {@link #head}; {@link
 * #session}, where {@link #needsSession} says so; {@link #content}, with what {@link #read} has found, in the body too
 * where {@link #needsBody} says so. A caller goes to the next step when the last one allowed. No clock, no input or
 * output. Immutable, so thread-safe.
 */
public final class Gate {
    private static final String JSON = "application/json";
    private static final Pattern CHARSET =
            Pattern.compile("charset\\s*=\\s*[\"']?([^\"';,\\s]*)", Pattern.CASE_INSENSITIVE);

    /** In these, JSON's own characters are the octets that they are in UTF-8. */
    private static final Set<String> ASCII_COMPATIBLE = Set.of("utf-8", "utf8", "us-ascii", "iso-8859-1");

    private final GateSettings settings;
    private final List<FieldName> guarded;
    private final FieldNames guardedNames;
    private final CheckList checks;

    public Gate(GateSettings settings, CheckList checks) {
        this.settings = settings;
        this.guarded = settings.guardedFields();
        this.guardedNames = new FieldNames(guarded);
        this.checks = checks;
    }

    public GateSettings settings() {
        return settings;
    }

    /** The fields that the settings guard. */
    public FieldNames guardedFields() {
        return guardedNames;
    }

    /**
     * What the rules will see of a request.
     *
     * @param token of the request, as {@link #token} finds it
     * @param now milliseconds since the epoch
     */
    public CheckRequest request(
            RequestHead head, Target target, Credential credential, @Nullable TokenFingerprint token, long now) {
        return new CheckRequest(
                head, settings, guarded, target, credential, token, null, TokenClaims.NONE, List.of(), List.of(), now);
    }

    /** The fingerprint of what the endpoint takes for the credential: Authorization's token, or a part of the path. */
    public static @Nullable TokenFingerprint token(
            RequestHead head, @Nullable Endpoint endpoint, Credential credential, KeyedHash hash) {
        String inPath = pathToken(head, endpoint);
        if (inPath == null) {
            return credential.fingerprint();
        }
        byte[] value = inPath.getBytes(StandardCharsets.UTF_8);
        return hash.fingerprint(value, 0, value.length);
    }

    /** The part of the path that the endpoint takes for the credential, in its one spelling; null where there is none. */
    public static @Nullable String pathToken(RequestHead head, @Nullable Endpoint endpoint) {
        String variable = endpoint == null ? null : endpoint.tokenVariable();
        return endpoint == null || variable == null
                ? null
                : Uuid.canonical(endpoint.path().value(variable, head.path()));
    }

    /** Applies the rules that need the head alone. */
    public Verdict head(CheckRequest request) {
        return apply(checks.head(), request);
    }

    /** Whether {@link #session} has to be asked, with the session of the request's token. */
    public boolean needsSession(CheckRequest request) {
        Guards guards = request.demands();
        return guards != null && guards.issued() && request.token() != null;
    }

    /** Applies the rules that need the session of the request's token, which the request has by now. */
    public Verdict session(CheckRequest request) {
        return apply(checks.session(), request);
    }

    /** Whether {@link #content} needs the body. */
    public BodyNeed needsBody(CheckRequest request, boolean hasBody) {
        Guards guards = request.demands();
        if (guards == null) {
            Learns learns = request.target().learns();
            return learns != null && !learns.needs().body().isEmpty() ? BodyNeed.WANTED : BodyNeed.NONE;
        }
        boolean read = guards.body() || hasBody && !guards.ids().body().isEmpty() && saysJson(request.head());
        return read ? BodyNeed.REQUIRED : BodyNeed.NONE;
    }

    /** Any of several such fields counts: servers differ over which of two they take. An empty one is as good as none. */
    private static boolean saysJson(RequestHead head) {
        int field = head.find(FieldName.CONTENT_TYPE);
        boolean says = field < 0;
        for (; field >= 0 && !says; field = head.find(FieldName.CONTENT_TYPE, field + 1)) {
            says = head.valueIs(field, JSON)
                    || head.valueStart(field) == head.valueEnd(field)
                    || head.value(field).toLowerCase(Locale.ROOT).contains("json");
        }
        return says;
    }

    /**
     * Reads what the request has in its path, query and body.
     *
     * @param body null where {@link #needsBody} did not ask for it, or where it is too long
     * @throws Unreadable if the body cannot be read in one way
     */
    public CheckRequest read(CheckRequest request, byte @Nullable [] body) throws Unreadable {
        Endpoint endpoint = request.target().endpoint();
        Guards guards = request.demands();
        if (endpoint == null) {
            return request;
        }
        if (guards == null) {
            Learns learns = endpoint.learns();
            return learns == null || CheckRequest.isPreflight(request.head())
                    ? request
                    : request.lacking(CreateLint.lacks(request.head(), learns.needs(), settings.organization(), body));
        }
        if (body != null) {
            checkReading(request.head());
        }
        return request.with(PresentedIds.of(request.head(), endpoint.path(), guards.ids(), body));
    }

    /** Applies the rules that need what {@link #read} has found. */
    public Verdict content(CheckRequest request) {
        boolean empty = request.ids().isEmpty() && request.lacks().isEmpty();
        return empty ? Verdict.ALLOWED : apply(checks.content(), request);
    }

    /** Something may make another reader see other text in the same octets. */
    private static void checkReading(RequestHead head) throws Unreadable {
        for (int i = head.find(FieldName.CONTENT_ENCODING); i >= 0; i = head.find(FieldName.CONTENT_ENCODING, i + 1)) {
            if (!head.valueIs(i, "identity")) {
                throw new Unreadable("Content-Encoding: the check needs the body as it is (expected: none)");
            }
        }
        for (int i = head.find(FieldName.CONTENT_TYPE); i >= 0; i = head.find(FieldName.CONTENT_TYPE, i + 1)) {
            if (head.valueIs(i, JSON)) {
                continue;
            }
            Matcher charset = CHARSET.matcher(head.value(i));
            while (charset.find()) {
                if (!ASCII_COMPATIBLE.contains(charset.group(1).toLowerCase(Locale.ROOT))) {
                    throw new Unreadable(
                            "Content-Type: a charset that JSON does not have (expected: UTF-8, RFC 8259 section 8.1)");
                }
            }
        }
    }

    /** The refusal of a trailer section that brings in what only a head may (RFC 9110 section 6.5.1), or null. */
    public @Nullable Deny trailers(Trailers trailers) {
        for (int i = 0; i < trailers.fieldCount(); i++) {
            String name = trailers.name(i).replace('_', '-').replace('.', '-').toLowerCase(Locale.ROOT);
            boolean forbidden = GateSettings.NO_TRAILERS.contains(name);
            for (int g = 0; g < guarded.size() && !forbidden; g++) {
                forbidden = guarded.get(g).matches(name);
            }
            if (forbidden) {
                return new Deny(Reason.TRAILER_FORBIDDEN, "trailer: " + name + " (expected: in the head)");
            }
        }
        return null;
    }

    /** The refusal of bytes that are no head. */
    public static Deny refusal(BadHead bad) {
        Reason reason =
                switch (bad.fault()) {
                    case MALFORMED -> Reason.HEAD_MALFORMED;
                    case TOO_LARGE -> Reason.HEAD_TOO_LARGE;
                    case FRAMING -> Reason.FRAMING_AMBIGUOUS;
                    case HOST -> Reason.HOST_INVALID;
                    case FOLDED_AUTHORIZATION -> Reason.AUTH_FOLDED;
                    case TRAILER -> Reason.TRAILER_FORBIDDEN;
                };
        return new Deny(reason, bad.getMessage());
    }

    private static Verdict apply(List<Check> rules, CheckRequest request) {
        Verdict verdict = Verdict.ALLOWED;
        for (int i = 0; i < rules.size(); i++) {
            Check rule = rules.get(i);
            Deny deny = rule.check(request);
            if (deny == null) {
                continue;
            }
            Verdict next = request.policy().verdict(deny.by(rule));
            if (next instanceof Deny) {
                return next;
            }
            if (verdict == Verdict.ALLOWED) {
                verdict = next;
            }
        }
        return verdict;
    }
}
