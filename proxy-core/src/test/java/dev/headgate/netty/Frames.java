package dev.headgate.netty;

import java.nio.charset.StandardCharsets;

/** WebSocket frames as octets (RFC 6455 section 5.2), each octet one character. */
final class Frames {
    static final int TEXT = 0x81;
    static final int CLOSE = 0x88;
    static final int PING = 0x89;
    static final int PONG = 0x8A;

    private static final byte[] MASK = {0x37, (byte) 0xFA, 0x21, 0x3D};

    private Frames() {}

    /** As a server sends it. */
    static String plain(int first, String payload) {
        return header(first, 0, payload.length()) + payload;
    }

    /** As a client sends it. */
    static String masked(int first, String payload) {
        return header(first, 0x80, payload.length()) + latin(MASK) + mask(payload, MASK);
    }

    static String header(int first, int maskBit, int length) {
        StringBuilder header = new StringBuilder().append((char) first);
        if (length < 126) {
            header.append((char) (maskBit | length));
        } else if (length < 0x10000) {
            header.append((char) (maskBit | 126)).append((char) (length >> 8)).append((char) (length & 255));
        } else {
            header.append((char) (maskBit | 127)).append("\0\0\0\0");
            for (int shift = 24; shift >= 0; shift -= 8) {
                header.append((char) (length >> shift & 255));
            }
        }
        return header.toString();
    }

    static String close(int code, String reason) {
        return "" + (char) (code >> 8) + (char) (code & 255) + reason;
    }

    /** The payload of a masked frame that has less than 126 octets. */
    static String unmasked(String frame) {
        byte[] bytes = frame.getBytes(StandardCharsets.ISO_8859_1);
        byte[] mask = {bytes[2], bytes[3], bytes[4], bytes[5]};
        return mask(frame.substring(6), mask);
    }

    private static String mask(String payload, byte[] mask) {
        byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= mask[i & 3];
        }
        return latin(bytes);
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
