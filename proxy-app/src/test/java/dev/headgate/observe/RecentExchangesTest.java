package dev.headgate.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import dev.headgate.gate.ApiError;
import dev.headgate.gate.Cause;
import dev.headgate.gate.Comparison;
import dev.headgate.gate.Diagnosis;
import dev.headgate.gate.Diagnosis.Confidence;
import dev.headgate.gate.Reason;
import dev.headgate.netty.Evidence;
import dev.headgate.netty.ExchangeRecord;
import dev.headgate.session.TokenFingerprint;
import java.lang.management.ManagementFactory;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RecentExchangesTest {
    private static ExchangeRecord exchange(String requestId, String path) {
        Exchanges exchange = Exchanges.good();
        exchange.requestId = requestId;
        exchange.path = path;
        return exchange.record();
    }

    private static List<String> paths(List<ExchangeRecord> exchanges) {
        return exchanges.stream().map(ExchangeRecord::path).toList();
    }

    @Test
    void findsAllOfAnIdFromTheNewestOn() {
        RecentExchanges recent = new RecentExchanges(8);
        recent.finished(exchange("a", "/1"));
        recent.finished(exchange("b", "/2"));
        recent.finished(exchange("a", "/3"));
        assertThat(paths(recent.find("a"))).containsExactly("/3", "/1");
        assertThat(paths(recent.find("b"))).containsExactly("/2");
        assertThat(recent.find("c")).isEmpty();
        assertThat(paths(recent.newest(2))).containsExactly("/3", "/2");
        assertThat(recent.size()).isEqualTo(3);
    }

    @Test
    void forgetsTheOldest() {
        RecentExchanges recent = new RecentExchanges(3);
        for (int i = 0; i < 10; i++) {
            recent.finished(exchange("a", "/" + i));
            assertThat(recent.size()).isEqualTo(Math.min(i + 1, 3));
        }
        assertThat(paths(recent.find("a"))).containsExactly("/9", "/8", "/7");
        assertThat(paths(recent.newest(100))).containsExactly("/9", "/8", "/7");
    }

    @Test
    void keepsNoneWhereNoneAreAskedFor() {
        RecentExchanges recent = new RecentExchanges(0);
        recent.finished(exchange("a", "/"));
        assertThat(recent.find("a")).isEmpty();
        assertThat(recent.newest(1)).isEmpty();
        assertThat(recent.size()).isZero();
    }

    @Test
    void refusesANegativeCapacity() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RecentExchanges(-1))
                .withMessage("capacity: -1 (expected: 0 or more)");
    }

    @Test
    void keepsAsItIsWhatIsShort() {
        RecentExchanges recent = new RecentExchanges(1);
        Exchanges exchange = Exchanges.full();
        exchange.path = "/" + "p".repeat(PackedExchange.LONGEST - 1);
        ExchangeRecord record = exchange.record();
        recent.finished(record);
        assertThat(recent.newest(1)).containsExactly(record);
    }

    @Test
    void cutsEachTextThatMayBeOfAnyLength() {
        String text = "t".repeat(4096);
        String cut = "t".repeat(PackedExchange.LONGEST - 3) + "...";
        Exchanges exchange = Exchanges.full();
        exchange.path = text;
        exchange.method = text;
        exchange.detail = text;
        ApiError error = new ApiError("code", null);
        exchange.evidence = new Evidence(
                "Check",
                new Comparison(text, text, text),
                new Diagnosis(Cause.AUTH_LOST, Confidence.LIKELY, text),
                error);
        RecentExchanges recent = new RecentExchanges(1);
        recent.finished(exchange.record());

        exchange.path = cut;
        exchange.method = cut;
        exchange.detail = cut;
        exchange.evidence = new Evidence(
                "Check", new Comparison(cut, cut, cut), new Diagnosis(Cause.AUTH_LOST, Confidence.LIKELY, cut), error);
        assertThat(recent.newest(1)).containsExactly(exchange.record());
    }

    @Test
    void staysSmallWhateverComes() throws Exception {
        int capacity = 1000;
        RecentExchanges recent = new RecentExchanges(capacity);
        String path = "/" + "p".repeat(4095);
        Exchanges exchange = Exchanges.full();
        exchange.path = path;
        exchange.method = path;
        exchange.detail = path;
        exchange.evidence = new Evidence(
                "Check",
                new Comparison(path, path, path),
                new Diagnosis(Cause.AUTH_LOST, Confidence.LIKELY, path),
                ApiError.NONE);
        for (int i = 0; i < 1_000_000; i++) {
            exchange.token = new TokenFingerprint(0, i);
            recent.finished(exchange.record());
        }
        List<ExchangeRecord> kept = recent.newest(Integer.MAX_VALUE);
        assertThat(kept).hasSize(capacity);
        assertThat(recent.size()).isEqualTo(capacity);
        assertThat(kept.get(0).token()).isEqualTo(new TokenFingerprint(0, 999_999));
        assertThat(kept.get(capacity - 1).token()).isEqualTo(new TokenFingerprint(0, 999_000));
        long characters = 0;
        for (ExchangeRecord record : kept) {
            characters += characters(record);
        }
        // Seven texts that are cut, and some short ones; each character takes two bytes at most.
        assertThat(characters)
                .isLessThan(capacity * (7L * PackedExchange.LONGEST + 512))
                .isGreaterThan(capacity * 7L * PackedExchange.LONGEST);
    }

    /** Of all texts in a record and in the records within. */
    private static long characters(Record record) throws ReflectiveOperationException {
        long sum = 0;
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = component.getAccessor().invoke(record);
            if (value instanceof String text) {
                sum += text.length();
            } else if (value instanceof Record inner) {
                sum += characters(inner);
            }
        }
        return sum;
    }

    @Test
    void losesNoneOfManyThreads() throws Exception {
        int threads = 4;
        int each = 2000;
        RecentExchanges recent = new RecentExchanges(threads * each);
        CountDownLatch ready = new CountDownLatch(threads);
        Thread[] workers = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            String prefix = t + "-";
            workers[t] = new Thread(() -> {
                ready.countDown();
                try {
                    ready.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                for (int i = 0; i < each; i++) {
                    recent.finished(exchange(prefix + i, "/"));
                }
            });
            workers[t].start();
        }
        for (Thread worker : workers) {
            worker.join();
        }
        Set<String> ids = new HashSet<>();
        recent.newest(Integer.MAX_VALUE).forEach(exchange -> ids.add(exchange.requestId()));
        assertThat(ids).hasSize(threads * each);
    }

    /** Few places, so that writers and readers meet; an exchange of which a part is another's would show. */
    @Test
    void readersSeeWholeExchangesOnly() throws Exception {
        RecentExchanges recent = new RecentExchanges(2);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread[] writers = new Thread[2];
        for (int t = 0; t < writers.length; t++) {
            String letter = t == 0 ? "a" : "\u00e9\ud800";
            writers[t] = new Thread(() -> {
                for (int i = 0; !ended.get(); i++) {
                    recent.finished(exchange(letter, letter.repeat(i % 200)));
                }
            });
            writers[t].setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
            writers[t].start();
        }
        try {
            int seen = 0;
            while (seen < 100_000 && failure.get() == null) {
                for (ExchangeRecord read : recent.newest(2)) {
                    assertThat(read.equals(exchange(read.requestId(), read.path())))
                            .isTrue();
                    assertThat(read.path().replace(read.requestId(), "")).isEmpty();
                    seen++;
                }
                assertThat(recent.find("a")).allMatch(read -> read.requestId().equals("a"));
            }
        } finally {
            ended.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
        }
        assertThat(failure.get()).isNull();
    }

    /** So the collector has nothing to do for what is kept. */
    @Test
    void makesNoObjectForOneThatIsKept() {
        RecentExchanges recent = new RecentExchanges(4);
        ExchangeRecord[] exchanges = {
            Exchanges.full().record(),
            Exchanges.bare().record(),
            Exchanges.refused(Reason.TOKEN_UNKNOWN).record()
        };
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int lap = 0; lap < 5; lap++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                recent.finished(exchanges[i % exchanges.length]);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1000);
    }
}
