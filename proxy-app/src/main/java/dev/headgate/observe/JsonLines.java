package dev.headgate.observe;

import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Reason;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.FrameRecord;
import dev.headgate.session.TokenFingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges and messages in WebSockets as lines of JSON (RFC 8259) in a buffer that is kept. The text is ASCII: every other character is escaped,
 * so that a lone surrogate, a terminal's control sequence or a bidirectional mark in a hostile path does no harm. For
 * one thread.
 */
final class JsonLines {
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);
    /** Version 00 of W3C Trace Context, section 3.2. */
    private static final Pattern TRACE = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final int ESCAPED = 6;
    private static final int NUMBER = 20;

    private static final byte[] TIME = ascii("{\"time\":\"");
    private static final byte[] REQUEST_ID = key("request_id");
    private static final byte[] METHOD = key("method");
    private static final byte[] PATH = key("path");
    private static final byte[] STATUS = key("status");
    private static final byte[] VERDICT = key("verdict");
    private static final byte[] REASON = key("reason");
    private static final byte[] DETAIL = key("detail");
    private static final byte[] CHECK = key("check");
    private static final byte[] DIAGNOSIS = key("diagnosis");
    private static final byte[] DIAGNOSIS_CONFIDENCE = key("diagnosis_confidence");
    private static final byte[] DIAGNOSIS_DETAIL = key("diagnosis_detail");
    private static final byte[] ROUTE = key("route");
    private static final byte[] UPSTREAM = key("upstream");
    private static final byte[] UPSTREAM_ADDRESS = key("upstream_address");
    private static final byte[] UPSTREAM_STATUS = key("upstream_status");
    private static final byte[] UPSTREAM_CODE = key("upstream_code");
    private static final byte[] UPSTREAM_CONTEXT_ID = key("upstream_context_id");
    private static final byte[] UPSTREAM_CORRELATION_ID = key("upstream_correlation_id");
    private static final byte[] UPSTREAM_REQUEST_ID = key("upstream_request_id");
    private static final byte[] CLIENT_REQUEST_ID = key("client_request_id");
    private static final byte[] TOKEN = key("token");
    private static final byte[] SESSION_AGE_MS = key("session_age_ms");
    private static final byte[] AUTHORIZATION = key("authorization");
    private static final byte[] BYTES_IN = key("bytes_in");
    private static final byte[] BYTES_OUT = key("bytes_out");
    private static final byte[] DURATION_MS = key("duration_ms");
    private static final byte[] UPSTREAM_DURATION_MS = key("upstream_duration_ms");
    private static final byte[] CLIENT = key("client");
    private static final byte[] PEER = key("peer");
    private static final byte[] PROTOCOL = key("protocol");
    private static final byte[] TRACEPARENT = key("traceparent");
    private static final byte[] ABORTED = key("aborted");
    private static final byte[] EVENT = key("event");
    private static final byte[] FROM = key("from");
    private static final byte[] OCTETS = key("octets");
    private static final byte[] ACTION = key("action");
    private static final byte[] TRACING_ID = key("tracing_id");
    private static final byte[] TYPE = key("type");
    private static final byte[] CLASS = key("class");
    private static final byte[] CODE = key("code");
    private static final byte[] SESSION_EXPIRED = ascii(",\"session_expired\":true");
    private static final byte[] UNREAD = key("unread");

    private byte[] bytes = new byte[64 << 10];
    private int length;
    private long second = Long.MIN_VALUE;
    private byte[] secondText = new byte[0];

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] key(String name) {
        return ascii(",\"" + name + "\":");
    }

    /** The lines added since {@link #clear()}, in the first {@link #length()} bytes; valid until the next call. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    void newline() {
        reserve(1);
        bytes[length++] = '\n';
    }

    void add(ExchangeRecord e) {
        time(e.startMillis());
        text(REQUEST_ID, e.requestId());
        text(METHOD, e.method());
        text(PATH, e.path());
        if (e.status() != 0) {
            number(STATUS, e.status());
        }
        text(
                VERDICT,
                switch (e.verdict()) {
                    case ALLOW -> "allow";
                    case DENY -> "deny";
                    case OBSERVE_DENY -> "observe-deny";
                });
        Reason reason = e.reason();
        text(REASON, reason == null ? null : reason.code());
        text(DETAIL, e.detail());
        Evidence evidence = e.evidence();
        if (evidence != null) {
            text(CHECK, evidence.check());
            diagnosis(evidence.diagnosis());
        }
        text(ROUTE, e.route());
        text(UPSTREAM, e.upstream());
        text(UPSTREAM_ADDRESS, e.upstreamAddress());
        if (e.upstreamStatus() != 0) {
            number(UPSTREAM_STATUS, e.upstreamStatus());
        }
        if (evidence != null) {
            text(UPSTREAM_CODE, evidence.error().code());
            text(UPSTREAM_CONTEXT_ID, evidence.error().contextId());
        }
        text(UPSTREAM_CORRELATION_ID, e.upstreamCorrelationId());
        text(UPSTREAM_REQUEST_ID, e.upstreamRequestId());
        text(CLIENT_REQUEST_ID, e.clientRequestId());
        TokenFingerprint token = e.token();
        if (token != null) {
            fingerprint(token);
        }
        if (e.sessionAgeMillis() >= 0) {
            number(SESSION_AGE_MS, e.sessionAgeMillis());
        }
        text(
                AUTHORIZATION,
                switch (e.authorization()) {
                    case ABSENT -> "absent";
                    case INTACT -> "intact";
                    case ALTERED -> "altered";
                    case UNSENT -> "unsent";
                });
        number(BYTES_IN, e.bytesIn());
        number(BYTES_OUT, e.bytesOut());
        millis(DURATION_MS, e.durationNanos());
        if (e.upstreamDurationNanos() >= 0) {
            millis(UPSTREAM_DURATION_MS, e.upstreamDurationNanos());
        }
        text(CLIENT, e.client());
        text(PEER, e.peer());
        text(PROTOCOL, e.protocol());
        String traceparent = e.traceparent();
        // Anything else may be anything, a token too.
        if (traceparent != null && TRACE.matcher(traceparent).matches()) {
            text(TRACEPARENT, traceparent);
        }
        ExchangeRecord.Side aborted = e.aborted();
        if (aborted != null) {
            text(ABORTED, side(aborted));
        }
        end();
    }

    void add(FrameRecord f) {
        time(f.timeMillis());
        text(EVENT, "frame");
        text(REQUEST_ID, f.requestId());
        text(FROM, side(f.from()));
        number(OCTETS, f.octets());
        text(ACTION, f.action());
        text(TRACING_ID, f.tracingId());
        text(TYPE, f.type());
        text(CLASS, f.kind());
        text(CODE, f.code());
        text(TOKEN, f.token());
        if (f.sessionExpired()) {
            append(SESSION_EXPIRED);
        }
        text(UNREAD, f.unread());
        end();
    }

    private static String side(ExchangeRecord.Side side) {
        return switch (side) {
            case DOWNSTREAM -> "downstream";
            case UPSTREAM -> "upstream";
        };
    }

    private void end() {
        reserve(2);
        bytes[length++] = '}';
        bytes[length++] = '\n';
    }

    private void diagnosis(@Nullable Diagnosis diagnosis) {
        if (diagnosis == null) {
            return;
        }
        text(DIAGNOSIS, diagnosis.finding().code());
        text(
                DIAGNOSIS_CONFIDENCE,
                switch (diagnosis.confidence()) {
                    case POSSIBLE -> "possible";
                    case LIKELY -> "likely";
                    case CERTAIN -> "certain";
                });
        text(DIAGNOSIS_DETAIL, diagnosis.detail());
    }

    private void time(long millis) {
        long now = Math.floorDiv(millis, 1000L);
        if (now != second) {
            second = now;
            secondText = ascii(SECOND.format(Instant.ofEpochSecond(now)));
        }
        append(TIME);
        append(secondText);
        reserve(5);
        thousandths((int) Math.floorMod(millis, 1000L));
        bytes[length++] = 'Z';
        bytes[length++] = '"';
    }

    private void text(byte[] key, @Nullable String value) {
        if (value == null) {
            return;
        }
        append(key);
        reserve(value.length() * ESCAPED + 2);
        byte[] to = bytes;
        int at = length;
        to[at++] = '"';
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
                to[at++] = (byte) c;
            } else {
                at = escape(to, at, c);
            }
        }
        to[at++] = '"';
        length = at;
    }

    private static int escape(byte[] to, int start, char c) {
        int at = start;
        to[at++] = '\\';
        if (c == '"' || c == '\\') {
            to[at++] = (byte) c;
            return at;
        }
        to[at++] = 'u';
        to[at++] = HEX[c >> 12];
        to[at++] = HEX[c >> 8 & 15];
        to[at++] = HEX[c >> 4 & 15];
        to[at++] = HEX[c & 15];
        return at;
    }

    /** As its toString writes it. */
    private void fingerprint(TokenFingerprint token) {
        append(TOKEN);
        reserve(2 + 2 * Long.SIZE / 4);
        bytes[length++] = '"';
        hex(token.low());
        hex(token.high());
        bytes[length++] = '"';
    }

    private void hex(long value) {
        for (int shift = Long.SIZE - 4; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (value >> shift) & 15];
        }
    }

    private void number(byte[] key, long value) {
        append(key);
        reserve(NUMBER);
        digits(value);
    }

    private void millis(byte[] key, long nanos) {
        append(key);
        reserve(NUMBER + 4);
        long micros = (Math.max(0, nanos) + 500) / 1000;
        digits(micros / 1000);
        bytes[length++] = '.';
        thousandths((int) (micros % 1000));
    }

    private void thousandths(int value) {
        bytes[length++] = (byte) ('0' + value / 100);
        bytes[length++] = (byte) ('0' + value / 10 % 10);
        bytes[length++] = (byte) ('0' + value % 10);
    }

    /** Counts cannot be negative; one that is would be a defect elsewhere and shows as 0. */
    private void digits(long value) {
        long left = Math.max(0, value);
        int size = 1;
        for (long v = left; v >= 10; v /= 10) {
            size++;
        }
        for (int i = length + size; i > length; left /= 10) {
            bytes[--i] = (byte) ('0' + left % 10);
        }
        length += size;
    }

    private void append(byte[] text) {
        reserve(text.length);
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
