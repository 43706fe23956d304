package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Against the vectors of the reference implementation: the key is 00 01 .. 0f, the input 00 01 .. */
class KeyedHashTest {
    private static final KeyedHash HASH = new KeyedHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    private static byte[] input(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    @Test
    void has64BitsAsThePaperSays() {
        assertThat(HASH.hash(input(15), 0, 15)).isEqualTo(0xa129ca6149be45e5L);
        assertThat(Long.reverseBytes(HASH.hash(input(0), 0, 0))).isEqualTo(0x310e0edd47db6f72L);
    }

    @Test
    void has128BitsAsTheReferenceSays() {
        TokenFingerprint empty = HASH.fingerprint(input(0), 0, 0);
        assertThat(Long.reverseBytes(empty.low())).isEqualTo(0xa3817f04ba25a8e6L);
        assertThat(Long.reverseBytes(empty.high())).isEqualTo(0x6df67214c7550293L);
    }

    @Test
    void readsOnlyTheRange() {
        byte[] padded = new byte[40];
        System.arraycopy(input(15), 0, padded, 9, 15);
        assertThat(HASH.hash(padded, 9, 24)).isEqualTo(HASH.hash(input(15), 0, 15));
    }

    @Test
    void differsByKeyAndByEachBit() {
        Set<TokenFingerprint> all = new HashSet<>();
        byte[] bytes = input(37);
        all.add(HASH.fingerprint(bytes, 0, 37));
        all.add(KeyedHash.random().fingerprint(bytes, 0, 37));
        for (int bit = 0; bit < 37 * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            all.add(HASH.fingerprint(bytes, 0, 37));
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(all).hasSize(2 + 37 * 8);
    }
}
