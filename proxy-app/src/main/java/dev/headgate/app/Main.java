package dev.headgate.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point of {@code headgate}. */
@Command(
        name = "headgate",
        description = "An edge proxy for token-bound chat traffic.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {DemoCommand.class, RunCommand.class, CheckCommand.class, SandboxCommand.class})
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "headgate: no command (expected: one of those below)");
    }

    public static void main(String[] args) {
        int exit = new CommandLine(new Main()).execute(args);
        // Event loops of a server that failed half-way must not keep the process alive.
        System.exit(exit);
    }
}
