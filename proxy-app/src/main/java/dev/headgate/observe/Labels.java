package dev.headgate.observe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fixed set of label values. Index 0 is {@code none}, which stands for everything else. */
final class Labels {
    private final List<String> values = new ArrayList<>(List.of("none"));
    private final Map<String, Integer> indexes = new HashMap<>();

    Labels(Collection<String> names) {
        for (String name : new LinkedHashSet<>(names)) {
            indexes.put(name, values.size());
            values.add(name);
        }
    }

    int size() {
        return values.size();
    }

    String value(int index) {
        return values.get(index);
    }

    int index(@Nullable String name) {
        if (name == null) {
            return 0;
        }
        Integer index = indexes.get(name);
        return index == null ? 0 : index;
    }
}
