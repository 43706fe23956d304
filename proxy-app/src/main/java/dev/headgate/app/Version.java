package dev.headgate.app;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: the jar's version, or that there is no jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"headgate " + (version == null ? "(not from a jar)" : version)};
    }
}
