package dev.headgate.replay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exchange beside what became of it in the replay.
 *
 * @param recorded with the old tokens and ids
 * @param replayed null where none came
 * @param failure why none came, for people; null where one did
 * @param durationMicros of the replayed one; -1 where no answer came
 * @param notes what the replay did beyond sending it: {@code attached the session's token}
 */
public record ReplayedExchange(
        RecordedExchange recorded,
        @Nullable RecordedResponse replayed,
        @Nullable String failure,
        long durationMicros,
        List<String> notes) {}
