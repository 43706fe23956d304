package dev.headgate.gate;

import dev.headgate.gate.Verdict.Allow;
import dev.headgate.gate.Verdict.Deny;
import dev.headgate.http.BadHead;
import dev.headgate.http.FieldName;
import dev.headgate.http.RequestHead;
import dev.headgate.http.Trailers;
import dev.headgate.profile.Guards;
import dev.headgate.profile.JsonMembers.Unreadable;
import dev.headgate.session.Credential;
import dev.headgate.session.Session;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request may go on, in three steps, each with what is known by then: {@link #head}, {@link
 * #session}, {@link #ids}. A caller goes to the next step when the last one allowed. No clock, no input or output.
 * Immutable, so thread-safe.
 */
public final class Gate {
    private static final Pattern CHARSET =
            Pattern.compile("charset\\s*=\\s*[\"']?([^\"';,\\s]*)", Pattern.CASE_INSENSITIVE);

    /** In these, JSON's own characters are the octets that they are in UTF-8. */
    private static final Set<String> ASCII_COMPATIBLE = Set.of("utf-8", "utf8", "us-ascii", "iso-8859-1");

    private final GateSettings settings;
    private final List<FieldName> guarded;
    private final CheckList checks;

    public Gate(GateSettings settings, CheckList checks) {
        this.settings = settings;
        this.guarded = settings.guardedFields();
        this.checks = checks;
    }

    public GateSettings settings() {
        return settings;
    }

    /**
     * What the rules will see of a request.
     *
     * @param guards what its endpoint demands, or null for nothing
     * @param now milliseconds since the epoch
     */
    public CheckRequest request(RequestHead head, @Nullable Guards guards, Credential credential, long now) {
        return new CheckRequest(head, settings, guarded, guards, credential, null, List.of(), now);
    }

    /** Applies the rules that need the head alone. */
    public Verdict head(CheckRequest request) {
        return apply(checks.head(), request);
    }

    /** Whether {@link #session} has to be asked, with the session of the request's token. */
    public boolean needsSession(CheckRequest request) {
        return request.demands() != null && request.credential().fingerprint() != null;
    }

    /** Applies the rules that need the session of the request's token. */
    public Verdict session(CheckRequest request, @Nullable Session session) {
        return apply(checks.session(), request.with(session));
    }

    /** Whether {@link #ids} needs the body: the endpoint names ids in it, and it is, or has to be, JSON. */
    public boolean needsBody(CheckRequest request, boolean hasBody) {
        var guards = request.demands();
        return guards != null && !guards.ids().isEmpty() && (guards.body() || hasBody && saysJson(request.head()));
    }

    /** Any of several such fields counts: servers differ over which of two they take. */
    private static boolean saysJson(RequestHead head) {
        int field = head.find(FieldName.CONTENT_TYPE);
        boolean says = field < 0;
        for (; field >= 0 && !says; field = head.find(FieldName.CONTENT_TYPE, field + 1)) {
            says = head.value(field).toLowerCase(Locale.ROOT).contains("json");
        }
        return says;
    }

    /**
     * Applies the rules that compare the ids in the query and the body with those that the token is bound to.
     *
     * @param body empty where {@link #needsBody} did not ask for it
     */
    public Verdict ids(CheckRequest request, @Nullable Session session, byte[] body, boolean bodyRead) {
        var guards = request.demands();
        if (guards == null || guards.ids().isEmpty()) {
            return Verdict.ALLOWED;
        }
        try {
            String otherwise = bodyRead ? readsOtherwise(request.head()) : null;
            if (otherwise != null) {
                return deny(new Deny(Reason.BODY_UNREADABLE, otherwise));
            }
            var ids = PresentedIds.of(request.head(), bodyRead ? guards : guards.withoutBody(), body);
            return ids.isEmpty()
                    ? Verdict.ALLOWED
                    : apply(checks.ids(), request.with(session).with(ids));
        } catch (Unreadable e) {
            return deny(new Deny(Reason.BODY_UNREADABLE, e.getMessage() == null ? "" : e.getMessage()));
        }
    }

    /** What makes another reader see other text in the same octets, or null. */
    private static @Nullable String readsOtherwise(RequestHead head) {
        for (int i = head.find(FieldName.CONTENT_ENCODING); i >= 0; i = head.find(FieldName.CONTENT_ENCODING, i + 1)) {
            if (!head.valueIs(i, "identity")) {
                return "Content-Encoding: the check needs the body as it is (expected: none)";
            }
        }
        for (int i = head.find(FieldName.CONTENT_TYPE); i >= 0; i = head.find(FieldName.CONTENT_TYPE, i + 1)) {
            Matcher charset = CHARSET.matcher(head.value(i));
            while (charset.find()) {
                if (!ASCII_COMPATIBLE.contains(charset.group(1).toLowerCase(Locale.ROOT))) {
                    return "Content-Type: a charset that JSON does not have (expected: UTF-8, RFC 8259 section 8.1)";
                }
            }
        }
        return null;
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
                    case FOLDED_AUTHORIZATION -> Reason.AUTH_FOLDED;
                    case TRAILER -> Reason.TRAILER_FORBIDDEN;
                };
        return new Deny(reason, bad.getMessage());
    }

    /** Where observing replaces refusing, the request goes on, except for what no one may forward. */
    public Verdict deny(Deny deny) {
        return settings.observe() && deny.reason().isObservable() ? new Allow(deny) : deny;
    }

    private Verdict apply(List<Check> rules, CheckRequest request) {
        Verdict verdict = Verdict.ALLOWED;
        for (int i = 0; i < rules.size(); i++) {
            Deny deny = rules.get(i).check(request);
            if (deny == null) {
                continue;
            }
            Verdict next = deny(deny);
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
