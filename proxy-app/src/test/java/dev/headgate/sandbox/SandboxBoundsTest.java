package dev.headgate.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the sandbox remembers has an end. */
class SandboxBoundsTest {
    @Test
    void theFirstEntryGoesFirst() {
        BoundedMap<Integer> map = new BoundedMap<>(2);
        assertThat(map.put("a", 1)).isNull();
        assertThat(map.put("b", 2)).isNull();
        assertThat(map.get("a")).isEqualTo(1);
        assertThat(map.put("c", 3)).isEqualTo(1);
        assertThat(map.get("a")).isNull();
        assertThat(map.get("b")).isEqualTo(2);
        map.remove("b");
        assertThat(map.put("d", 4)).isNull();
        assertThat(map.get("c")).isEqualTo(3);
    }

    @Test
    void onlySoManyMessagesAreKept() {
        Messages messages = new Messages();
        messages.add("a", "first", Instant.EPOCH);
        String second = messages.add("a", null, Instant.EPOCH).id();
        for (int i = 0; i < Messages.MOST_MESSAGES - 2; i++) {
            messages.add("b", null, Instant.EPOCH);
        }
        assertThat(messages.of("a")).hasSize(2);
        messages.add("b", null, Instant.EPOCH);
        assertThat(messages.of("a")).extracting(Messages.Message::id).containsExactly(second);
        messages.add("b", null, Instant.EPOCH);
        assertThat(messages.of("a")).isEmpty();
        assertThat(messages.conversationCount()).isEqualTo(1);
        assertThat(messages.of("b")).hasSize(Messages.MOST_MESSAGES);
    }

    @Test
    void onlySoMuchTextIsKept() {
        Messages messages = new Messages();
        String text = "x".repeat(1 << 20);
        int room = (int) (Messages.MOST_TEXT / text.length());
        for (int i = 0; i < room; i++) {
            messages.add("a", text, Instant.EPOCH);
        }
        assertThat(messages.of("a")).hasSize(room);
        messages.add("b", "x", Instant.EPOCH);
        assertThat(messages.of("a")).hasSize(room - 1);
        messages.add("b", text, Instant.EPOCH);
        assertThat(messages.of("a")).hasSize(room - 2);
        assertThat(messages.of("b")).hasSize(2);
    }
}
