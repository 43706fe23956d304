package dev.headgate.replay;

import dev.headgate.profile.Learns;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A recorded exchange that is to be replayed, and what it waits for. Made by the planning thread, used by the event loop. */
final class PlannedExchange {
    /*
     * Invariant: waitsFor has only stages of exchanges that were planned before this one. So whatever a recording says,
     * nothing waits in a circle, and the first one that is not done waits for nothing.
     */

    /** What a create answer teaches: the values at the first of these JSON Pointers that has one. */
    record Lesson(List<String> pointers, OldValue value) {}

    /** So many bytes of bodies weigh as much as an exchange without any. */
    private static final int UNIT = 16 << 10;

    final long number;
    final RecordedExchange recorded;
    final RequestTemplate template;
    final List<OldValue> values;
    final Set<Conversation> conversations = new LinkedHashSet<>(2);
    final List<CompletableFuture<?>> waitsFor = new ArrayList<>(2);
    final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    final List<String> notes = new ArrayList<>(1);

    /** How much memory it takes, in units of the window. */
    final int weight;

    /** Whether the outcome is told; a create call that is replayed for others' sake is not. */
    final boolean compared;

    /** The token that is sent though the recording leaves it out; else null. */
    @Nullable
    OldValue attached;

    /** What the answer brings, where it is a create call; else null. */
    @Nullable
    Learns learns;

    List<Lesson> lessons = List.of();

    /** @param number in the order of planning */
    PlannedExchange(long number, RecordedExchange recorded, RequestTemplate template, boolean compared) {
        this.number = number;
        this.recorded = recorded;
        this.template = template;
        this.values = template.values();
        this.compared = compared;
        this.weight = weight(recorded);
    }

    private static int weight(RecordedExchange recorded) {
        RecordedRequest request = recorded.request();
        RecordedResponse response = recorded.response();
        long bytes = (request == null ? 0 : request.body().bytes().length)
                + (response == null ? 0L : response.body().bytes().length);
        return (int) Math.min(Replay.WINDOW, 1 + bytes / UNIT);
    }
}
