package dev.headgate.app;

import dev.headgate.replay.Export;
import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.Recording;
import dev.headgate.replay.Recordings;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headgate export FILE...}: writes recordings as a HAR, as commands of curl, or as a capture. */
@Command(
        name = "export",
        description = {
            "Writes recorded traffic as something else: a HAR, commands of curl, or a capture.",
            "Credentials are masked, whatever the recording."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every exchange was written", "1:some were left out", "2:bad input, or it cannot be written"})
public final class ExportCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "HAR 1.2, capture or GoReplay file, as it is, or by gzip or zstd.")
    private List<Path> files = List.of();

    @Option(names = "--format", required = true, paramLabel = "har|curl|capture", description = "What to write.")
    private String format = "";

    @Option(names = "--output", paramLabel = "FILE", description = "Default: standard output.")
    private @Nullable Path output;

    private boolean leftOut;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            return export(err);
        } catch (IOException e) {
            err.println("headgate: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
            return 2;
        } finally {
            err.flush();
        }
    }

    private int export(PrintWriter err) throws IOException {
        Export.Format to =
                switch (format) {
                    case "har" -> Export.Format.HAR;
                    case "curl" -> Export.Format.CURL;
                    case "capture" -> Export.Format.CAPTURE;
                    default -> throw new IOException("--format: " + format + " (expected: har, curl or capture)");
                };
        Path file = output;
        if (file != null && Files.exists(file)) {
            for (Path input : files) {
                if (Files.exists(input) && Files.isSameFile(input, file)) {
                    throw new IOException("--output: " + file + " is one of the recordings (expected: another file)");
                }
            }
        }
        try (OutputStream out = file == null ? standardOutput() : made(file);
                Export export = new Export(to, out, Version.text())) {
            boolean whole = true;
            for (Path input : files) {
                whole &= write(input, export, err);
            }
            return !whole ? 2 : leftOut ? 1 : 0;
        }
    }

    private static OutputStream made(Path file) throws IOException {
        try {
            return Files.newOutputStream(file);
        } catch (IOException e) {
            // Its message is hardly more than the path.
            throw new IOException(
                    "--output: " + file + ": cannot be written: " + e.getClass().getSimpleName()
                            + " (expected: a file in a directory that exists)",
                    e);
        }
    }

    /** Octets, in whatever character set the terminal is; closing it closes nothing. */
    private static OutputStream standardOutput() {
        return new FilterOutputStream(System.out) {
            @Override
            public void write(byte[] bytes, int from, int length) {
                System.out.write(bytes, from, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }

    private boolean write(Path input, Export export, PrintWriter err) throws IOException {
        Recording.Problems problems = (place, message) -> {
            leftOut = true;
            err.println("headgate: " + place + ": " + message);
        };
        try (Recording recording = Recordings.open(input, problems)) {
            while (true) {
                RecordedExchange next;
                try {
                    next = recording.next();
                } catch (IOException e) {
                    err.println("headgate: " + e.getMessage());
                    return false;
                }
                if (next == null) {
                    return true;
                }
                if (next.request() == null) {
                    problems.found(next.place(), "its request was never read (expected: one); it is left out");
                } else {
                    export.write(next);
                }
            }
        }
    }
}
