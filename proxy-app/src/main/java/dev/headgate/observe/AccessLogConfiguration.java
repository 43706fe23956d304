package dev.headgate.observe;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.async.AsyncWaitStrategyFactory;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.ConfigurationSource;

/** Everything to one appender, with no file to look for and no hook at the JVM's end, which would cut off the drain. */
final class AccessLogConfiguration extends AbstractConfiguration {
    private final LineAppender lines;

    AccessLogConfiguration(LoggerContext context, LineAppender lines) {
        super(context, ConfigurationSource.NULL_SOURCE);
        this.lines = lines;
        isShutdownHookEnabled = false;
        setName("access");
    }

    @Override
    public AsyncWaitStrategyFactory getAsyncWaitStrategyFactory() {
        return PausingWaitStrategy::new;
    }

    @Override
    protected void doConfigure() {
        addAppender(lines);
        getRootLogger().setLevel(Level.INFO);
        getRootLogger().addAppender(lines, Level.INFO, null);
    }
}
