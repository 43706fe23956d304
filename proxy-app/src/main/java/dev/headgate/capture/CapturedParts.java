package dev.headgate.capture;

import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.PresentedId;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.CapturedExchange;
import dev.headgate.profile.Binding;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Profile;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.Session;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One exchange taken apart: its target, fields and bodies, and in each the places where a token or an id is known to
 * stand. What stands there is in {@link #secrets()} from then on, so that it is found elsewhere too. All of it is valid
 * until the next exchange. For one thread.
 */
final class CapturedParts {
    private static final List<String> NO_POINTERS = List.of();

    private final Secrets secrets;
    private final TargetParts targetParts;
    private final FieldLines requestFields = new FieldLines();
    private final FieldLines responseFields = new FieldLines();
    private final CapturedContent requestBody;
    private final CapturedContent responseBody;
    private final Redactions inTarget = new Redactions();
    private final Redactions unused = new Redactions();
    private final Map<Profile, MemberNames> names = new IdentityHashMap<>();
    private MemberNames anyNames = new MemberNames(null, List.of());
    private FieldMask fieldMask = new FieldMask(List.of());
    private List<String> members = List.of();
    private int limit;
    private byte[] target = {};

    CapturedParts(KeyedHash hash) {
        secrets = new Secrets(hash);
        targetParts = new TargetParts(secrets);
        requestBody = new CapturedContent(secrets);
        responseBody = new CapturedContent(secrets);
    }

    /**
     * What is masked from the next exchange on.
     *
     * @param body the most bytes that a body may have without its content coding
     */
    void mask(List<String> fieldNames, List<String> memberNames, int body) {
        fieldMask = new FieldMask(fieldNames);
        members = memberNames;
        names.clear();
        anyNames = new MemberNames(null, memberNames);
        limit = body;
    }

    /** Takes an exchange. */
    void take(CapturedExchange exchange) {
        secrets.clear();
        CheckRequest request = exchange.request();
        Profile profile = request == null ? null : request.target().profile();
        Endpoint endpoint = request == null ? null : request.target().endpoint();
        know(exchange.session());
        if (request != null) {
            for (PresentedId id : request.ids()) {
                secrets.know(id.value());
            }
            know(request.claims().ids());
        }
        request(exchange, endpoint, names(profile));
        response(exchange, endpoint, names(profile));
    }

    private MemberNames names(@Nullable Profile profile) {
        return profile == null ? anyNames : names.computeIfAbsent(profile, of -> new MemberNames(of, members));
    }

    private void know(@Nullable Session session) {
        if (session != null) {
            know(session.ids());
            know(session.claims().ids());
        }
    }

    private void know(Map<Binding, String> ids) {
        if (!ids.isEmpty()) {
            ids.values().forEach(secrets::know);
        }
    }

    private void request(CapturedExchange exchange, @Nullable Endpoint endpoint, MemberNames known) {
        requestFields.clear();
        RequestHead head = exchange.head();
        if (head == null) {
            return;
        }
        requestFields.read(head.bytes(), head.fieldsStart(), head.length(), fieldMask);
        target = originForm(head);
        inTarget.clear();
        targetParts.target(target, tokenSegment(endpoint), idSegments(endpoint), known, inTarget);
        credentials(requestFields);
        requestBody.read(exchange.requestBody(), requestFields.value(FieldMask.Kind.CODING), limit);
        content(requestBody, requestFields.value(FieldMask.Kind.TYPE), known, NO_POINTERS);
    }

    private void response(CapturedExchange exchange, @Nullable Endpoint endpoint, MemberNames known) {
        responseFields.clear();
        byte[] head = exchange.responseHead();
        if (head == null) {
            return;
        }
        responseFields.read(head, FieldLines.behindFirstLine(head), head.length, fieldMask);
        credentials(responseFields);
        responseBody.read(exchange.responseBody(), responseFields.value(FieldMask.Kind.CODING), limit);
        Learns learns = endpoint == null ? null : endpoint.learns();
        boolean brings = exchange.record().status() / 100 == 2;
        content(
                responseBody,
                responseFields.value(FieldMask.Kind.TYPE),
                known,
                learns != null && brings ? learns.token() : NO_POINTERS);
    }

    /** The path and query, whatever form (RFC 9112 section 3.2) they came in. */
    private static byte[] originForm(RequestHead head) {
        byte[] form = Arrays.copyOfRange(head.bytes(), head.pathStart(), head.targetEnd());
        if (form.length > 0 && (form[0] == '/' || form.length == 1 && form[0] == '*')) {
            return form;
        }
        byte[] rooted = new byte[form.length + 1];
        rooted[0] = '/';
        System.arraycopy(form, 0, rooted, 1, form.length);
        return rooted;
    }

    private static int tokenSegment(@Nullable Endpoint endpoint) {
        String variable = endpoint == null ? null : endpoint.tokenVariable();
        return endpoint == null || variable == null ? -1 : endpoint.path().position(variable);
    }

    private static BitSet idSegments(@Nullable Endpoint endpoint) {
        BitSet segments = new BitSet();
        Guards guards = endpoint == null ? null : endpoint.guards();
        if (endpoint != null && guards != null) {
            for (String variable : guards.ids().path().keySet()) {
                segments.set(endpoint.path().position(variable));
            }
        }
        return segments;
    }

    /** Those in a head are known from now on. */
    private void credentials(FieldLines lines) {
        for (int i = 0; i < lines.count(); i++) {
            if (lines.kind(i) == FieldMask.Kind.CREDENTIAL) {
                unused.clear();
                secrets.credential(lines.bytes(), lines.valueStart(i), lines.valueEnd(i), unused);
            }
            if (lines.kind(i) == FieldMask.Kind.TEXT || lines.kind(i) == FieldMask.Kind.URI) {
                secrets.learn(lines.bytes(), lines.valueStart(i), lines.valueEnd(i));
            }
        }
    }

    private void content(CapturedContent body, @Nullable String type, MemberNames known, List<String> pointers) {
        if (body.form() == CapturedContent.Form.BASE64) {
            if (body.isCompressed() || tells(body.bytes(), body.length(), known, pointers)) {
                body.leaveOut();
            }
            return;
        }
        if (body.form() != CapturedContent.Form.TEXT) {
            return;
        }
        secrets.learn(body.bytes(), 0, body.length());
        boolean form = type != null && type.toLowerCase(Locale.ROOT).contains("x-www-form-urlencoded");
        if (form) {
            targetParts.form(body.bytes(), 0, body.length(), known, body.found());
        } else {
            body.members().find(body.bytes(), body.length(), known, pointers, body.found());
        }
    }

    /** Whether octets of no known form have a token or an id in them; also as UTF-16. What is found is known then. */
    private boolean tells(byte[] octets, int length, MemberNames known, List<String> pointers) {
        byte[] packed = new byte[length];
        int n = 0;
        for (int i = 0; i < length; i++) {
            if (octets[i] != 0) {
                packed[n++] = octets[i];
            }
        }
        Redactions found = new Redactions();
        secrets.learn(packed, 0, n);
        new JsonMembers(secrets).find(packed, n, known, pointers, found);
        secrets.find(packed, 0, n, true, found);
        return found.count() > 0;
    }

    /** Of this exchange. */
    Secrets secrets() {
        return secrets;
    }

    /** By which fields are masked. */
    FieldMask fieldMask() {
        return fieldMask;
    }

    /** The path and query of the request; of another one where its head could not be read. */
    byte[] target() {
        return target;
    }

    /** What was found in {@link #target()}. */
    Redactions inTarget() {
        return inTarget;
    }

    FieldLines requestFields() {
        return requestFields;
    }

    FieldLines responseFields() {
        return responseFields;
    }

    /** What was found in it is in it; of another exchange where the request's head could not be read. */
    CapturedContent requestBody() {
        return requestBody;
    }

    /** Likewise; of another exchange where there is no answer. */
    CapturedContent responseBody() {
        return responseBody;
    }

    /** Finds what is not to be written in a query, of whichever API it is. */
    void query(byte[] text, int from, int to, Redactions found) {
        targetParts.form(text, from, to, anyNames, found);
    }
}
