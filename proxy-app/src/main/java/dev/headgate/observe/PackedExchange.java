package dev.headgate.observe;

import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Reason;
import dev.headgate.http.FieldNames;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.netty.ExchangeRecord.AuthorizationFate;
import dev.headgate.netty.ExchangeRecord.IdSource;
import dev.headgate.netty.ExchangeRecord.OrganizationFate;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.TokenCheck;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import dev.headgate.netty.GuardedFields;
import dev.headgate.session.TokenFingerprint;
import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A place for one exchange, in characters that the next one overwrites. It refers to nothing that was made for a
 * request: a collector of generations has nothing to copy for it, and a write to it is none of a reference.
 *
 * <p>Texts that their senders could make long are cut at {@value #LONGEST} characters. Safe for use by any number of
 * threads.
 */
final class PackedExchange {
    static final int LONGEST = 512;

    private static final String CUT = "...";
    /** In characters. */
    private static final int STEP = 256;

    private static final int LONG = Long.SIZE / Character.SIZE;
    private static final int INT = Integer.SIZE / Character.SIZE;
    private static final int NONE = -1;

    private static final IdSource[] ID_SOURCES = IdSource.values();
    private static final VerdictKind[] VERDICTS = VerdictKind.values();
    private static final Reason[] REASONS = Reason.values();
    private static final Cause[] CAUSES = Cause.values();
    private static final Confidence[] CONFIDENCES = Confidence.values();
    private static final AuthorizationFate[] AUTHORIZATIONS = AuthorizationFate.values();
    private static final OrganizationFate[] ORGANIZATIONS = OrganizationFate.values();
    private static final TokenCheck[] TOKEN_CHECKS = TokenCheck.values();
    private static final Side[] SIDES = Side.values();

    /** Characters, because every text gets there and back by a bulk copy, whatever is in it. Only ever grows. */
    private char[] packed = {};
    /** Where the next part is written or read. */
    private int at;

    private boolean filled;
    /** The configuration's, so not young; written where it changes only. */
    private FieldNames guarded = GuardedFields.NONE.guarded();

    /** Takes the place of what was here. Makes no object, unless a text is cut or this takes more than any before. */
    synchronized void pack(ExchangeRecord e) {
        filled = false;
        at = 0;
        // In the order of unpack; goesBy reads the first two.
        put(e.startMillis());
        put(e.requestId());
        put(e.idSource());
        put(e.clientRequestId());
        put(e.upstreamRequestId());
        put(cut(e.method()));
        put(cut(e.path()));
        put(e.status());
        put(e.verdict());
        put(e.reason());
        put(cut(e.detail()));
        put(e.route());
        put(e.upstream());
        put(e.upstreamAddress());
        put(e.upstreamStatus());
        put(e.upstreamCorrelationId());
        put(e.token());
        put(e.sessionAgeMillis());
        put(e.authorization());
        put(e.organization());
        put(e.tokenCheck());
        put(e.bytesIn());
        put(e.bytesOut());
        put(e.durationNanos());
        put(e.upstreamDurationNanos());
        put(e.addedNanos());
        put(e.client());
        put(e.peer());
        put(e.scheme());
        put(e.protocol());
        put(e.traceparent());
        put(e.aborted());
        put(e.fields());
        put(e.evidence());
        filled = true;
    }

    private void put(@Nullable TokenFingerprint token) {
        put(token != null);
        if (token != null) {
            put(token.low());
            put(token.high());
        }
    }

    private void put(GuardedFields fields) {
        if (guarded != fields.guarded()) {
            guarded = fields.guarded();
        }
        put(fields.present());
    }

    private void put(@Nullable Evidence evidence) {
        put(evidence != null);
        if (evidence != null) {
            put(evidence.check());
            put(evidence.comparison());
            put(evidence.diagnosis());
            put(evidence.error());
        }
    }

    private void put(@Nullable Comparison compared) {
        put(compared != null);
        if (compared != null) {
            put(cut(compared.what()));
            put(cut(compared.found()));
            put(cut(compared.expected()));
        }
    }

    private void put(@Nullable Diagnosis diagnosis) {
        put(diagnosis != null);
        if (diagnosis != null) {
            put(diagnosis.finding() instanceof Reason reason ? reason : null);
            put(diagnosis.finding() instanceof Cause cause ? cause : null);
            put(diagnosis.confidence());
            put(cut(diagnosis.detail()));
        }
    }

    private void put(ApiError error) {
        put(error.read());
        put(error.code());
        put(error.contextId());
    }

    private void put(@Nullable String text) {
        if (text == null) {
            put(NONE);
            return;
        }
        int length = text.length();
        reserve(INT + length);
        put(length);
        text.getChars(0, length, packed, at);
        at += length;
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST - CUT.length()) + CUT;
    }

    private void put(@Nullable Enum<?> value) {
        reserve(1);
        packed[at++] = (char) (value == null ? 0 : value.ordinal() + 1);
    }

    private void put(boolean value) {
        reserve(1);
        packed[at++] = (char) (value ? 1 : 0);
    }

    private void put(long value) {
        reserve(LONG);
        char[] to = packed;
        to[at] = (char) (value >> 48);
        to[at + 1] = (char) (value >> 32);
        to[at + 2] = (char) (value >> 16);
        to[at + 3] = (char) value;
        at += LONG;
    }

    private void put(int value) {
        reserve(INT);
        char[] to = packed;
        to[at] = (char) (value >> 16);
        to[at + 1] = (char) value;
        at += INT;
    }

    private void reserve(int more) {
        if (packed.length - at < more) {
            grow(more);
        }
    }

    private void grow(int more) {
        packed = Arrays.copyOf(packed, (at + more + STEP - 1) / STEP * STEP);
    }

    /** What is here, in new objects; null where nothing is. */
    synchronized @Nullable ExchangeRecord unpack() {
        if (!filled) {
            return null;
        }
        at = 0;
        // Arguments are evaluated from left to right (JLS 15.7.4).
        return new ExchangeRecord(
                number(),
                text(),
                one(ID_SOURCES),
                textOrNull(),
                textOrNull(),
                text(),
                text(),
                integer(),
                one(VERDICTS),
                oneOrNull(REASONS),
                textOrNull(),
                textOrNull(),
                textOrNull(),
                textOrNull(),
                integer(),
                textOrNull(),
                token(),
                number(),
                one(AUTHORIZATIONS),
                one(ORGANIZATIONS),
                one(TOKEN_CHECKS),
                number(),
                number(),
                number(),
                number(),
                number(),
                text(),
                textOrNull(),
                text(),
                text(),
                textOrNull(),
                oneOrNull(SIDES),
                new GuardedFields(guarded, number()),
                evidence());
    }

    /** The same, where it went by that request id; else null. */
    synchronized @Nullable ExchangeRecord unpack(String requestId) {
        return filled && goesBy(requestId) ? unpack() : null;
    }

    private boolean goesBy(String requestId) {
        at = LONG;
        int length = integer();
        return requestId.contentEquals(CharBuffer.wrap(packed, LONG + INT, length));
    }

    /** How many characters this has room for. */
    synchronized int room() {
        return packed.length;
    }

    private @Nullable TokenFingerprint token() {
        return flag() ? new TokenFingerprint(number(), number()) : null;
    }

    private @Nullable Evidence evidence() {
        return flag() ? new Evidence(textOrNull(), comparison(), diagnosis(), error()) : null;
    }

    private @Nullable Comparison comparison() {
        return flag() ? new Comparison(text(), text(), text()) : null;
    }

    private @Nullable Diagnosis diagnosis() {
        if (!flag()) {
            return null;
        }
        Reason reason = oneOrNull(REASONS);
        Cause cause = oneOrNull(CAUSES);
        return new Diagnosis(reason == null ? Objects.requireNonNull(cause) : reason, one(CONFIDENCES), text());
    }

    private ApiError error() {
        return new ApiError(flag(), textOrNull(), textOrNull());
    }

    private String text() {
        return Objects.requireNonNull(textOrNull());
    }

    private @Nullable String textOrNull() {
        int length = integer();
        if (length == NONE) {
            return null;
        }
        at += length;
        return new String(packed, at - length, length);
    }

    private <E> E one(E[] values) {
        return Objects.requireNonNull(oneOrNull(values));
    }

    private <E> @Nullable E oneOrNull(E[] values) {
        char place = packed[at++];
        return place == 0 ? null : values[place - 1];
    }

    private boolean flag() {
        return packed[at++] != 0;
    }

    private long number() {
        return (long) integer() << Integer.SIZE | Integer.toUnsignedLong(integer());
    }

    private int integer() {
        return packed[at++] << Character.SIZE | packed[at++];
    }
}
