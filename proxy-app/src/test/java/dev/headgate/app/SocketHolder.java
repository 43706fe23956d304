package dev.headgate.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process that holds listening sockets and starts the product with them, as systemd does: the JDK can pass no socket
 * to a child. It is written in Perl, which each Debian has.
 */
final class SocketHolder implements AutoCloseable {
    /** Standard input: {@code start}, or {@code wait PID}; standard output: the ports, then pids and exit statuses. */
    private static final String PROGRAM = """
            use strict; use warnings; use Socket; use Fcntl; use POSIX ();
            my ($kinds, $names, @command) = @ARGV;
            $| = 1;
            my @sockets;
            for my $kind (split /,/, $kinds) {
                socket(my $s, PF_INET, $kind eq 'udp' ? SOCK_DGRAM : SOCK_STREAM, 0) or die "socket: $!";
                bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die "bind: $!";
                if ($kind eq 'tcp') { listen($s, 4096) or die "listen: $!" }
                print((sockaddr_in(getsockname($s)))[0], "\\n");
                push @sockets, $s;
            }
            while (my $line = <STDIN>) {
                if ($line =~ /^wait ([0-9]+)$/) {
                    waitpid($1, 0);
                    print $? & 127 ? 128 + ($? & 127) : $? >> 8, "\\n";
                    next;
                }
                my $pid = fork;
                if ($pid) { print "$pid\\n"; next }
                my @high = map { fcntl($_, F_DUPFD, 100) or die "fcntl: $!" } @sockets;
                POSIX::dup2($high[$_], 3 + $_) for 0 .. $#high;
                POSIX::close($_) for @high;
                $ENV{LISTEN_PID} = $$;
                $ENV{LISTEN_FDS} = @sockets;
                $ENV{LISTEN_FDNAMES} = $names;
                open STDIN, '<', '/dev/null';
                open STDOUT, '>&', \\*STDERR;
                exec @command;
                die "exec: $!";
            }
            """;

    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;
    private final Path err;
    private final List<Integer> ports = new ArrayList<>();
    private final List<Long> started = new ArrayList<>();

    /**
     * @param kinds of the sockets, separated by commas: {@code tcp}, {@code udp}, or {@code deaf}, which does not listen
     * @param names of the sockets, separated by colons
     * @param environment for the product
     */
    SocketHolder(String kinds, String names, Path config, Map<String, String> environment) throws IOException {
        Path directory = config.toAbsolutePath().getParent();
        err = Files.createTempFile(directory, "stderr", ".txt");
        List<String> command = new ArrayList<>(List.of("perl", "-e", PROGRAM, kinds, names));
        command.addAll(ChildProcess.command("run", config.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().putAll(environment);
        process = builder.start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        orders = process.outputWriter(StandardCharsets.UTF_8);
        for (int i = 0; i < kinds.split(",", -1).length; i++) {
            ports.add(Integer.parseInt(answer()));
        }
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new AssertionError("the holder ended: " + err());
        }
        return line;
    }

    private String order(String text) throws IOException {
        orders.write(text + "\n");
        orders.flush();
        return answer();
    }

    int port(int index) {
        return ports.get(index);
    }

    /** Starts one more process with the sockets; its process id. */
    long start() throws IOException {
        long pid = Long.parseLong(order("start"));
        started.add(pid);
        return pid;
    }

    /** Waits for the end of a process; its exit status, or 128 and the signal. */
    int exit(long pid) throws IOException {
        int status = Integer.parseInt(order("wait " + pid));
        started.remove(pid);
        return status;
    }

    void terminate(long pid) throws IOException, InterruptedException {
        ChildProcess.signal("TERM", pid);
    }

    /** What all processes have written so far. */
    String err() {
        try {
            return Files.readString(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (long pid : started) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        process.destroyForcibly();
    }
}
