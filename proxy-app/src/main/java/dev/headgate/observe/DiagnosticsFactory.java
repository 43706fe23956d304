package dev.headgate.observe;

import java.net.URI;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.jspecify.annotations.Nullable;

/** Gives Log4j its configuration from code. Named in {@code log4j2.component.properties}. */
public final class DiagnosticsFactory extends ConfigurationFactory {
    @Override
    protected String[] getSupportedTypes() {
        return new String[] {"*"};
    }

    @Override
    public Configuration getConfiguration(LoggerContext context, @Nullable ConfigurationSource source) {
        return new DiagnosticsConfiguration(context);
    }

    // Without a location Log4j asks here, and for a source only if there is one.
    @Override
    public Configuration getConfiguration(LoggerContext context, @Nullable String name, @Nullable URI location) {
        return new DiagnosticsConfiguration(context);
    }
}
