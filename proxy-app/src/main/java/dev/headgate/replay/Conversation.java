package dev.headgate.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What belongs to one guest, in the order of the recording. Confined to the planning thread. */
final class Conversation {
    /** Complete when the last exchange so far is. */
    CompletableFuture<?> tail = CompletableFuture.completedFuture(null);

    /** The token that was issued last. */
    @Nullable
    OldValue token;

    /** Create calls that the filter leaves out, until something that it leaves in needs them. */
    final List<PlannedExchange> heldBack = new ArrayList<>(0);
}
