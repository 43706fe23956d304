package dev.headgate.replay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer, as it was recorded or as it came in a replay.
 *
 * @param status 100 to 599; 0 where the exchange ended without one
 * @param fields all of the head's, in their order
 * @param body of the answer
 */
public record RecordedResponse(int status, List<RecordedField> fields, RecordedBody body) {
    /** The value of the first field of this name, in any case; null where there is none. */
    public @Nullable String value(String name) {
        return value(fields, name);
    }

    static @Nullable String value(List<RecordedField> fields, String name) {
        for (RecordedField field : fields) {
            if (field.name().equalsIgnoreCase(name)) {
                return field.value();
            }
        }
        return null;
    }
}
