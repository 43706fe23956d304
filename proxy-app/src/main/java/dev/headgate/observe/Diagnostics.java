package dev.headgate.observe;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;

/**
 * The process's own messages, which libraries and Headgate log through SLF4J. They need no set-up; they need an end,
 * because they are written by a thread that the JVM does not wait for.
 */
public final class Diagnostics {
    /** Of ISO 8601, in UTC, to the millisecond. */
    static final String TIME = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern(TIME).withZone(ZoneOffset.UTC);

    private Diagnostics() {}

    /** A line about what happens while the process runs, with the time that such lines begin with, and a space. */
    public static String line(Instant time, String text) {
        return FORMAT.format(time) + " " + text;
    }

    /** Writes what is left, for at most about a second. The last thing that the process does. */
    public static void close() {
        if (LogManager.getContext(false) instanceof org.apache.logging.log4j.core.LoggerContext context) {
            context.stop(1, TimeUnit.SECONDS);
        }
    }
}
