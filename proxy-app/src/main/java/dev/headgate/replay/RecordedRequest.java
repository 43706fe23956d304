package dev.headgate.replay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as it was recorded. Where the recording masks a token or an id, its placeholder stands in its place.
 *
 * @param method such as {@code POST}
 * @param target in origin form: path and query
 * @param fields all of the head's, in their order, Host included; framing fields as they were sent
 * @param body of the request
 */
public record RecordedRequest(String method, String target, List<RecordedField> fields, RecordedBody body) {
    /** The value of the first field of this name, in any case; null where there is none. */
    public @Nullable String value(String name) {
        return RecordedResponse.value(fields, name);
    }
}
