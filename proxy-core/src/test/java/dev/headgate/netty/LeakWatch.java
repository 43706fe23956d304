package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class in or before which a buffer was lost. Netty makes a detector of this class for each kind of resource,
 * because the system property {@code io.netty.customResourceLeakDetector} names it.
 */
public final class LeakWatch<T> extends ResourceLeakDetector<T> {
    private static final List<String> REPORTS = new CopyOnWriteArrayList<>();
    private static final AtomicInteger CANARIES = new AtomicInteger();
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    public LeakWatch(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** Netty looks for it, and complains where it is not. */
    public LeakWatch(Class<?> resourceType, int samplingInterval, long maxActive) {
        this(resourceType, samplingInterval);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        REPORTS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        REPORTS.add(resourceType);
    }

    /** What has been lost so far, told once. A buffer lost on purpose shows that the watch is awake. */
    static List<String> lost() {
        String canary = "canary-" + CANARIES.incrementAndGet();
        lose(canary);
        long start = System.nanoTime();
        do {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds until the leak detector finds a buffer lost on purpose")
                    .isLessThan(PATIENCE_NANOS);
            System.gc();
            ByteBufAllocator.DEFAULT.directBuffer(1).release();
        } while (REPORTS.stream().noneMatch(report -> report.contains(canary)));
        List<String> real =
                REPORTS.stream().filter(report -> !report.contains("canary-")).toList();
        REPORTS.clear();
        return real;
    }

    private static void lose(String hint) {
        Unpooled.directBuffer(1).touch(hint);
    }

    /** Looks after each class of tests. */
    static final class AfterClass implements AfterAllCallback {
        @Override
        public void afterAll(ExtensionContext context) {
            assertThat(lost()).as("buffers never released").isEmpty();
        }
    }
}
