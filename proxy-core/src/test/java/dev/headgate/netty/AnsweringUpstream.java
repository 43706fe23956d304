package dev.headgate.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** An origin that answers each request with its own name, 200 or another status, and keeps what it was asked. */
final class AnsweringUpstream implements AutoCloseable {
    final LinkedBlockingQueue<String> heads = new LinkedBlockingQueue<>();
    final AtomicInteger connections = new AtomicInteger();
    volatile int status = 200;
    /** Answers wait for it. */
    volatile CountDownLatch gate = new CountDownLatch(0);

    private final String name;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    AnsweringUpstream(String name) throws IOException {
        this(name, "127.0.0.1", 0);
    }

    AnsweringUpstream(String name, String address, int port) throws IOException {
        this(name, new ServerSocket(port, 1024, InetAddress.getByName(address)));
    }

    AnsweringUpstream(String name, ServerSocket listener) {
        this.name = name;
        this.listener = listener;
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                open.add(socket);
                threads.execute(() -> serve(socket));
            }
        } catch (IOException | RejectedExecutionException e) {
            // It listens no longer.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            RawSocket connection = new RawSocket(socket);
            socket.setSoTimeout(0);
            while (true) {
                String head = connection.readHead();
                heads.add(head);
                String length = RawAnswer.field(head, "content-length");
                connection.read(length == null ? 0 : Integer.parseInt(length));
                gate.await();
                connection.send(
                        "HTTP/1.1 " + status + " Whatever\r\nContent-Length: " + name.length() + "\r\n\r\n" + name);
            }
        } catch (IOException | AssertionError | InterruptedException e) {
            // The other side has closed.
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
