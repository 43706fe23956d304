package dev.headgate.observe;

import dev.headgate.gate.Reason;
import dev.headgate.netty.ExchangeRecord.Side;
import dev.headgate.netty.ExchangeRecord.VerdictKind;
import io.netty.util.collection.LongObjectHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Handles of time series by a number that packs their labels, so that an exchange finds its own without building a list
 * of strings. A map is never changed once it can be seen: readers take no lock, and adding, which is rare, copies.
 */
final class Series<T> {
    private static final int REASONS = Reason.values().length + 1;
    private static final int VERDICTS = VerdictKind.values().length;
    private static final int SIDES = Side.values().length + 1;
    private static final int STATUSES = 600;

    private volatile LongObjectHashMap<T> handles = new LongObjectHashMap<>();

    static long key(
            int name,
            int method,
            int status,
            @Nullable Reason reason,
            VerdictKind verdict,
            @Nullable Side aborted,
            boolean https) {
        long key = name;
        key = key * Methods.COUNT + method;
        key = key * STATUSES + (status >= 100 && status < STATUSES ? status : 0);
        key = key * REASONS + (reason == null ? 0 : reason.ordinal() + 1);
        key = key * VERDICTS + verdict.ordinal();
        key = key * SIDES + (aborted == null ? 0 : aborted.ordinal() + 1);
        return key * 2 + (https ? 1 : 0);
    }

    @Nullable
    T get(long key) {
        return handles.get(key);
    }

    synchronized T add(long key, Supplier<T> make) {
        T found = handles.get(key);
        if (found != null) {
            return found;
        }
        T made = make.get();
        LongObjectHashMap<T> copy = new LongObjectHashMap<>(handles.size() + 1);
        copy.putAll(handles);
        copy.put(key, made);
        handles = copy;
        return made;
    }
}
