package dev.headgate.app;

import picocli.CommandLine.IVersionProvider;

/** {@code headgate VERSION}, from the manifest of the jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"headgate " + (version == null ? "(not from a jar)" : version)};
    }
}
