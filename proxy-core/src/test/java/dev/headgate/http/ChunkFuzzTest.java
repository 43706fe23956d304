package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes of a chunked message and however they arrive, it is read in one way or refused. */
class ChunkFuzzTest {
    private static final byte[] HEAD = Samples.bytes("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");

    static Stream<byte[]> bodies() {
        return Samples.ALL.stream()
                .filter(s -> s.contains("hunked\r\n\r\n"))
                .map(s -> Samples.bytes(s.substring(s.indexOf("\r\n\r\n") + 4)));
    }

    @MethodSource("bodies")
    @FuzzTest(maxDuration = "10s")
    void chunks(byte[] data) {
        fuzzerTestOneInput(data);
    }

    /** The driver's own entry, for runs longer than a build. */
    public static void fuzzerTestOneInput(byte[] data) {
        byte[] all = new byte[HEAD.length + data.length];
        System.arraycopy(HEAD, 0, all, 0, HEAD.length);
        System.arraycopy(data, 0, all, HEAD.length, data.length);
        Connection.Result whole = Connection.read(all);
        int[] everyOctet = new int[data.length];
        int[] everyThird = new int[data.length / 3];
        for (int i = 0; i < everyOctet.length; i++) {
            everyOctet[i] = HEAD.length + i;
        }
        for (int i = 0; i < everyThird.length; i++) {
            everyThird[i] = HEAD.length + 3 * i;
        }
        same(Connection.read(all, everyOctet), whole);
        same(Connection.read(all, everyThird), whole);
    }

    private static void same(Connection.Result split, Connection.Result whole) {
        if (!split.equals(whole)) {
            assertThat(split).isEqualTo(whole);
        }
    }
}
