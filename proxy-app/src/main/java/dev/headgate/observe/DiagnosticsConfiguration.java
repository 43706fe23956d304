package dev.headgate.observe;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AsyncAppender;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.AppenderRef;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.layout.PatternLayout;

/**
 * What SLF4J gets: warnings and errors, as {@code 2026-01-02T03:04:05.678Z headgate: WARN what happened: why}, on standard
 * error. With the system property {@code headgate.debug} also stack traces. A queue of 1024 lies between, so that a standard
 * error that nobody reads stalls no event loop; what does not fit is dropped.
 */
final class DiagnosticsConfiguration extends AbstractConfiguration {
    private static final String WHY = "%notEmpty{: %enc{%throwable{short.message}}{CRLF}}";

    DiagnosticsConfiguration(LoggerContext context) {
        super(context, ConfigurationSource.NULL_SOURCE);
        isShutdownHookEnabled = false;
        setName("diagnostics");
    }

    @Override
    protected void doConfigure() {
        boolean debug = System.getProperty("headgate.debug") != null;
        PatternLayout layout = PatternLayout.newBuilder()
                .withConfiguration(this)
                .withPattern("%d{" + Diagnostics.TIME + "}{UTC} headgate: %p %enc{%m}{CRLF}"
                        + (debug ? "%n%throwable" : WHY + "%n"))
                .withAlwaysWriteExceptions(false)
                .build();
        ConsoleAppender console = ConsoleAppender.newBuilder()
                .setName("stderr")
                .setTarget(ConsoleAppender.Target.SYSTEM_ERR)
                .setDirect(true)
                .setLayout(layout)
                .setConfiguration(this)
                .build();
        addAppender(console);
        AsyncAppender queue = AsyncAppender.newBuilder()
                .setName("queue")
                .setAppenderRefs(new AppenderRef[] {AppenderRef.createAppenderRef("stderr", null, null)})
                .setBlocking(false)
                .setBufferSize(1024)
                .setShutdownTimeout(1000)
                .setConfiguration(this)
                .build();
        addAppender(queue);
        getRootLogger().setLevel(Level.WARN);
        getRootLogger().addAppender(queue, Level.WARN, null);
    }
}
