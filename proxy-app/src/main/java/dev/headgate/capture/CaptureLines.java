package dev.headgate.capture;

import dev.headgate.gate.CheckRequest;
import dev.headgate.gate.Reason;
import dev.headgate.http.Head;
import dev.headgate.http.RequestHead;
import dev.headgate.netty.CapturedExchange;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.profile.Binding;
import dev.headgate.profile.Profile;
import dev.headgate.session.KeyedHash;
import dev.headgate.session.Session;
import dev.headgate.session.TokenClaims;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges as lines of a capture, with credentials and guarded ids masked. What comes of the buffer behind a failure is
 * taken back, so that it holds whole lines only. For one thread.
 */
final class CaptureLines {
    /*
     * Each exchange is gone through twice: CapturedParts looks where a token or an id is known to stand, and Secrets
     * knows what stands there from then on; then, as it is written, MaskedText finds the same values elsewhere.
     */
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);
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
    private static final byte[] SIZE_ALONE = JsonText.ascii("{\"size\":");
    private static final byte[] WHOLE_SIZE = JsonText.ascii(",\"size\":");
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
    private static final byte[] NULL = JsonText.ascii("null");
    private static final int MILLION = 1_000_000;

    private final JsonText out = new JsonText();
    private final CapturedParts parts;
    private final Secrets secrets;
    private final MaskedText texts;
    private final MaskedFields fields;
    private final FieldLines trailers = new FieldLines();
    private long second = Long.MIN_VALUE;
    private byte[] secondText = {};

    CaptureLines(KeyedHash hash) {
        parts = new CapturedParts(hash);
        secrets = parts.secrets();
        texts = new MaskedText(secrets, out);
        fields = new MaskedFields(parts, texts, out);
    }

    /**
     * What is masked from the next line on.
     *
     * @param body the most bytes that a body may have without its content coding
     */
    void mask(List<String> fieldNames, List<String> memberNames, int body) {
        parts.mask(fieldNames, memberNames, body);
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
            parts.take(exchange);
            write(exchange);
        } catch (RuntimeException e) {
            out.length(start);
            throw e;
        }
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
        text(TOKEN, record.token() == null ? null : record.token().toString());
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
        if (exchange.responseHead() == null || record.status() == 0) {
            out.raw(NULL);
        } else {
            response(exchange, record);
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
        texts.octets(method, 0, method.length, true);
        out.raw(TARGET);
        byte[] target = parts.target();
        texts.octets(target, 0, target.length, parts.inTarget(), false);
        text(VERSION, record.protocol());
        out.raw(FIELDS);
        fields.write(parts.requestFields(), record, false);
        body(parts.requestBody());
        trailers(exchange.requestTrailers(), record, false);
        out.raw('}');
    }

    private void response(CapturedExchange exchange, ExchangeRecord record) {
        boolean http2 = record.protocol().equals("HTTP/2");
        out.raw(STATUS).number(record.status());
        out.raw(FIELDS);
        fields.write(parts.responseFields(), record, http2);
        body(parts.responseBody());
        trailers(exchange.responseTrailers(), record, http2);
        out.raw('}');
    }

    private void trailers(@Nullable Head section, ExchangeRecord record, boolean http2) {
        out.raw(TRAILERS);
        trailers.clear();
        if (section != null) {
            trailers.read(section.bytes(), section.fieldsStart(), section.length(), parts.fieldMask());
        }
        fields.write(trailers, record, http2);
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
                texts.body(body);
                out.raw('"');
            }
            case BASE64 -> {
                byte[] kept = Arrays.copyOf(body.bytes(), body.length());
                out.raw(BASE64).raw(Base64.getEncoder().encode(kept)).raw('"');
            }
            case UNREAD -> out.raw(SIZE_ALONE).number(body.size());
        }
        if (body.form() != CapturedContent.Form.UNREAD && body.isCut()) {
            out.raw(WHOLE_SIZE).number(body.size());
        }
        if (body.isUndone()) {
            out.raw(CODING_GZIP);
        }
        out.raw('}');
    }
}
