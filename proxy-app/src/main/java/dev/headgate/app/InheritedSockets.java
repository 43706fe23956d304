package dev.headgate.app;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The listening sockets that the process was started with, each with a name (sd_listen_fds(3): {@code LISTEN_PID},
 * {@code LISTEN_FDS}, {@code LISTEN_FDNAMES}). They stay open as long as the process lives; what is given out are
 * duplicates. Thread-safe.
 */
final class InheritedSockets {
    private static final int FIRST = 3;
    private static final int MOST = 4096;
    private static final String NAMELESS = "unknown";

    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;
    private static final int SOCK_STREAM = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    /** One of them, which one listener at a time may use. */
    static final class Inherited {
        private final int descriptor;
        private final String name;
        private boolean used;

        private Inherited(int descriptor, String name) {
            this.descriptor = descriptor;
            this.name = name;
        }

        /**
         * Another file descriptor of the same socket, which does not block; the caller closes it.
         *
         * @throws IOException if it is no listening TCP socket
         */
        int duplicate() throws IOException {
            Epoll.ensureAvailability();
            check();
            // Only a descriptor that comes in a message is made non-blocking by Netty. Whatever blocks an accept
            // that finds nothing, as when another process took the connection, would block the whole event loop.
            DomainSocketAddress letterbox = new DomainSocketAddress("\0headgate-" + UUID.randomUUID());
            Socket in = Socket.newSocketDomainDgram();
            Socket out = Socket.newSocketDomainDgram();
            try {
                in.bind(letterbox);
                out.connect(letterbox);
                out.sendFd(descriptor);
                int received = in.recvFd();
                if (!socket(received).equals(socket(descriptor))) {
                    new FileDescriptor(received).close();
                    throw new IOException("file descriptor " + descriptor + " cannot be duplicated");
                }
                return received;
            } finally {
                in.close();
                out.close();
            }
        }

        private void check() throws IOException {
            String what = "file descriptor " + descriptor;
            if (!socket(descriptor).startsWith("socket:")) {
                throw new IOException(what + " is no socket (expected: a listening TCP socket)");
            }
            Socket socket = new Socket(descriptor);
            int domain = socket.getIntOpt(SOL_SOCKET, SO_DOMAIN);
            if (socket.getIntOpt(SOL_SOCKET, SO_TYPE) != SOCK_STREAM || (domain != AF_INET && domain != AF_INET6)) {
                throw new IOException(what + " is no TCP socket (expected: ListenStream=PORT in the socket unit)");
            }
            if (socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) != 1) {
                throw new IOException(what + " does not listen (expected: Accept=no in the socket unit)");
            }
        }

        /** What the kernel calls it. */
        private static String socket(int descriptor) throws IOException {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
        }
    }

    private final List<Inherited> all;

    private InheritedSockets(List<Inherited> all) {
        this.all = all;
    }

    static InheritedSockets none() {
        return new InheritedSockets(List.of());
    }

    /**
     * What the environment tells.
     *
     * @param pid of this process; what is meant for another one is ignored
     */
    static InheritedSockets of(Map<String, String> environment, long pid) {
        int count = number(environment.getOrDefault("LISTEN_FDS", ""));
        if (count == 0 || !environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid))) {
            return none();
        }
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        List<Inherited> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new Inherited(FIRST + i, i < names.length && !names[i].isEmpty() ? names[i] : NAMELESS));
        }
        return new InheritedSockets(List.copyOf(all));
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,4}") ? Math.min(Integer.parseInt(text), MOST) : 0;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /**
     * The first one of this name that is not in use; it is then, until it is given back.
     *
     * @throws IOException if there is none
     */
    synchronized Inherited take(String name) throws IOException {
        for (Inherited each : all) {
            if (!each.used && each.name.equals(name)) {
                each.used = true;
                return each;
            }
        }
        throw new IOException("no socket of that name was passed to this process, or it is in use (passed: "
                + (all.isEmpty() ? "none" : names(all)) + ")");
    }

    synchronized void giveBack(Inherited socket) {
        socket.used = false;
    }

    /** The names of those that nobody uses, for people; empty if there are none. */
    synchronized String unused() {
        return names(all.stream().filter(each -> !each.used).toList());
    }

    private static String names(List<Inherited> some) {
        return some.stream().map(each -> each.name).collect(Collectors.joining(", "));
    }
}
