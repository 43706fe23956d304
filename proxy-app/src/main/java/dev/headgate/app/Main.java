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
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            CheckCommand.class,
            ExplainCommand.class,
            SandboxCommand.class,
            ExportCommand.class
        })
public final class Main implements Runnable {
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "headgate: no command (expected: one of those below)");
    }

    public static void main(String[] args) {
        // Netty samples buffers for leaks, which takes a stack trace each time; the tests look at every one of them.
        if (System.getProperty(LEAK_DETECTION) == null) {
            System.setProperty(LEAK_DETECTION, "disabled");
        }
        int exit = new CommandLine(new Main()).execute(args);
        // Event loops of a server that failed half-way must not keep the process alive.
        System.exit(exit);
    }
}
