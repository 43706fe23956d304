package dev.headgate.sandbox;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** A map with room for so many entries: the one that was put first goes first. Thread-safe. */
final class BoundedMap<V> {
    private final LinkedHashMap<String, V> entries = new LinkedHashMap<>();
    private final int most;

    /** @param most entries, 1 or more */
    BoundedMap(int most) {
        this.most = most;
    }

    /** @return the value that had to go; null: none */
    synchronized @Nullable V put(String key, V value) {
        entries.put(key, value);
        if (entries.size() <= most) {
            return null;
        }
        Iterator<V> values = entries.values().iterator();
        V eldest = values.next();
        values.remove();
        return eldest;
    }

    synchronized @Nullable V get(String key) {
        return entries.get(key);
    }

    synchronized void remove(String key) {
        entries.remove(key);
    }
}
