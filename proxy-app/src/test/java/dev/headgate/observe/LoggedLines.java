package dev.headgate.observe;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** The warnings and errors of this process while it is open. Thread-safe. */
public final class LoggedLines implements AutoCloseable {
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final LoggerConfig root =
            ((LoggerContext) LogManager.getContext(false)).getConfiguration().getRootLogger();

    private final AbstractAppender appender = new AbstractAppender("lines", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
            lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
        }
    };

    public LoggedLines() {
        appender.start();
        root.addAppender(appender, Level.WARN, null);
    }

    /** The next that begins so; waits for it. */
    public String next(String beginning) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
            String line = lines.poll(10, TimeUnit.SECONDS);
            if (line != null && line.startsWith(beginning)) {
                return line;
            }
        }
        throw new AssertionError("no line begins with " + beginning + " within 10 s");
    }

    @Override
    public void close() {
        root.removeAppender(appender.getName());
        appender.stop();
    }
}
