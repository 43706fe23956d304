package dev.headgate.replay.compare;

import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedResponse;
import dev.headgate.replay.Recording;
import dev.headgate.replay.ReplayedExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts what differs, by kind, and reports it as a table, a web page, JSON or JUnit's XML. What it holds is bounded,
 * whatever the number of exchanges. Thread-safe.
 */
public final class ReplayReport implements Consumer<ReplayedExchange>, Recording.Problems {
    private static final int MOST_KINDS = 1000;
    private static final int MOST_ENDPOINTS = 1000;
    private static final int MOST_NOTES = 50;
    private static final int MOST_PROBLEMS = 20;

    private final ReplayComparison comparison;
    private final String subject;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private final Map<String, Long> notes = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Latencies latencies = new Latencies();
    private long exchanges;
    private long differ;
    private long failed;
    private long uncompared;
    private long notReplayed;
    private long otherKinds;
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros = Long.MIN_VALUE;

    /** An entry that was not replayed. */
    record Problem(String place, String message) {}

    /**
     * @param comparison that finds the differences
     * @param subject what is compared, for people: {@code chat.har against http://127.0.0.1:8080}
     */
    public ReplayReport(ReplayComparison comparison, String subject) {
        this.comparison = comparison;
        this.subject = Shown.escaped(subject);
    }

    /** Takes an exchange that was sent, or that failed to be. */
    @Override
    public void accept(ReplayedExchange exchange) {
        Collection<Difference> found = comparison.compare(exchange);
        synchronized (this) {
            add(exchange.recorded(), exchange.replayed(), found, exchange.durationMicros());
            latencies.add(exchange.recorded().durationMicros(), exchange.durationMicros());
            if (exchange.replayed() == null) {
                failed += found.isEmpty() ? 0 : 1;
            } else if (!ReplayComparison.isComparable(exchange.recorded())) {
                uncompared++;
            }
            for (String note : exchange.notes()) {
                String shown = Shown.anywhere().text(note);
                if (notes.size() < MOST_NOTES || notes.containsKey(shown)) {
                    notes.merge(shown, 1L, Long::sum);
                }
            }
        }
    }

    /**
     * Takes what a gate says of an exchange that was not sent.
     *
     * @param verdict {@code allow}, {@code deny} or {@code observe-deny}
     * @param reason the code, null where there is none
     */
    public void acceptVerdict(RecordedExchange exchange, String verdict, @Nullable String reason) {
        Collection<Difference> found = ReplayComparison.compareVerdict(exchange, verdict, reason);
        synchronized (this) {
            add(exchange, null, found, -1);
        }
    }

    /** Takes an entry that was not replayed. */
    @Override
    public synchronized void found(String place, String message) {
        notReplayed++;
        if (problems.size() < MOST_PROBLEMS) {
            Shown shown = Shown.anywhere();
            problems.add(new Problem(Shown.cut(Shown.escaped(place), 120), shown.text(message)));
        }
    }

    private void add(
            RecordedExchange exchange,
            @Nullable RecordedResponse replayed,
            Collection<Difference> found,
            long durationMicros) {
        exchanges++;
        firstMicros = Math.min(firstMicros, exchange.startMicros());
        lastMicros = Math.max(lastMicros, exchange.startMicros());
        Endpoint endpoint = endpoint(Endpoint.name(exchange.request()));
        endpoint.add(!found.isEmpty(), durationMicros);
        if (found.isEmpty()) {
            return;
        }
        differ++;
        for (Difference difference : found) {
            Kind kind = kinds.get(difference.kind());
            if (kind == null && kinds.size() < MOST_KINDS) {
                kind = new Kind(difference.kind());
                kinds.put(kind.name(), kind);
            }
            if (kind == null) {
                otherKinds++;
            } else {
                kind.add(exchange, replayed, difference);
                endpoint.add(kind);
            }
        }
    }

    private Endpoint endpoint(String name) {
        Endpoint known = endpoints.get(name);
        if (known != null) {
            return known;
        }
        String kept = endpoints.size() < MOST_ENDPOINTS ? name : "all others";
        return endpoints.computeIfAbsent(kept, Endpoint::new);
    }

    /** Whether an exchange differs from its recording. */
    public synchronized boolean differs() {
        return differ > 0;
    }

    /** The table and a last line that sums it up, for a terminal with colours or without. */
    public synchronized void writeTable(PrintStream out, boolean colours) {
        new ReportTable(this, colours).write(out);
    }

    /**
     * Writes one web page that needs nothing else.
     *
     * @throws IOException if the file cannot be written
     */
    public synchronized void writeHtml(Path file) throws IOException {
        Files.writeString(file, new ReportHtml(this).page());
    }

    /**
     * Writes the JSON form, and leaves the stream open.
     *
     * @throws IOException if it cannot be written
     */
    public synchronized void writeJson(OutputStream out) throws IOException {
        ReportJson.write(this, out);
    }

    /**
     * Writes a test suite as continuous integration reads it: a test case for each endpoint.
     *
     * @throws IOException if the file cannot be written
     */
    public synchronized void writeJunit(Path file) throws IOException {
        Files.writeString(file, new ReportJunit(this).text());
    }

    /** One line, such as {@code 1,204 exchanges replayed, 3 differ (2 kinds), 12 not replayed}. */
    public synchronized String summary() {
        StringBuilder text = new StringBuilder(plural(exchanges, "exchange")).append(" replayed, ");
        if (exchanges == 0) {
            text.setLength(0);
            text.append("nothing was replayed");
        } else if (differ == 0) {
            text.append("none differs");
        } else {
            long all = kinds.size();
            text.append(String.format(Locale.ROOT, "%,d", differ))
                    .append(differ == 1 ? " differs (" : " differ (")
                    .append(otherKinds > 0 ? "more than " : "")
                    .append(plural(all, "kind"))
                    .append(')');
        }
        if (uncompared > 0) {
            text.append(String.format(Locale.ROOT, ", %,d without a recorded answer", uncompared));
        }
        if (notReplayed > 0) {
            text.append(String.format(Locale.ROOT, ", %,d not replayed", notReplayed));
        }
        return text.toString();
    }

    static String plural(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }

    String subject() {
        return subject;
    }

    ReplayComparison comparison() {
        return comparison;
    }

    /** The most frequent first. */
    List<Kind> kinds() {
        List<Kind> sorted = new ArrayList<>(kinds.values());
        sorted.sort(Comparator.comparingLong(Kind::count).reversed());
        return sorted;
    }

    /** In the order of their first exchange. */
    Collection<Endpoint> endpoints() {
        return endpoints.values();
    }

    Map<String, Long> notes() {
        return notes;
    }

    /** The first ones. */
    List<Problem> problems() {
        return problems;
    }

    Latencies latencies() {
        return latencies;
    }

    long exchanges() {
        return exchanges;
    }

    /** How many of the exchanges differ. */
    long differ() {
        return differ;
    }

    /** To how many of the exchanges no answer came, though one was recorded or may have been. */
    long failed() {
        return failed;
    }

    /** How many of the exchanges have no recorded answer. */
    long uncompared() {
        return uncompared;
    }

    long notReplayed() {
        return notReplayed;
    }

    /** How often there was a difference of a kind that is not among {@link #kinds()}. */
    long otherKinds() {
        return otherKinds;
    }

    /** When the first exchange was recorded, in microseconds since the epoch; only where there is one. */
    long firstMicros() {
        return firstMicros;
    }

    long lastMicros() {
        return lastMicros;
    }
}
