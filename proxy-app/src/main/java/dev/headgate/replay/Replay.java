package dev.headgate.replay;

import dev.headgate.profile.JsonValues;
import dev.headgate.profile.Unreadable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Replays recordings to a target: what belongs to one conversation in its order, conversations beside each other, with
 * the tokens and ids that the target issues in the place of the recorded ones. {@link #run} and {@link #finish} are for
 * one thread.
 */
public final class Replay implements AutoCloseable {
    /**
     * How to.
     *
     * @param concurrency the most requests at a time, 1 or more
     * @param keepHost whether the recorded Host is sent instead of the target's
     * @param answerMillis the longest that an answer may take, in milliseconds
     */
    public record Settings(
            ReplayTarget target,
            Endpoints endpoints,
            Filter filter,
            Pace pace,
            int concurrency,
            boolean keepHost,
            long answerMillis) {}

    /**
     * What became of the exchanges.
     *
     * @param answered replayed ones that were answered, those included that only others needed
     * @param unanswered replayed ones that were not
     * @param excluded by the filter, and needed by nothing
     * @param unsendable those that {@link Recording.Problems} was told of
     * @param upgrades to WebSocket, which are not replayed
     * @param unread those that Headgate could not read when they were recorded
     */
    public record Totals(long answered, long unanswered, long excluded, long unsendable, long upgrades, long unread) {
        public long replayed() {
            return answered + unanswered;
        }

        public long skipped() {
            return unsendable + upgrades + unread;
        }
    }

    /** The most exchanges that are read and not done, fewer where bodies are large; bounds memory. */
    static final int WINDOW = 1024;

    private final Settings settings;
    private final Consumer<ReplayedExchange> replayed;
    private final Recording.Problems problems;
    private final Planner planner;
    private final ReplayClient client;
    private final Semaphore window = new Semaphore(WINDOW);
    private long begun;
    private long excluded;
    private long unsendable;
    private long upgrades;
    private long unread;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private volatile @Nullable Throwable defect;

    /**
     * @param replayed told of each exchange when it is done, one at a time, on a thread of the replay's own; not of those
     *     that the filter leaves out
     * @param problems told of those that cannot be sent, on the thread that reads
     */
    public Replay(Settings settings, Consumer<ReplayedExchange> replayed, Recording.Problems problems) {
        this.settings = settings;
        this.replayed = replayed;
        this.problems = problems;
        this.planner = new Planner(
                settings.endpoints(), settings.filter(), !settings.target().isLoopback());
        this.client = new ReplayClient(settings.target(), settings.concurrency(), settings.answerMillis());
    }

    /** How many exchanges are done. From any thread. */
    public long done() {
        return answered.get() + unanswered.get();
    }

    /** Why nothing could be replayed at all; null where something could. */
    public @Nullable String unreachable() {
        return client.unreachable();
    }

    /**
     * Reads a recording to its end. May return before all of it is replayed.
     *
     * @throws IOException if the recording cannot be read any further
     */
    public void run(Recording recording) throws IOException, InterruptedException {
        long from = System.nanoTime();
        long first = Long.MIN_VALUE;
        long countBefore = begun;
        for (RecordedExchange next = recording.next(); next != null; next = recording.next()) {
            List<PlannedExchange> planned = plan(next);
            if (planned.isEmpty()) {
                continue;
            }
            first = first == Long.MIN_VALUE ? next.startMicros() : first;
            long due = settings.pace().dueNanos(begun - countBefore, next.startMicros() - first);
            long wait = from + due - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            for (PlannedExchange one : planned) {
                window.acquire(one.weight);
                begun++;
                excluded -= one.compared ? 0 : 1;
                CompletableFuture.allOf(one.waitsFor.toArray(CompletableFuture[]::new))
                        .whenComplete((done, failure) -> client.loop().execute(() -> begin(one)));
            }
            if (client.unreachable() != null || defect != null) {
                return;
            }
        }
    }

    private List<PlannedExchange> plan(RecordedExchange exchange) {
        RecordedRequest request = exchange.request();
        if (request == null) {
            unread++;
            problems.found(exchange.place(), "Headgate could not read it when it was recorded; it is left out");
            return List.of();
        }
        if (Planner.isUpgrade(exchange, request)) {
            upgrades++;
            problems.found(
                    exchange.place(), "an upgrade to WebSocket, which a request alone cannot replay; it is left out");
            return List.of();
        }
        try {
            List<PlannedExchange> planned = planner.plan(exchange, request);
            excluded += planned.isEmpty() ? 1 : 0;
            return planned;
        } catch (Unsendable e) {
            unsendable(exchange, e);
            return List.of();
        }
    }

    private void unsendable(RecordedExchange exchange, Unsendable why) {
        unsendable++;
        problems.found(exchange.place(), String.valueOf(why.getMessage()));
    }

    /** Everything that it waits for is done. */
    private void begin(PlannedExchange planned) {
        List<String> notes = new ArrayList<>(planned.notes);
        byte[] bytes;
        try {
            OldValue attached = planned.attached;
            bytes = planned.template.filled(
                    settings.keepHost() ? null : settings.target().authority(),
                    attached == null ? null : "Bearer " + attached.value());
        } catch (Unsendable e) {
            end(planned, null, "a new value cannot stand where the old one stood: " + e.getMessage(), -1, notes);
            return;
        } catch (RuntimeException e) {
            defect = e;
            end(planned, null, "defect", -1, notes);
            return;
        }
        note(planned, notes);
        String unreachable = client.unreachable();
        if (unreachable != null) {
            end(planned, null, unreachable, -1, notes);
            return;
        }
        client.send(new ReplayClient.Call() {
            @Override
            public byte[] bytes() {
                return bytes;
            }

            @Override
            public String method() {
                return planned.template.method();
            }

            @Override
            public boolean reusable() {
                return planned.template.isReusable();
            }

            @Override
            public void answered(RecordedResponse answer, long micros) {
                end(planned, answer, null, micros, notes);
            }

            @Override
            public void failed(String why) {
                end(planned, null, why, -1, notes);
            }
        });
    }

    /** Says where something stands in for what the recording, or the replay, does not have. */
    private static void note(PlannedExchange planned, List<String> notes) {
        boolean failed = false;
        boolean unknown = false;
        for (OldValue value : planned.values) {
            failed |= value.origin != null && !value.isLearned();
            unknown |= value.origin == null && value.isToken() && !value.isLearned();
        }
        OldValue attached = planned.attached;
        failed |= attached != null && !attached.isLearned();
        if (failed) {
            notes.add("the create call that issued its token or ids gave none in the replay: stand-ins were sent");
        }
        if (unknown) {
            notes.add("the recording does not show who issued its token; a stand-in was sent");
        }
    }

    private void end(
            PlannedExchange planned,
            @Nullable RecordedResponse answer,
            @Nullable String failure,
            long micros,
            List<String> notes) {
        try {
            if (answer == null) {
                unanswered.incrementAndGet();
            } else {
                answered.incrementAndGet();
                learn(planned, answer);
            }
            if (planned.compared) {
                replayed.accept(new ReplayedExchange(planned.recorded, answer, failure, micros, List.copyOf(notes)));
            }
        } catch (RuntimeException e) {
            defect = e;
        } finally {
            planned.done.complete(null);
            window.release(planned.weight);
        }
    }

    private static void learn(PlannedExchange planned, RecordedResponse answer) {
        if (planned.learns == null || answer.status() / 100 != 2) {
            return;
        }
        try {
            byte[] body = answer.body().bytes();
            JsonValues values = planned.learns.answer().read(body, body.length);
            for (PlannedExchange.Lesson lesson : planned.lessons) {
                String value = values.first(lesson.pointers());
                if (value != null) {
                    lesson.value().learn(value);
                }
            }
        } catch (Unreadable e) {
            // Nothing is learned: what depends on it says so in its notes.
        }
    }

    /** Waits until all that was read is done. */
    public Totals finish() throws InterruptedException {
        window.acquire(WINDOW);
        window.release(WINDOW);
        Throwable found = defect;
        if (found != null) {
            throw new IllegalStateException("replay: " + found, found);
        }
        return new Totals(answered.get(), unanswered.get(), excluded, unsendable, upgrades, unread);
    }

    @Override
    public void close() {
        client.close();
    }
}
