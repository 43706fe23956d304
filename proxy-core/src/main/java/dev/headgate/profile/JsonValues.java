package dev.headgate.profile;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The values that a {@link JsonSelection} found in one JSON text. Immutable. */
public final class JsonValues {
    private final JsonSelection selection;
    private final @Nullable String[] values;

    JsonValues(JsonSelection selection, @Nullable String[] values) {
        this.selection = selection;
        this.values = values;
    }

    /**
     * The text at that pointer, or null where it is absent, null or empty.
     *
     * @param index of the pointer among {@link JsonSelection#pointers()}
     */
    public @Nullable String get(int index) {
        return values[index];
    }

    /**
     * Likewise.
     *
     * @throws ArrayIndexOutOfBoundsException if the pointer is none of the selection's
     */
    public @Nullable String get(String pointer) {
        return values[selection.pointers().indexOf(pointer)];
    }

    /** The text at the first of these pointers that has one, or null. */
    public @Nullable String first(Collection<String> pointers) {
        for (String pointer : pointers) {
            String value = get(pointer);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
