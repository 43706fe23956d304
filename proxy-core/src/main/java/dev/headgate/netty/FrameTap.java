package dev.headgate.netty;

import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.profile.JsonSelection;
import dev.headgate.profile.JsonValues;
import dev.headgate.profile.Unreadable;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text messages of one direction of a WebSocket as web messaging has them, and tells what they are about. What
 * goes on is not touched. Confined to the exchange's event loop.
 */
final class FrameTap implements FrameReader.Sink {
    private static final JsonSelection MEMBERS =
            JsonSelection.of(List.of("/action", "/tracingId", "/type", "/class", "/code", "/token"));
    private static final Set<String> EXPIRED = Set.of("4006", "4007");
    private static final String EXPIRED_EVENT = "SessionExpiredEvent";
    private static final int LONGEST = 128;

    /** Messages told in a second: more than a conversation has. A message of nothing takes six octets, its line 190. */
    private static final int TOLD = 100;

    private static final long SECOND = 1000;
    private static final String MASK = "[masked]";
    private static final byte[] NONE = {};

    private final Exchange exchange;
    private final Side from;
    private final int limit;
    private int frame;
    private boolean text;
    private byte[] message = NONE;
    private int gathered;
    private long octets;
    private @Nullable String unread;
    private long second;
    private int told;

    FrameTap(Exchange exchange, Side from) {
        this.exchange = exchange;
        this.from = from;
        this.limit = exchange.snapshot().limits().checkedBody();
    }

    @Override
    public void frame(int first) {
        frame = first;
        int opcode = first & FrameReader.OPCODE;
        if (isControl() || opcode == FrameReader.CONTINUATION) {
            return;
        }
        text = opcode == FrameReader.TEXT;
        octets = 0;
        gathered = 0;
        unread = (first & FrameReader.RESERVED) != 0 ? "compressed" : null;
    }

    private boolean isControl() {
        return (frame & FrameReader.CLOSE) != 0;
    }

    @Override
    public void payload(ByteBuf in, int index, int length, int mask, long position) {
        if (isControl() || !text) {
            return;
        }
        octets += length;
        if (octets > limit && unread == null) {
            unread = "longer than limits.checkedBody";
            message = NONE;
        }
        if (unread != null) {
            return;
        }
        if (message.length - gathered < length) {
            message = Arrays.copyOf(message, Math.min(limit, Math.max(2 * message.length, gathered + length)));
        }
        for (int i = 0; i < length; i++) {
            message[gathered++] = (byte) FrameReader.unmasked(in.getByte(index + i), mask, position + i);
        }
    }

    @Override
    public void end() {
        if (isControl() || !text || (frame & FrameReader.FIN) == 0) {
            return;
        }
        text = false;
        FrameRecord record = read();
        message = NONE;
        if (record.sessionExpired()) {
            expired(EXPIRED_EVENT.equals(record.kind()) ? EXPIRED_EVENT : "code " + record.code());
        }
        if (mayTell(record)) {
            exchange.downstream().edge().exchanges().frame(record);
        }
    }

    private boolean mayTell(FrameRecord record) {
        if (Math.abs(record.timeMillis() - second) >= SECOND) {
            second = record.timeMillis();
            told = 0;
        }
        if (told < TOLD) {
            told++;
            return true;
        }
        exchange.findings().note("WebSocket: more than " + TOLD + " messages in a second, the rest of them not told");
        return record.sessionExpired();
    }

    private FrameRecord read() {
        JsonValues values = null;
        try {
            values = unread == null ? MEMBERS.read(message, gathered) : null;
        } catch (Unreadable e) {
            unread = "no JSON object that can be read in one way";
        }
        String kind = values == null ? null : plain(values.get("/class"));
        String code = values == null ? null : plain(values.get("/code"));
        boolean expired = EXPIRED_EVENT.equals(kind) || code != null && EXPIRED.contains(code);
        return new FrameRecord(
                exchange.downstream().edge().clock().millis(),
                exchange.id().id(),
                from,
                octets,
                values == null ? null : plain(values.get("/action")),
                values == null ? null : plain(values.get("/tracingId")),
                values == null ? null : plain(values.get("/type")),
                kind,
                code,
                values == null ? null : fingerprint(values.get("/token")),
                from == Side.UPSTREAM && expired,
                unread);
    }

    private static @Nullable String plain(@Nullable String member) {
        if (member == null) {
            return null;
        }
        return TargetMask.isTokenLike(member)
                ? MASK
                : member.length() > LONGEST ? member.substring(0, LONGEST) : member;
    }

    private @Nullable String fingerprint(@Nullable String token) {
        if (token == null) {
            return null;
        }
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        return exchange.downstream()
                .edge()
                .hash()
                .fingerprint(bytes, 0, bytes.length)
                .toString();
    }

    /** The WebSocket has ended with this code; 0 for none. */
    void closed(int code) {
        if (from == Side.UPSTREAM && EXPIRED.contains(Integer.toString(code))) {
            expired("close code " + code);
        }
    }

    private void expired(String by) {
        exchange.findings()
                .diagnosis(new Diagnosis(
                        Reason.TOKEN_EXPIRED, Confidence.CERTAIN, "the API ended the session in the WebSocket: " + by));
    }
}
