package dev.headgate.netty;

import dev.headgate.http.FieldName;
import dev.headgate.http.FieldNames;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of the guarded fields a request had. Immutable.
 *
 * @param guarded those that are guarded
 * @param present bit {@code i} for the name at {@code i}
 */
public record GuardedFields(FieldNames guarded, long present) {
    /** Of a request that could not be read. */
    public static final GuardedFields NONE = new GuardedFields(new FieldNames(List.of()), 0);

    /** The names of those that it had. */
    public List<FieldName> names() {
        List<FieldName> names = new ArrayList<>();
        for (int i = 0; i < guarded.names().size(); i++) {
            if ((present >> i & 1) != 0) {
                names.add(guarded.names().get(i));
            }
        }
        return names;
    }
}
