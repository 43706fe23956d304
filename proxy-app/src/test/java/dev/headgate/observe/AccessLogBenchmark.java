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

/** What formatting a line of the access log costs. {@code bench/jmh AccessLogBenchmark} runs it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AccessLogBenchmark {
    private final JsonLines lines = new JsonLines();
    private final ExchangeRecord exchange = Exchanges.good().record();

    @Benchmark
    public int line() {
        lines.clear();
        lines.add(exchange);
        return lines.length();
    }
}
