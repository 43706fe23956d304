package dev.headgate.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers whatever comes to an upstream with what it got: the request line, and the content. */
final class EchoUpstream implements AutoCloseable {
    private final ScriptedUpstream upstream;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    EchoUpstream(ScriptedUpstream upstream) {
        this.upstream = upstream;
        threads.execute(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                RawSocket connection = upstream.acceptPatiently();
                threads.execute(() -> answer(connection));
            }
        } catch (SocketException e) {
            // It listens no longer.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(RawSocket connection) {
        try {
            while (true) {
                String head = connection.readHead();
                String length = RawAnswer.field(head, "content-length");
                String body = length != null ? connection.read(Integer.parseInt(length)) : "";
                if (RawAnswer.field(head, "transfer-encoding") != null) {
                    body = connection.readUntilLastChunk() + trailers(connection);
                }
                String text = head.substring(0, head.indexOf("\r\n")) + "|" + body;
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
            }
        } catch (IOException | AssertionError e) {
            // The edge has closed the connection; a lost request shows at its client.
        }
    }

    private static String trailers(RawSocket connection) throws IOException {
        StringBuilder lines = new StringBuilder();
        while (!lines.toString().endsWith("\r\n\r\n") && !lines.toString().equals("\r\n")) {
            lines.append(connection.read(1));
        }
        return lines.toString();
    }

    @Override
    public void close() throws IOException {
        upstream.stopListening();
        threads.shutdown();
    }
}
