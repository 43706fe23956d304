package dev.headgate.app;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** One connection, bytes out and bytes in, as ISO 8859-1. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(15_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** @param head from the status line to the empty line, without its end */
    record Response(String head, String body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        /** A field's value, or an empty string. */
        String field(String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        JsonNode json() {
            return RunningProxy.JSON.readTree(body);
        }

        String text() {
            return head + "\r\n\r\n" + body;
        }
    }

    void send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Reads one answer that tells its Content-Length, or has none. */
    Response read() throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int octet = in.read();
            if (octet < 0) {
                throw new EOFException("end of stream after " + head.length() + " octets of a head");
            }
            head.append((char) octet);
        }
        Response bare = new Response(head.substring(0, head.length() - 4), "");
        String length = bare.field("content-length");
        byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
        return new Response(bare.head(), new String(body, StandardCharsets.ISO_8859_1));
    }

    /** So many octets, or those before the end. */
    String octets(int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** Whether the peer has ended its side; waits for it or for an octet. */
    boolean ended() throws IOException {
        return in.read() < 0;
    }

    static Response exchange(int port, String bytes) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.send(bytes);
            return client.read();
        }
    }

    /** @param fields lines, each ended; empty for none */
    static String request(String method, String target, String fields, String body) {
        return method + " " + target + " HTTP/1.1\r\nHost: chat.example\r\n" + fields
                + (body.isEmpty() ? "" : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n")
                + "\r\n" + body;
    }

    static Response identity(int port, String body) throws IOException {
        return exchange(port, request("POST", "/api/v2/guests/identities", "", body));
    }

    /** @param authorization the field's value; empty for no field */
    static Response message(int port, String authorization, JsonNode from) throws IOException {
        return exchange(port, messageOf(authorization, from));
    }

    static String messageOf(String authorization, JsonNode from) {
        String fields = authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n";
        return request("POST", "/api/v2/guests/messages", fields, hello(from));
    }

    /** The body of a guest's message. */
    static String hello(JsonNode from) {
        return RunningProxy.JSON
                .createObjectNode()
                .put("guestId", from.path("guestId").asString(""))
                .put("conversationId", from.path("conversationId").asString(""))
                .put("text", "Hello")
                .toString();
    }

    static String bearer(JsonNode identity) {
        return "Bearer " + identity.path("guest_token").asString("");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
