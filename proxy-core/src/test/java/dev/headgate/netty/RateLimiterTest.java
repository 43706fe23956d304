package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.Limits.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private static final long START = 1_700_000_000_000_000_000L;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final RateLimit LIMIT = new RateLimit(4, Duration.ofSeconds(2), 3);

    private final RateLimiter<String> limiter = new RateLimiter<>();

    @Test
    void aBurstThenTheRate() {
        assertThat(limiter.take("a", LIMIT, START)).isZero();
        assertThat(limiter.take("a", LIMIT, START)).isZero();
        assertThat(limiter.take("a", LIMIT, START)).isZero();
        assertThat(limiter.take("a", LIMIT, START)).isEqualTo(SECOND / 2);
        assertThat(limiter.take("b", LIMIT, START)).isZero();
        assertThat(limiter.take("a", LIMIT, START + SECOND / 2 - 1)).isEqualTo(1);
        assertThat(limiter.take("a", LIMIT, START + SECOND / 2)).isZero();
        assertThat(limiter.take("a", LIMIT, START + SECOND / 2)).isEqualTo(SECOND / 2);
    }

    /** Against a bucket of tokens, counted in the plain way. */
    @Test
    void isATokenBucket() {
        Random random = new Random(1);
        double tokens = LIMIT.burst();
        long now = START;
        for (int i = 0; i < 10_000; i++) {
            long step = random.nextInt(4) * SECOND / 4;
            now += step;
            tokens = Math.min(LIMIT.burst(), tokens + step * 2.0 / SECOND);
            boolean expected = tokens >= 1;
            assertThat(limiter.take("a", LIMIT, now) == 0).as("%s", i).isEqualTo(expected);
            if (expected) {
                tokens--;
            }
        }
    }

    @Test
    void aClockThatIsSetBackLocksNobodyOut() {
        assertThat(limiter.take("a", LIMIT, START)).isZero();
        assertThat(limiter.take("a", LIMIT, START - 3600 * SECOND)).isZero();
    }

    @Test
    void threadsTakeNoMoreThanThereIs() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        RateLimit limit = new RateLimit(1, Duration.ofHours(1), 1000);
        Callable<Integer> taker = () -> {
            int taken = 0;
            for (int i = 0; i < 1000; i++) {
                taken += limiter.take("a", limit, START) == 0 ? 1 : 0;
            }
            return taken;
        };
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(threads.submit(taker));
        }
        int sum = 0;
        for (Future<Integer> taken : all) {
            sum += taken.get(10, TimeUnit.SECONDS);
        }
        threads.shutdown();
        assertThat(sum).isEqualTo(1000);
    }

    @Test
    void remembersNoMoreThanItMay() {
        for (int i = 0; i < 300_000; i++) {
            limiter.take("client " + i, LIMIT, START);
        }
        assertThat(limiter.size()).isBetween(1L, 100_000L);
    }
}
