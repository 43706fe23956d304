package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UuidV7Test {
    @Test
    void hasTheTimeTheVersionAndTheVariant() {
        for (long millis : new long[] {0, 1, 0x0123456789abL, 1_795_600_000_000L, (1L << 48) - 1}) {
            String text = UuidV7.next(millis);
            UUID uuid = UUID.fromString(text);
            assertThat(uuid).hasToString(text);
            assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(millis);
            assertThat(uuid.version()).isEqualTo(7);
            assertThat(uuid.variant()).isEqualTo(2);
        }
    }

    /** Every random bit is 0 in some and 1 in some, and no two ids are the same. */
    @Test
    void restIsRandom() {
        Set<String> all = new HashSet<>();
        long[] ones = {0, 0};
        long[] zeros = {0, 0};
        for (int i = 0; i < 200; i++) {
            String text = UuidV7.next(1);
            all.add(text);
            UUID uuid = UUID.fromString(text);
            ones[0] |= uuid.getMostSignificantBits();
            ones[1] |= uuid.getLeastSignificantBits();
            zeros[0] |= ~uuid.getMostSignificantBits();
            zeros[1] |= ~uuid.getLeastSignificantBits();
        }
        assertThat(all).hasSize(200);
        assertThat(ones[0] & zeros[0]).isEqualTo(0xfff);
        assertThat(ones[1] & zeros[1]).isEqualTo(-1L >>> 2);
    }
}
