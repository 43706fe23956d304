package dev.headgate.netty;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A guest API on a raw socket: notes each request as it came, and answers as it is told to. */
final class GuestApi implements AutoCloseable {
    /**
     * One request.
     *
     * @param head as it came, each octet one character, the empty line included
     * @param body without its framing
     */
    record Seen(String head, String body) {
        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        /** The values of that field, in order. */
        List<String> values(String name) {
            return head.lines()
                    .skip(1)
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }
    }

    /** What the next answers are; a list of packets. */
    volatile Function<Seen, List<String>> script = GuestApi::usual;

    final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ServerSocket listener;

    GuestApi() {
        try {
            listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** An identity with a token that is like no other, or an empty object. */
    static List<String> usual(Seen request) {
        boolean create = request.line().startsWith("POST ") && request.line().contains("/guests/identities");
        return List.of(create ? identity(newGuest(), "") : json("{}"));
    }

    static Guest newGuest() {
        return new Guest(
                "tok" + UUID.randomUUID().toString().replace("-", "") + "Z9",
                UUID.randomUUID().toString(),
                UUID.randomUUID().toString(),
                UUID.randomUUID().toString(),
                UUID.randomUUID().toString());
    }

    /** @param more members, each with a comma before it */
    static String identity(Guest guest, String more) {
        return json(String.format(
                Locale.ROOT,
                "{\"guest_token\":\"%s\",\"guestId\":\"%s\",\"conversationId\":\"%s\",\"webChatSessionId\":\"%s\","
                        + "\"divisionId\":\"%s\"%s}",
                guest.token(),
                guest.guestId(),
                guest.conversationId(),
                guest.chatId(),
                guest.divisionId(),
                more));
    }

    static String json(String body) {
        return answer(200, "Content-Type: application/json\r\n", body);
    }

    static String answer(int status, String fields, String body) {
        return "HTTP/1.1 " + status + " Told\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket socket = listener.accept();
            sockets.add(socket);
            daemon(() -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        InputStream in = socket.getInputStream();
        while (true) {
            Seen request = read(in);
            seen.add(request);
            for (String packet : script.apply(request)) {
                socket.getOutputStream().write(packet.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
            }
        }
    }

    private static Seen read(InputStream in) throws IOException {
        String head = Wires.until(in, "\r\n\r\n");
        Seen bare = new Seen(head, "");
        String body = "";
        if (!bare.values("Transfer-Encoding").isEmpty()) {
            body = Wires.chunks(in);
        } else if (!bare.values("Content-Length").isEmpty()) {
            body = Wires.exactly(
                    in, Integer.parseInt(bare.values("Content-Length").get(0)));
        }
        return new Seen(head, body);
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void daemon(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // The peer has gone, or the test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Readings from a socket that both ends of a test need; octets are characters. */
    static final class Wires {
        private Wires() {}

        static String until(InputStream in, String end) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            StringBuilder tail = new StringBuilder();
            while (!tail.toString().endsWith(end)) {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException("the connection ended after " + bytes.size() + " bytes");
                }
                bytes.write(b);
                tail.append((char) b);
                if (tail.length() > end.length()) {
                    tail.deleteCharAt(0);
                }
            }
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }

        static String exactly(InputStream in, int length) throws IOException {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("the body ended after " + bytes.length + " of " + length + " bytes");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        /** The content of a chunked body; trailers are skipped. */
        static String chunks(InputStream in) throws IOException {
            return chunks(in, new StringBuilder());
        }

        /** The content of a chunked body, and its trailers' lines to {@code trailers}. */
        static String chunks(InputStream in, StringBuilder trailers) throws IOException {
            StringBuilder body = new StringBuilder();
            while (true) {
                String size = until(in, "\r\n").strip();
                int semicolon = size.indexOf(';');
                int n = Integer.parseUnsignedInt(semicolon < 0 ? size : size.substring(0, semicolon), 16);
                if (n == 0) {
                    String line = until(in, "\r\n");
                    while (!line.equals("\r\n")) {
                        trailers.append(line);
                        line = until(in, "\r\n");
                    }
                    return body.toString();
                }
                body.append(exactly(in, n));
                until(in, "\r\n");
            }
        }
    }
}
