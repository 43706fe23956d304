package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many clients that never finish their head: they cost little, and do not keep others from being served. */
class SlowHeadsTest {
    private static final int CLIENTS = 1000;

    /** What the edge may hold of each: half a head of 4 KiB, the pipeline, and room for the loops' own buffers. */
    private static final long MOST_EACH = 48 * 1024;

    @RegisterExtension
    private final Wire wire = new Wire(TestedTransport.get()).threads(2);

    @Test
    void theyAreBoundedAndNobodyWaits() throws Exception {
        RawSocket normal = wire.client();
        RawSocket server = wire.warmUp(normal);
        long before = used();
        String half = "GET /slow HTTP/1.1\r\nHost: edge.test\r\nX-Filler: " + "x".repeat(4096);
        List<RawSocket> slow = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            slow.add(wire.client().send(half));
        }
        Ledger ledger = wire.edge().ledger;
        ledger.await("open", ledger.openDownstreams, CLIENTS + 1);
        normal.send(Wire.get("/a", "one"));
        server.expect(wire.gotten("/a", "one"));
        server.send("HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(normal.readHead()).startsWith("HTTP/1.1 204");
        wire.record();
        long each = (used() - before) / CLIENTS;
        assertThat(each).as("bytes for each").isLessThan(MOST_EACH);
        for (RawSocket client : slow) {
            client.reset();
        }
        for (int i = 0; i < CLIENTS; i++) {
            assertThat(wire.record().status()).isZero();
        }
    }

    /** Heap after a collection, and direct memory. */
    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        long direct = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
        return runtime.totalMemory() - runtime.freeMemory() + direct;
    }
}
