package dev.headgate.replay;

import org.jspecify.annotations.Nullable;

/**
 * One exchange of a recording, from whatever kind of file.
 *
 * @param place where it stands, for people: {@code chat.har: entry 12}
 * @param startMicros when the request began, in microseconds since the epoch
 * @param durationMicros from the first byte of the request to the last one of the answer; -1 where unknown
 * @param requestId what Headgate recorded it under, null elsewhere
 * @param verdict of the gate, such as {@code deny}; null where no gate was asked
 * @param reason the gate's code, null where there was none
 * @param request what was asked; null where Headgate could not read it, so that it cannot be replayed
 * @param response null where none was recorded
 * @param sanitized whether whoever wrote the recording may have left out credentials: a browser's HAR
 */
public record RecordedExchange(
        String place,
        long startMicros,
        long durationMicros,
        @Nullable String requestId,
        @Nullable String verdict,
        @Nullable String reason,
        @Nullable RecordedRequest request,
        @Nullable RecordedResponse response,
        boolean sanitized) {}
