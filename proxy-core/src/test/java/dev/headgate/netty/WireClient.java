package dev.headgate.netty;

import dev.headgate.netty.GuestApi.Wires;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client's connection: bytes out, answers in. */
final class WireClient implements AutoCloseable {
    /**
     * @param head the status line and fields, each octet one character
     */
    record Answer(String head, String body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        List<String> names() {
            return head.lines()
                    .skip(1)
                    .filter(line -> !line.isEmpty())
                    .map(line -> line.substring(0, line.indexOf(':')))
                    .toList();
        }

        /** The first one's. */
        @Nullable
        String value(String name) {
            return values(name).stream().findFirst().orElse(null);
        }

        /** Of all such fields, in order. */
        List<String> values(String name) {
            return head.lines()
                    .skip(1)
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }
    }

    final Socket socket;

    WireClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
    }

    WireClient send(String octets) throws IOException {
        socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** Each octet in a packet of its own, as far as the network keeps them apart. */
    WireClient sendSlowly(String octets) throws IOException {
        for (int i = 0; i < octets.length(); i++) {
            send(octets.substring(i, i + 1));
        }
        return this;
    }

    /** The next answer; an interim one is an answer too. */
    Answer read() throws IOException {
        String head = Wires.until(socket.getInputStream(), "\r\n\r\n");
        Answer bare = new Answer(head, "");
        String length = bare.value("content-length");
        String body = "";
        if (bare.value("transfer-encoding") != null) {
            body = Wires.chunks(socket.getInputStream());
        } else if (length != null) {
            body = Wires.exactly(socket.getInputStream(), Integer.parseInt(length));
        }
        return new Answer(head, body);
    }

    /** Whether the peer has ended the connection, rather than left it open for the next request. */
    boolean isEnded() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
