package dev.headgate.observe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A set of label values that only grows. Index 0 is {@code none}, which stands for everything else. Read by any number
 * of threads without a lock; an index, once given, stays.
 */
final class Labels {
    private record State(List<String> values, Map<String, Integer> indexes) {}

    private volatile State state = new State(List.of("none"), Map.of());

    Labels() {}

    Labels(Collection<String> names) {
        add(names);
    }

    synchronized void add(Collection<String> names) {
        List<String> values = with(names);
        Map<String, Integer> indexes = new HashMap<>();
        for (int i = 1; i < values.size(); i++) {
            indexes.put(values.get(i), i);
        }
        state = new State(values, indexes);
    }

    /** The values as they would be with these. */
    List<String> with(Collection<String> names) {
        List<String> values = new ArrayList<>(state.values);
        for (String name : new LinkedHashSet<>(names)) {
            if (!state.indexes.containsKey(name)) {
                values.add(name);
            }
        }
        return values;
    }

    int size() {
        return state.values.size();
    }

    String value(int index) {
        return state.values.get(index);
    }

    int index(@Nullable String name) {
        if (name == null) {
            return 0;
        }
        Integer index = state.indexes.get(name);
        return index == null ? 0 : index;
    }
}
