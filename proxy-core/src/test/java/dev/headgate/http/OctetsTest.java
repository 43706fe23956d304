package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class OctetsTest {
    @Test
    void findsTheFirstControlOctetAmongAnyOthers() {
        Random random = new Random(7);
        byte[] bytes = new byte[40];
        for (int round = 0; round < 200_000; round++) {
            int rare = 1 + random.nextInt(40);
            for (int i = 0; i < bytes.length; i++) {
                int any = random.nextInt(256);
                bytes[i] = (byte) (random.nextInt(rare) == 0 || any >= ' ' && any != 0x7f ? any : 0x80);
            }
            int from = random.nextInt(bytes.length);
            int to = from + random.nextInt(bytes.length + 1 - from);
            int expected = from;
            while (expected < to && bytes[expected] != '\t' && !Octets.isControl(bytes[expected])) {
                expected++;
            }
            if (Octets.nextControl(bytes, from, to) != expected) {
                assertThat(Octets.nextControl(bytes, from, to)).isEqualTo(expected);
            }
        }
    }

    @Test
    void findsEachControlOctetAtEachPlace() {
        for (int octet = 0; octet < 256; octet++) {
            for (int at = 0; at < 24; at++) {
                byte[] bytes = Samples.bytes("\u00ff~ \u0080".repeat(6));
                bytes[at] = (byte) octet;
                boolean control = octet < ' ' || octet == 0x7f;
                assertThat(Octets.nextControl(bytes, 0, 24)).isEqualTo(control ? at : 24);
            }
        }
    }
}
