package dev.headgate.observe;

import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;

/**
 * The process's own messages, which libraries and Headgate log through SLF4J. They need no set-up; they need an end,
 * because they are written by a thread that the JVM does not wait for.
 */
public final class Diagnostics {
    private Diagnostics() {}

    /** Writes what is left, for at most about a second. The last thing that the process does. */
    public static void close() {
        if (LogManager.getContext(false) instanceof org.apache.logging.log4j.core.LoggerContext context) {
            context.stop(1, TimeUnit.SECONDS);
        }
    }
}
