package dev.headgate.session;

import dev.headgate.profile.Binding;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ids that a token is bound to, one of a kind. Each request comes with another session, whose memory is in no cache
 * of the processor: so ids are fields here, without a table in between. Immutable.
 */
final class BoundIds extends AbstractMap<Binding, String> {
    private final @Nullable String guest;
    private final @Nullable String conversation;
    private final @Nullable String chat;
    private final @Nullable String division;
    private final @Nullable String member;

    private BoundIds(Map<Binding, String> ids) {
        guest = ids.get(Binding.GUEST);
        conversation = ids.get(Binding.CONVERSATION);
        chat = ids.get(Binding.CHAT);
        division = ids.get(Binding.DIVISION);
        member = ids.get(Binding.MEMBER);
    }

    static BoundIds copyOf(Map<Binding, String> ids) {
        return ids instanceof BoundIds same ? same : new BoundIds(ids);
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
        return key instanceof Binding binding ? id(binding) : null;
    }

    private @Nullable String id(Binding binding) {
        return switch (binding) {
            case GUEST -> guest;
            case CONVERSATION -> conversation;
            case CHAT -> chat;
            case DIVISION -> division;
            case MEMBER -> member;
        };
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    /** In the order of bindings. */
    @Override
    public Set<Entry<Binding, String>> entrySet() {
        Map<Binding, String> all = new EnumMap<>(Binding.class);
        for (Binding binding : Binding.values()) {
            String id = id(binding);
            if (id != null) {
                all.put(binding, id);
            }
        }
        return Collections.unmodifiableMap(all).entrySet();
    }
}
