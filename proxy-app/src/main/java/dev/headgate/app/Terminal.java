package dev.headgate.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the standard streams of this process lead to, as far as the system tells. */
final class Terminal {
    private static final String STDOUT = "/proc/self/fd/1";
    private static final String STDERR = "/proc/self/fd/2";

    private Terminal() {}

    /** Whether colours are of use on standard output; https://no-color.org says when they are not. */
    static boolean showsColours() {
        String no = System.getenv("NO_COLOR");
        return (no == null || no.isEmpty()) && is(STDOUT);
    }

    /** Whether somebody may look at standard error while it is written. */
    static boolean showsProgress() {
        return is(STDERR);
    }

    private static boolean is(String stream) {
        try {
            String name = Files.readSymbolicLink(Path.of(stream)).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty") || name.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            // Another system: without colours and progress everything can be read too.
            return false;
        }
    }
}
