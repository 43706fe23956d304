package dev.headgate.app;

import dev.headgate.OwnThread;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The product in a process of its own, for what only a process has: signals and exit codes. */
final class ChildProcess implements AutoCloseable {
    private static final String END = "\u0000end";
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z");

    private final Process process;
    private final Path out;
    private final LinkedBlockingQueue<String> errors = new LinkedBlockingQueue<>();
    private final StringBuffer allErrors = new StringBuffer();

    private ChildProcess(Process process, Path out) {
        this.process = process;
        this.out = out;
        OwnThread.run(this::pump);
    }

    static ChildProcess run(Path config) throws IOException {
        return run(config.toAbsolutePath().getParent(), Map.of(), "run", config.toString());
    }

    /**
     * @param directory for what it writes to standard output
     * @param environment added to this process's own
     */
    static ChildProcess run(Path directory, Map<String, String> environment, String... args) throws IOException {
        Path out = Files.createTempFile(directory, "stdout", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command(args)).redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start(), out);
    }

    /** The command line that starts the product. */
    static List<String> command(String... args) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(
                java,
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        return command;
    }

    private void pump() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                allErrors.append(line).append('\n');
                errors.add(line);
            }
        } catch (IOException e) {
            allErrors.append(e).append('\n');
        } finally {
            errors.add(END);
        }
    }

    /** What follows {@code prefix} on the next line of standard error that begins with it. */
    String after(String prefix) throws InterruptedException {
        for (String line = errors.poll(30, TimeUnit.SECONDS); line != null; line = errors.poll(30, TimeUnit.SECONDS)) {
            if (line.equals(END)) {
                break;
            }
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
        }
        throw new AssertionError("no line begins with " + prefix + " in: " + allErrors);
    }

    /** Likewise, of a line that begins with a time of ISO 8601 in UTC and a space before the prefix. */
    String afterTime(String prefix) throws InterruptedException {
        for (String line = after(""); ; line = after("")) {
            String[] parts = line.split(" ", 2);
            if (TIME.matcher(parts[0]).matches() && parts.length == 2 && parts[1].startsWith(prefix)) {
                return parts[1].substring(prefix.length());
            }
        }
    }

    /** Sends SIGTERM; unlike {@link Process#destroy()}, it lets the output be read to its end. */
    void terminate() throws IOException, InterruptedException {
        signal("TERM", process.pid());
    }

    /** Sends SIGHUP. */
    void hangUp() throws IOException, InterruptedException {
        signal("HUP", process.pid());
    }

    static void signal(String name, long pid) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("kill: " + status);
        }
    }

    /** Waits for the end of the process. */
    int exit() throws InterruptedException {
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after 40 s: " + allErrors);
        }
        return process.exitValue();
    }

    /** All of standard error; after {@link #exit()}. */
    String err() throws InterruptedException {
        for (String line = ""; line != null && !line.equals(END); ) {
            line = errors.poll(10, TimeUnit.SECONDS);
        }
        errors.add(END);
        return allErrors.toString();
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
