package dev.headgate.replay.compare;

import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedRequest;
import dev.headgate.replay.RecordedResponse;
import org.jspecify.annotations.Nullable;

/**
 * One exchange that differs, fit to be shown: masked, escaped, cut.
 *
 * @param place where it was recorded
 * @param requestId what it was recorded under, null where it was not by Headgate
 * @param method of the request; {@code -} where it could not be read
 * @param target path and query
 * @param endpoint as {@link Endpoint#name()}
 * @param recorded what was recorded
 * @param replayed what came instead
 */
record Example(
        String place,
        @Nullable String requestId,
        String method,
        String target,
        String endpoint,
        String recorded,
        String replayed) {
    private static final int LONGEST_PLACE = 120;

    static Example of(RecordedExchange exchange, @Nullable RecordedResponse replayed, Difference difference) {
        RecordedRequest request = exchange.request();
        Shown shown = Shown.of(exchange, replayed);
        String id = exchange.requestId();
        return new Example(
                Shown.cut(Shown.escaped(exchange.place()), LONGEST_PLACE),
                id == null ? null : Shown.cut(Shown.escaped(id), LONGEST_PLACE),
                request == null ? Difference.NONE : Shown.method(request),
                request == null ? Difference.NONE : shown.target(request.target()),
                Endpoint.name(request),
                difference.recorded().apply(shown),
                difference.replayed().apply(shown));
    }
}
