package dev.headgate.netty;

import dev.headgate.netty.GuestApi.Wires;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/** One that speaks HTTP/1.1, byte by byte as it is told to. */
final class Http1Client implements WireClient {
    final Socket socket;

    Http1Client(int port, boolean tls) throws IOException {
        socket = tls ? secure(port) : new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
    }

    private static Socket secure(int port) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            return context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    @Override
    public WireClient send(String octets) throws IOException {
        socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    @Override
    public WireClient sendSlowly(String octets) throws IOException {
        for (int i = 0; i < octets.length(); i++) {
            send(octets.substring(i, i + 1));
        }
        return this;
    }

    @Override
    public Answer read() throws IOException {
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

    @Override
    public boolean isEnded() throws IOException {
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
