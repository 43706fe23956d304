package dev.headgate.app;

import dev.headgate.observe.Diagnostics;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

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
            ReplayCommand.class,
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

    /** As {@link #main} runs it: what is wrong with arguments comes in a line or two, which no usage text buries. */
    static CommandLine commandLine() {
        return new CommandLine(new Main()).setParameterExceptionHandler(Main::refuse);
    }

    private static int refuse(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        String message = String.valueOf(e.getMessage()).replaceFirst("^(?:headgate|Error): ", "");
        err.println("headgate: " + message);
        boolean suggested = UnmatchedArgumentException.printSuggestions(e, err);
        if (command.getParent() == null && !suggested) {
            command.usage(err);
        } else {
            err.println("headgate: see  " + command.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    public static void main(String[] args) {
        // Netty samples buffers for leaks, which takes a stack trace each time; the tests look at every one of them.
        if (System.getProperty(LEAK_DETECTION) == null) {
            System.setProperty(LEAK_DETECTION, "disabled");
        }
        int exit = commandLine().execute(args);
        Diagnostics.close();
        // Event loops of a server that failed half-way must not keep the process alive.
        System.exit(exit);
    }
}
