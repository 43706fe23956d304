package dev.headgate.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** The opening handshake of a WebSocket in HTTP/1.1 (RFC 6455 section 4). */
public final class WebSocketHandshake {
    private static final String WEBSOCKET = "websocket";
    static final FieldName KEY = FieldName.of("sec-websocket-key");
    private static final FieldName ACCEPT = FieldName.of("sec-websocket-accept");
    private static final FieldName EXTENSIONS = FieldName.of("sec-websocket-extensions");
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static final int NONCE = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private WebSocketHandshake() {}

    /** A Sec-WebSocket-Key for a handshake of one's own (RFC 6455 section 4.1). */
    static String newKey() {
        byte[] nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }

    /**
     * Whether a request asks for a WebSocket and for nothing else: any other request's Upgrade is for this hop only, and
     * nothing here takes it up.
     *
     * @param framing of the request: what has a body stays ordinary, because whose bytes follow it is then in doubt
     */
    public static boolean isAskedBy(RequestHead head, Framing framing) {
        return head.minorVersion() == 1
                && !framing.hasBody()
                && head.method().equals("GET")
                && upgrades(head)
                && once(head, KEY) >= 0;
    }

    /**
     * The Sec-WebSocket-Accept that only an answer to this request has (RFC 6455 section 4.2.2).
     *
     * @throws IllegalArgumentException if it has no Sec-WebSocket-Key
     */
    public static String accept(RequestHead head) {
        String key = head.value(KEY);
        if (key == null) {
            throw new IllegalArgumentException("Sec-WebSocket-Key: none (expected: of a request that asks)");
        }
        byte[] text = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
        return Base64.getEncoder().encodeToString(sha1().digest(text));
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }

    /**
     * Whether a 101 is the one that the handshake asked for (RFC 6455 section 4.1).
     *
     * @param accept of the request
     */
    public static boolean isAcceptedBy(ResponseHead head, String accept) {
        int field = once(head, ACCEPT);
        return head.status() == 101
                && head.minorVersion() == 1
                && upgrades(head)
                && field >= 0
                && head.value(field).equals(accept);
    }

    /** Whether the answer to a handshake has agreed on extensions, which may use the reserved bits of frames. */
    public static boolean hasExtensions(ResponseHead head) {
        return head.has(EXTENSIONS);
    }

    private static boolean upgrades(Head head) {
        int field = once(head, FieldName.UPGRADE);
        return field >= 0 && head.valueIs(field, WEBSOCKET) && head.listHas(FieldName.CONNECTION, "upgrade");
    }

    /** The only field of that name; -1 where there is none, or more than one. */
    private static int once(Head head, FieldName name) {
        int field = head.find(name);
        return field >= 0 && head.find(name, field + 1) < 0 ? field : -1;
    }
}
