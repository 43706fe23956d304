package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "0, a3817f04ba25a8e66df67214c7550293",
        "1, da87c1d86b99af44347659119b22fc45",
        "2, 8177228da4a45dc7fca38bdef60affe4",
        "3, 9c70b60c5267a94e5f33b6b02985ed51",
        "4, f88164c12d9c8faf7d0f6e7c7bcd5579",
        "5, 1368875980776f8854527a07690e9627",
        "6, 14eeca338b208613485ea0308fd7a15e",
        "7, a1f1ebbed8dbc153c0b84aa61ff08239",
        "8, 3b62a9ba6258f5610f83e264f31497b4",
        "9, 264499060ad9baabc47f8b02bb6d71ed",
        "10, 00110dc378146956c95447d3f3d0fbba",
        "11, 0151c568386b6677a2b4dc6f81e5dc18",
        "12, d626b266905ef35882634df68532c125",
        "13, 9869e247e9c08b10d029934fc4b952f7",
        "15, 5493e99933b0a8117e08ec0f97cfc3d9",
        "16, 6ee2a4ca67b054bbfd3315bf85230577",
        "17, 473d06e8738db89854c066c47ae47740",
        "31, 2939b0183223fafc1723de4f52c43d35",
        "32, 7c3956ca5eeafc3e363e9d556546eb68",
        "63, 5150d1772f50834a503e069a973fbd7c"
    })
    void agreesWithTheReference(int length, String expected) {
        byte[] input = input(length);
        TokenFingerprint fingerprint = HASH.fingerprint(input, 0, length);
        assertThat(hex(fingerprint.low()) + hex(fingerprint.high())).isEqualTo(expected);
    }

    private static String hex(long littleEndian) {
        return HexFormat.of().toHexDigits(Long.reverseBytes(littleEndian));
    }

    @Test
    void readsOnlyTheRange() {
        byte[] padded = new byte[40];
        System.arraycopy(input(15), 0, padded, 9, 15);
        assertThat(HASH.fingerprint(padded, 9, 24)).isEqualTo(HASH.fingerprint(input(15), 0, 15));
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
