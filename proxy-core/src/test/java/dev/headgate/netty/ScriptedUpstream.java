package dev.headgate.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** An origin whose every byte the test reads and writes. */
final class ScriptedUpstream implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final ServerSocket listener;
    private final List<RawSocket> accepted = new ArrayList<>();

    ScriptedUpstream() throws IOException {
        this("127.0.0.1", 0);
    }

    /**
     * @param port 0 for a free one
     */
    ScriptedUpstream(String address, int port) throws IOException {
        listener = new ServerSocket(port, 1024, InetAddress.getByName(address));
        listener.setSoTimeout(PATIENCE_MILLIS);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The value of Host in what is forwarded. */
    String host() {
        return "127.0.0.1:" + port();
    }

    /** The next connection; waits for it. */
    RawSocket accept() throws IOException {
        RawSocket connection = new RawSocket(listener.accept());
        accepted.add(connection);
        return connection;
    }

    /** The next connection, whenever it comes, and whenever its next byte comes. */
    RawSocket acceptPatiently() throws IOException {
        listener.setSoTimeout(0);
        RawSocket connection = accept();
        connection.socket.setSoTimeout(0);
        return connection;
    }

    /** From now on connections are refused; those there are stay. */
    void stopListening() throws IOException {
        listener.close();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (RawSocket connection : accepted) {
            connection.close();
        }
    }
}
