package dev.headgate.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** The Close frame with which the edge itself ends a WebSocket (RFC 6455 section 5.5.1). */
enum CloseFrame {
    IDLE(1001, "idle"),
    DRAINING(1001, "shutting down"),
    /** To the side whose peer broke the protocol. */
    PEER_BROKEN(1001, "peer failed"),
    PROTOCOL_ERROR(1002, "protocol error");

    private static final byte CLOSE = (byte) (FrameReader.FIN | FrameReader.CLOSE);

    private final byte[] payload;

    CloseFrame(int code, String text) {
        byte[] reason = text.getBytes(StandardCharsets.US_ASCII);
        payload = new byte[2 + reason.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(reason, 0, payload, 2, reason.length);
    }

    /** As a server sends it. */
    ByteBuf plain() {
        return Unpooled.buffer(2 + payload.length)
                .writeByte(CLOSE)
                .writeByte(payload.length)
                .writeBytes(payload);
    }

    /**
     * As a client sends it. The mask keeps a page from choosing the octets on the wire (RFC 6455 section 10.3), and no
     * page chooses these.
     */
    ByteBuf masked() {
        int mask = ThreadLocalRandom.current().nextInt();
        ByteBuf frame = Unpooled.buffer(6 + payload.length)
                .writeByte(CLOSE)
                .writeByte(0x80 | payload.length)
                .writeInt(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.writeByte(FrameReader.unmasked(payload[i], mask, i));
        }
        return frame;
    }
}
