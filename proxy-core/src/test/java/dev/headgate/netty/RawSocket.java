package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** One end of a connection, as bytes. Text stands for them in ISO 8859-1. Waits 10 s at most for anything. */
final class RawSocket implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        this.out = socket.getOutputStream();
    }

    static RawSocket connect(int port) throws IOException {
        return new RawSocket(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Lines with their CRLF, and the empty line. */
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    RawSocket send(String... text) throws IOException {
        return send(String.join("", text).getBytes(StandardCharsets.ISO_8859_1));
    }

    RawSocket send(byte[] bytes) throws IOException {
        out.write(bytes);
        return this;
    }

    /** The next {@code n} bytes. */
    String read(int n) throws IOException {
        byte[] bytes = in.readNBytes(n);
        String text = text(bytes);
        assertThat(bytes.length)
                .as("bytes until the end of the connection, of %s expected; they are: %s", n, text)
                .isEqualTo(n);
        return text;
    }

    /** Up to and with the next empty line. */
    String readHead() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int ends = 0;
        while (ends < 4) {
            int b = in.read();
            assertThat(b).as("byte after: %s", bytes).isNotNegative();
            bytes.write(b);
            ends = b == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : b == '\r' ? 1 : 0;
        }
        return text(bytes.toByteArray());
    }

    /** A chunked body up to and with the line of its last chunk. */
    String readUntilLastChunk() throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            String size = readLine();
            body.append(size);
            int length = Integer.parseInt(size.strip(), 16);
            if (length == 0) {
                return body.toString();
            }
            body.append(read(length + 2));
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        while (!line.toString().endsWith("\r\n")) {
            line.append(read(1));
        }
        return line.toString();
    }

    /** A head, and as many bytes as its Content-Length says. */
    RawAnswer answer() throws IOException {
        String head = readHead();
        String length = RawAnswer.field(head, "content-length");
        return new RawAnswer(head, length == null ? "" : read(Integer.parseInt(length)));
    }

    void expect(String... exactly) throws IOException {
        String text = String.join("", exactly);
        assertThat(read(text.length())).isEqualTo(text);
    }

    /** The rest; the connection must end properly. */
    String readToEnd() throws IOException {
        return text(in.readAllBytes());
    }

    void expectEnd() throws IOException {
        assertThat(readToEnd()).as("bytes before the end of the connection").isEmpty();
    }

    /** What came until the connection was reset, which must happen. */
    String readToReset() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            int b;
            while ((b = in.read()) >= 0) {
                bytes.write(b);
            }
        } catch (SocketException e) {
            return text(bytes.toByteArray());
        }
        throw new AssertionError("a proper end of the connection after: " + bytes);
    }

    /** Whatever ends the connection, it has ended. */
    void awaitGone() throws IOException {
        try {
            in.skip(Long.MAX_VALUE);
            assertThat(in.read()).isNegative();
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    InputStream input() {
        return in;
    }

    OutputStream output() {
        return out;
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
