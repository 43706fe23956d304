package dev.headgate.observe;

import dev.headgate.netty.ExchangeRecord;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What keeping an exchange costs, in the ring's default size. {@code bench/jmh RecentExchangesBenchmark} runs it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RecentExchangesBenchmark {
    private final RecentExchanges recent = new RecentExchanges(10_000);
    private final Exchanges each = Exchanges.good();
    private final ExchangeRecord good = each.record();
    private final ExchangeRecord full = Exchanges.full().record();

    /** As nearly all are. */
    @Benchmark
    public void good() {
        recent.finished(good);
    }

    /** Everything that may be missing is there. */
    @Benchmark
    public void full() {
        recent.finished(full);
    }

    /** Each a new one, as in life: what the collector has to do for those that are kept is in the time for each. */
    @Benchmark
    public void made() {
        each.requestId = new String(good.requestId());
        each.path = new String(good.path());
        recent.finished(each.record());
    }
}
