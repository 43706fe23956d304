package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** However the bytes are cut by the network, they are read alike. */
class SplitsTest {
    @Test
    void splitsChangeNothing() {
        Random random = new Random(9112);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = i < Samples.ALL.size() ? Samples.bytes(Samples.ALL.get(i)) : Samples.mutant(random);
            Connection.Result whole = Connection.read(bytes);
            int[] everyOctet = IntStream.range(0, bytes.length).toArray();
            assertThat(Connection.read(bytes, everyOctet)).isEqualTo(whole);
            int[] cuts = random.ints(5, 0, bytes.length + 1).sorted().distinct().toArray();
            assertThat(Connection.read(bytes, cuts)).isEqualTo(whole);
        }
    }
}
