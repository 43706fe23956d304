package dev.headgate.observe;

import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.PresentedId;
import dev.headgate.gate.Reason;
import dev.headgate.http.Head;
import dev.headgate.http.RequestHead;
import dev.headgate.http.StreamFields;
import dev.headgate.netty.CapturedExchange;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.profile.Binding;
import dev.headgate.profile.Endpoint;
import dev.headgate.profile.Guards;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Profile;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.Session;
import dev.headgate.session.TokenClaims;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges as lines of a capture, with credentials and guarded ids masked. What comes of the buffer behind a failure is
 * taken back, so that it holds whole lines only. For one thread.
 */
final class CaptureLines {
    /*
     * Each exchange is gone through twice: first for what stands where a token or an id is known to stand, all of which
     * Secrets knows from then on, and then, as it is written, for the same values elsewhere.
     */
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);
    /** Version 00 of W3C Trace Context, section 3.2. */
    private static final Pattern TRACE = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private static final byte[] VERSION_TIME = JsonText.ascii("{\"version\":1,\"time\":\"");
    private static final byte[] REQUEST = JsonText.ascii(",\"request\":");
    private static final byte[] RESPONSE = JsonText.ascii(",\"response\":");
    private static final byte[] TIMINGS_TOTAL_US = JsonText.ascii(",\"timings\":{\"total_us\":");
    private static final byte[] END = JsonText.ascii("}}\n");
    private static final byte[] CLAIMS = JsonText.ascii(",\"claims\":{");
    private static final byte[] EXP = JsonText.ascii("\"exp\":");
    private static final byte[] METHOD = JsonText.ascii("{\"method\":\"");
    private static final byte[] TARGET = JsonText.ascii("\",\"target\":\"");
    private static final byte[] FIELDS = JsonText.ascii(",\"fields\":");
    private static final byte[] STATUS = JsonText.ascii("{\"status\":");
    private static final byte[] TRAILERS = JsonText.ascii(",\"trailers\":");
    private static final byte[] BODY = JsonText.ascii(",\"body\":");
    private static final byte[] TEXT = JsonText.ascii("{\"text\":\"");
    private static final byte[] BASE64 = JsonText.ascii("{\"base64\":\"");
    private static final byte[] SIZE = JsonText.ascii("{\"size\":");
    private static final byte[] SIZE2 = JsonText.ascii(",\"size\":");
    private static final byte[] CODING_GZIP = JsonText.ascii(",\"coding\":\"gzip\"");
    private static final byte[] VERDICT = JsonText.ascii(",\"verdict\":");
    private static final byte[] REQUEST_ID = JsonText.ascii(",\"request_id\":");
    private static final byte[] CLIENT = JsonText.ascii(",\"client\":");
    private static final byte[] PROTOCOL = JsonText.ascii(",\"protocol\":");
    private static final byte[] SCHEME = JsonText.ascii(",\"scheme\":");
    private static final byte[] ROUTE = JsonText.ascii(",\"route\":");
    private static final byte[] PROFILE = JsonText.ascii(",\"profile\":");
    private static final byte[] UPSTREAM = JsonText.ascii(",\"upstream\":");
    private static final byte[] REASON = JsonText.ascii(",\"reason\":");
    private static final byte[] TOKEN = JsonText.ascii(",\"token\":");
    private static final byte[] SESSION = JsonText.ascii(",\"session\":");
    private static final byte[] ABORTED = JsonText.ascii(",\"aborted\":");
    private static final byte[] VERSION = JsonText.ascii("\",\"version\":");
    private static final byte[] UPSTREAM_US = JsonText.ascii(",\"upstream_us\":");
    private static final byte[] ADDED_US = JsonText.ascii(",\"added_us\":");
    private static final byte[] MASKED_NAME = JsonText.ascii("x-masked");
    private static final byte[] NULL = JsonText.ascii("null");
    private static final List<String> NO_POINTERS = List.of();
    private static final int MOST_PROFILES = 64;
    private static final int MILLION = 1_000_000;

    private final JsonText out = new JsonText();
    private final Secrets secrets;
    private final TargetParts parts;
    private final FieldLines requestFields = new FieldLines();
    private final FieldLines responseFields = new FieldLines();
    private final FieldLines trailers = new FieldLines();
    private final CapturedContent requestBody;
    private final CapturedContent responseBody;
    private final Redactions targetFound = new Redactions();
    private final Redactions structural = new Redactions();
    private final Redactions all = new Redactions();
    private final Redactions scratch = new Redactions();
    private final Map<Profile, MemberNames> names = new IdentityHashMap<>();
    private MemberNames anyNames = new MemberNames(null, List.of());
    private FieldMask fields = new FieldMask(List.of());
    private List<String> members = List.of();
    private int limit;
    private long second = Long.MIN_VALUE;
    private byte[] secondText = {};
    private byte[] target = {};

    CaptureLines(KeyedHash hash) {
        secrets = new Secrets(hash);
        parts = new TargetParts(secrets);
        requestBody = new CapturedContent(secrets);
        responseBody = new CapturedContent(secrets);
    }

    /** What is masked from the next line on, and how long a body may be. */
    void mask(List<String> fieldNames, List<String> memberNames, int body) {
        fields = new FieldMask(fieldNames);
        members = memberNames;
        names.clear();
        anyNames = new MemberNames(null, memberNames);
        limit = body;
    }

    /** The lines added since {@link #clear()}, in the first {@link #length()} bytes; valid until the next call. */
    byte[] bytes() {
        return out.bytes();
    }

    int length() {
        return out.length();
    }

    void clear() {
        out.length(0);
    }

    void add(CapturedExchange exchange) {
        int start = out.length();
        try {
            find(exchange);
            write(exchange);
        } catch (RuntimeException e) {
            out.length(start);
            throw e;
        }
    }

    private MemberNames names(@Nullable Profile profile) {
        return profile == null ? anyNames : names.computeIfAbsent(profile, of -> new MemberNames(of, members));
    }

    private void find(CapturedExchange exchange) {
        secrets.clear();
        CheckRequest request = exchange.request();
        Profile profile = request == null ? null : request.target().profile();
        Endpoint endpoint = request == null ? null : request.target().endpoint();
        MemberNames known = names(profile);
        known(exchange.session());
        if (request != null) {
            for (PresentedId id : request.ids()) {
                secrets.know(id.value());
            }
            know(request.claims().ids());
        }
        requestFields.clear();
        RequestHead head = exchange.head();
        if (head != null) {
            requestFields.read(head.bytes(), head.fieldsStart(), head.length(), fields);
            target = originForm(head);
            targetFound.clear();
            parts.target(target, tokenSegment(endpoint), idSegments(endpoint), known, targetFound);
            credentials(requestFields);
            requestBody.read(exchange.requestBody(), requestFields.value(FieldMask.Kind.CODING), limit);
            content(requestBody, requestFields.value(FieldMask.Kind.TYPE), known, NO_POINTERS);
        }
        responseFields.clear();
        byte[] answer = exchange.responseHead();
        if (answer != null) {
            responseFields.read(answer, FieldLines.behindFirstLine(answer), answer.length, fields);
            credentials(responseFields);
            responseBody.read(exchange.responseBody(), responseFields.value(FieldMask.Kind.CODING), limit);
            Learns learns = endpoint == null ? null : endpoint.learns();
            boolean brings = learns != null && exchange.record().status() / 100 == 2;
            content(
                    responseBody,
                    responseFields.value(FieldMask.Kind.TYPE),
                    known,
                    learns != null && brings ? learns.token() : NO_POINTERS);
        }
    }

    private void known(@Nullable Session session) {
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
                scratch.clear();
                secrets.credential(lines.bytes(), lines.valueStart(i), lines.valueEnd(i), scratch);
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
            parts.form(body.bytes(), 0, body.length(), known, body.found());
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
        scratch.clear();
        secrets.learn(packed, 0, n);
        new JsonMembers(secrets).find(packed, n, known, pointers, scratch);
        secrets.find(packed, 0, n, true, scratch);
        return scratch.count() > 0;
    }

    private void write(CapturedExchange exchange) {
        ExchangeRecord record = exchange.record();
        CheckRequest request = exchange.request();
        Session session = exchange.session();
        Profile profile = request == null ? null : request.target().profile();
        out.raw(VERSION_TIME);
        time(exchange.startMicros());
        text(REQUEST_ID, record.requestId());
        text(CLIENT, record.client());
        text(PROTOCOL, record.protocol());
        text(SCHEME, record.scheme());
        text(ROUTE, record.route());
        text(PROFILE, profile == null ? null : profile.name());
        text(UPSTREAM, record.upstream());
        text(
                VERDICT,
                switch (record.verdict()) {
                    case ALLOW -> "allow";
                    case DENY -> "deny";
                    case OBSERVE_DENY -> "observe-deny";
                });
        Reason reason = record.reason();
        text(REASON, reason == null ? null : reason.code());
        text(TOKEN, record.token());
        text(SESSION, session == null ? null : session.fingerprint().toString());
        if (request != null) {
            claims(request, session);
        }
        out.raw(REQUEST);
        RequestHead head = exchange.head();
        if (head == null) {
            out.raw(NULL);
        } else {
            request(exchange, head, record);
        }
        out.raw(RESPONSE);
        byte[] answer = exchange.responseHead();
        if (answer == null || record.status() == 0) {
            out.raw(NULL);
        } else {
            response(exchange, answer, record);
        }
        ExchangeRecord.Side aborted = record.aborted();
        text(ABORTED, aborted == null ? null : aborted.name().toLowerCase(Locale.ROOT));
        out.raw(TIMINGS_TOTAL_US).number(record.durationNanos() / 1000);
        micros(UPSTREAM_US, record.upstreamDurationNanos());
        micros(ADDED_US, record.addedNanos());
        out.raw(END);
    }

    private void text(byte[] key, @Nullable String value) {
        out.raw(key);
        if (value == null) {
            out.raw(NULL);
        } else {
            out.string(value);
        }
    }

    private void micros(byte[] key, long nanos) {
        out.raw(key);
        if (nanos < 0) {
            out.raw(NULL);
        } else {
            out.number(nanos / 1000);
        }
    }

    private void time(long micros) {
        long now = Math.floorDiv(micros, (long) MILLION);
        if (now != second) {
            second = now;
            secondText = JsonText.ascii(SECOND.format(Instant.ofEpochSecond(now)));
        }
        String fraction = Long.toString(MILLION + Math.floorMod(micros, (long) MILLION));
        out.raw(secondText).raw(JsonText.ascii(fraction.substring(1))).raw('Z').raw('"');
    }

    /** What the token tells of itself, so that one that says the same can be made. */
    private void claims(CheckRequest request, @Nullable Session session) {
        Profile profile = request.target().profile();
        TokenClaims claims = session != null ? session.claims() : request.claims();
        if (claims == TokenClaims.NONE && profile != null) {
            claims = request.credential().claims(request.head(), profile.claims());
        }
        if (claims.equals(TokenClaims.NONE)) {
            return;
        }
        out.raw(CLAIMS);
        String comma = "";
        if (claims.expiresAt() != Long.MAX_VALUE) {
            out.raw(EXP).number(claims.expiresAt() / 1000);
            comma = ",";
        }
        String organization = claims.organization();
        if (organization != null) {
            claim(comma, "org", organization);
            comma = ",";
        }
        for (Binding binding : Binding.values()) {
            String id = claims.ids().get(binding);
            if (id != null) {
                claim(comma, name(binding), id);
                comma = ",";
            }
        }
        out.raw('}');
    }

    private static String name(Binding binding) {
        return switch (binding) {
            case CONVERSATION -> "conv";
            case MEMBER -> "sub";
            case GUEST, CHAT, DIVISION -> binding.name().toLowerCase(Locale.ROOT);
        };
    }

    private void claim(String comma, String name, String id) {
        out.raw(JsonText.ascii(comma + "\"" + name + "\":\""))
                .raw(secrets.id(id))
                .raw('"');
    }

    private void request(CapturedExchange exchange, RequestHead head, ExchangeRecord record) {
        out.raw(METHOD);
        byte[] method = JsonText.ascii(head.method());
        all.clear();
        secrets.find(method, 0, method.length, true, all);
        octets(method, 0, method.length);
        out.raw(TARGET);
        all.clear();
        sweep(target, 0, target.length, targetFound, null, false);
        octets(target, 0, target.length);
        text(VERSION, record.protocol());
        out.raw(FIELDS);
        fields(requestFields, record, false);
        body(requestBody);
        trailers(exchange.requestTrailers(), record, false);
        out.raw('}');
    }

    private void response(CapturedExchange exchange, byte[] head, ExchangeRecord record) {
        boolean http2 = record.protocol().equals("HTTP/2");
        out.raw(STATUS).number(record.status());
        out.raw(FIELDS);
        fields(responseFields, record, http2);
        body(responseBody);
        trailers(exchange.responseTrailers(), record, http2);
        out.raw('}');
    }

    private void trailers(@Nullable Head section, ExchangeRecord record, boolean http2) {
        out.raw(TRAILERS);
        trailers.clear();
        if (section != null) {
            trailers.read(section.bytes(), section.fieldsStart(), section.length(), fields);
        }
        fields(trailers, record, http2);
    }

    /** @param http2 whether they were sent as fields of HTTP/2 */
    private void fields(FieldLines lines, ExchangeRecord record, boolean http2) {
        byte[] bytes = lines.bytes();
        out.raw('[');
        boolean first = true;
        for (int i = 0; i < lines.count(); i++) {
            int from = lines.nameStart(i);
            int to = lines.nameEnd(i);
            if (http2 && StreamFields.isOfTheConnection(bytes, from, to)) {
                continue;
            }
            out.raw(first ? '[' : ',');
            if (!first) {
                out.raw('[');
            }
            first = false;
            out.raw('"');
            name(bytes, from, to, http2);
            out.raw('"').raw(',').raw('"');
            value(lines, i, record);
            out.raw('"').raw(']');
        }
        out.raw(']');
    }

    /** A name is what its sender made it, so what only looks like a token stays; and what replaces one is a name, too. */
    private void name(byte[] bytes, int from, int to, boolean http2) {
        all.clear();
        secrets.find(bytes, from, to, false, all);
        byte[] folded = JsonText.ascii(
                new String(bytes, from, to - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
        // Names change between cases by custom; only between letters and digits do they not.
        if (all.count() > 0 || Secrets.looksRandom(folded, 0, folded.length)) {
            out.raw(MASKED_NAME);
            return;
        }
        if (!http2) {
            octets(bytes, from, to);
            return;
        }
        byte[] lower = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT)
                .getBytes(StandardCharsets.ISO_8859_1);
        octets(lower, 0, lower.length);
    }

    private void value(FieldLines lines, int i, ExchangeRecord record) {
        byte[] bytes = lines.bytes();
        int from = lines.valueStart(i);
        int to = lines.valueEnd(i);
        FieldMask.Kind kind = lines.kind(i);
        if (kind == FieldMask.Kind.SECRET) {
            out.raw(Secrets.MASKED);
            return;
        }
        structural.clear();
        boolean guess = kind != FieldMask.Kind.OPAQUE && kind != FieldMask.Kind.TYPE;
        if (kind == FieldMask.Kind.CREDENTIAL) {
            secrets.credential(bytes, from, to, structural);
        } else if (kind == FieldMask.Kind.URI) {
            int query = from;
            while (query < to && bytes[query] != '?' && bytes[query] != '#') {
                query++;
            }
            parts.form(bytes, Math.min(query + 1, to), to, anyNames, structural);
        } else if (to - from == record.requestId().length() || kind == FieldMask.Kind.TRACE) {
            String value = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
            guess &= !value.equals(record.requestId()) && !TRACE.matcher(value).matches();
        }
        all.clear();
        sweep(bytes, from, to, structural, null, guess);
        octets(bytes, from, to);
    }

    /** Gathers in {@link #all} what was found in a text, and between that what is known or looks like a token. */
    private void sweep(byte[] text, int from, int to, Redactions found, @Nullable JsonMembers strings, boolean guess) {
        int at = from;
        int f = 0;
        int s = 0;
        int escaped = strings == null ? 0 : strings.escapedStrings();
        while (f < found.count() || s < escaped) {
            int nextFound = f < found.count() ? found.from(f) : Integer.MAX_VALUE;
            int nextString = strings != null && s < escaped ? strings.escapedFrom(s) : Integer.MAX_VALUE;
            if (nextFound <= nextString) {
                secrets.find(text, at, nextFound, guess, all);
                all.add(nextFound, found.to(f), found.replacement(f));
                at = found.to(f++);
            } else {
                secrets.find(text, at, nextString, guess, all);
                at = strings == null ? at : strings.escapedTo(s++);
                escaped(text, nextString, at, guess);
            }
        }
        secrets.find(text, at, to, guess, all);
    }

    private void escaped(byte[] text, int from, int to, boolean guess) {
        byte[] plain = JsonMembers.unescaped(text, from, to);
        scratch.clear();
        secrets.find(plain, 0, plain.length, guess, scratch);
        if (scratch.count() > 0) {
            all.add(from, to, JsonText.escaped(scratch.apply(plain, 0, plain.length)));
        }
    }

    /** Octets as characters, with what {@link #all} has in their place. */
    private void octets(byte[] text, int from, int to) {
        int at = from;
        for (int i = 0; i < all.count(); i++) {
            out.escapeOctets(text, at, all.from(i));
            out.raw(all.replacement(i));
            at = all.to(i);
        }
        out.escapeOctets(text, at, to);
    }

    private void body(CapturedContent body) {
        out.raw(BODY);
        if (body.form() == CapturedContent.Form.BASE64 && secrets.areIn(body.bytes(), 0, body.length())) {
            body.leaveOut();
        }
        switch (body.form()) {
            case NONE -> {
                out.raw(NULL);
                return;
            }
            case TEXT -> {
                out.raw(TEXT);
                all.clear();
                sweep(body.bytes(), 0, body.length(), body.found(), body.members(), true);
                int at = 0;
                for (int i = 0; i < all.count(); i++) {
                    out.escape(body.bytes(), at, all.from(i));
                    byte[] with = all.replacement(i);
                    out.escape(with, 0, with.length);
                    at = all.to(i);
                }
                out.escape(body.bytes(), at, body.length());
                out.raw('"');
            }
            case BASE64 -> {
                byte[] kept = Arrays.copyOf(body.bytes(), body.length());
                out.raw(BASE64).raw(Base64.getEncoder().encode(kept)).raw('"');
            }
            case UNREAD -> out.raw(SIZE).number(body.size());
        }
        if (body.form() != CapturedContent.Form.UNREAD && body.isCut()) {
            out.raw(SIZE2).number(body.size());
        }
        if (body.isUndone()) {
            out.raw(CODING_GZIP);
        }
        out.raw('}');
    }
}
