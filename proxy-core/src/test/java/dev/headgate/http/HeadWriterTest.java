package dev.headgate.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadWriterTest {
    private static String text(HeadWriter writer) {
        return new String(writer.bytes(), 0, writer.length(), ISO_8859_1);
    }

    @Test
    void writesOctetsAsTheyAre() {
        HeadWriter writer = new HeadWriter();
        writer.write("a\u00e9\u00ff").write(Samples.bytes("xbcx"), 1, 3).write(Samples.bytes("d"));
        assertThat(text(writer)).isEqualTo("a\u00e9\u00ffbcd");
    }

    @Test
    void growsAndStartsAnew() {
        Random random = new Random(1);
        HeadWriter writer = new HeadWriter();
        for (int round = 0; round < 20; round++) {
            writer.reset();
            StringBuilder expected = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                String piece = String.valueOf((char) random.nextInt(256)).repeat(random.nextInt(4000));
                writer.write(piece);
                expected.append(piece);
            }
            assertThat(text(writer)).isEqualTo(expected.toString());
        }
    }

    @Test
    void givesAnOutsizedArrayBack() {
        HeadWriter writer = new HeadWriter().write("x".repeat(100_000));
        writer.reset();
        assertThat(writer.length()).isZero();
        assertThat(writer.bytes().length).isLessThan(10_000);
    }
}
