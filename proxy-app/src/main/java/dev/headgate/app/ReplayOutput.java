package dev.headgate.app;

import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.replay.Recording;
import dev.headgate.replay.compare.ReplayReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Where the results of a replay go, and what is said meanwhile. Thread-safe. */
final class ReplayOutput implements Recording.Problems {
    private static final int MOST_PROBLEMS = 50;
    private static final String STDOUT = "-";
    private static final String REASON = "x-headgate-reason";

    /**
     * The files that were asked for.
     *
     * @param html a web page, or null
     * @param json {@code -} for standard output in the place of the table, or null
     * @param junit for continuous integration, or null
     */
    record Reports(
            @Nullable Path html,
            @Nullable String json,
            @Nullable Path junit) {}

    private final PrintWriter out;
    private final PrintWriter err;
    private final ReplayReport report;
    private final AtomicLong problems = new AtomicLong();

    ReplayOutput(PrintWriter out, PrintWriter err, ReplayReport report) {
        this.out = out;
        this.err = err;
        this.report = report;
    }

    @Override
    public void found(String place, String message) {
        long count = problems.incrementAndGet();
        report.found(place, message);
        if (count <= MOST_PROBLEMS) {
            say(place + ": " + message);
        } else if (count == MOST_PROBLEMS + 1) {
            say("more entries have problems: only their number is told");
        }
    }

    void say(String message) {
        synchronized (err) {
            err.println("headgate: " + message);
            err.flush();
        }
    }

    /** A count and what it counts, where there is something to count. */
    static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(count + " " + what);
        }
    }

    /** An exchange as a gate has judged it, where only its answer tells that. */
    static RecordedExchange judged(RecordedExchange exchange) {
        RecordedResponse response = exchange.response();
        String reason = response == null ? null : response.value(REASON);
        if (exchange.verdict() != null || reason == null || reason.startsWith("upstream.")) {
            return exchange;
        }
        return new RecordedExchange(
                exchange.place(),
                exchange.startMicros(),
                exchange.durationMicros(),
                exchange.requestId(),
                "deny",
                reason,
                exchange.request(),
                response,
                exchange.sanitized());
    }

    /**
     * Writes the results, and says how it went.
     *
     * @param complete whether all files were read to their end, and something was replayed
     * @return the exit code
     */
    int finish(Reports files, boolean complete) {
        if (!STDOUT.equals(files.json)) {
            ByteArrayOutputStream table = new ByteArrayOutputStream();
            try (PrintStream stream = new PrintStream(table, false, StandardCharsets.UTF_8)) {
                report.writeTable(stream, Terminal.showsColours());
            }
            out.print(table.toString(StandardCharsets.UTF_8));
        }
        List<String> failed = new ArrayList<>();
        write("--report", files.html, failed, report::writeHtml);
        write("--junit", files.junit, failed, report::writeJunit);
        if (STDOUT.equals(files.json)) {
            ByteArrayOutputStream json = new ByteArrayOutputStream();
            write("--json", Path.of(STDOUT), failed, path -> report.writeJson(json));
            out.print(json.toString(StandardCharsets.UTF_8));
        } else {
            write("--json", files.json == null ? null : Path.of(files.json), failed, path -> {
                try (var stream = Files.newOutputStream(path)) {
                    report.writeJson(stream);
                }
            });
        }
        out.flush();
        failed.forEach(this::say);
        return !complete || !failed.isEmpty() ? 2 : report.differs() ? 1 : 0;
    }

    @FunctionalInterface
    private interface Writing {
        void to(Path file) throws IOException;
    }

    private static void write(String option, @Nullable Path file, List<String> failed, Writing writing) {
        if (file == null) {
            return;
        }
        try {
            writing.to(file);
        } catch (IOException e) {
            failed.add(option + ": " + file + ": cannot be written: "
                    + e.getClass().getSimpleName() + " (expected: a file in a directory that exists)");
        }
    }
}
