package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.profile.Binding;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoundIdsTest {
    private static final Binding[] ALL = Binding.values();

    /** Whichever kinds are in it, it is the map that it was copied from. */
    @Test
    void isTheMapThatItWasCopiedFrom() {
        for (int kinds = 0; kinds < 1 << ALL.length; kinds++) {
            Map<Binding, String> map = new EnumMap<>(Binding.class);
            for (Binding binding : ALL) {
                if ((kinds & 1 << binding.ordinal()) != 0) {
                    map.put(binding, "id of " + binding);
                }
            }
            BoundIds ids = BoundIds.copyOf(map);
            assertThat(ids.equals(map)).isTrue();
            assertThat(map.equals(ids)).isTrue();
            assertThat(ids).hasSameHashCodeAs(map).hasToString(map.toString());
            for (Binding binding : ALL) {
                assertThat(ids.get(binding)).isEqualTo(map.get(binding));
                assertThat(ids.containsKey(binding)).isEqualTo(map.containsKey(binding));
            }
            assertThat(ids.keySet()).containsExactlyElementsOf(map.keySet());
            map.put(Binding.GUEST, "another");
            assertThat(ids.get(Binding.GUEST)).isNotEqualTo("another");
        }
    }

    @Test
    void takesNoOtherKeysAndNoChanges() {
        BoundIds ids = BoundIds.copyOf(Map.of(Binding.GUEST, "g"));
        Map<?, String> untyped = ids;
        assertThat(untyped.keySet().stream().map(untyped::get)).containsExactly("g");
        assertThat(untyped.equals(Map.of("GUEST", "g"))).isFalse();
        assertThatThrownBy(() -> ids.put(Binding.CHAT, "c")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ids.remove(Binding.GUEST)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(ids::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ids.entrySet().iterator().next().setValue("h"))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(BoundIds.copyOf(ids)).isSameAs(ids);
    }
}
