package dev.headgate.app;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: the jar's version, or that there is no jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"headgate " + text()};
    }

    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(not from a jar)" : version;
    }
}
