package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.Limits.MinimumRate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BodyPaceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long START = Long.MAX_VALUE - 2 * SECOND;

    private final BodyPace pace = new BodyPace(new MinimumRate(100, Duration.ofSeconds(5)));

    @Test
    void afterTheGraceTheAverageCounts() {
        pace.start(START, false);
        assertThat(pace.nanosLeft(START)).isEqualTo(5 * SECOND);
        pace.received(400, START + SECOND);
        assertThat(pace.nanosLeft(START + 5 * SECOND)).isZero();
        pace.received(400, START + 5 * SECOND);
        assertThat(pace.nanosLeft(START + 5 * SECOND)).isEqualTo(3 * SECOND);
        assertThat(pace.nanosLeft(START + 9 * SECOND)).isNegative();
        assertThat(pace.inWords(START + 9 * SECOND))
                .isEqualTo(
                        "body: 800 bytes in 9000 ms (expected: at least 100 bytes per second, limits.minimumBodyRate)");
    }

    @Test
    void aPauseDoesNotCount() {
        pace.start(START, false);
        pace.pause(START + 4 * SECOND);
        pace.pause(START + 20 * SECOND);
        assertThat(pace.nanosLeft(START + 60 * SECOND)).isEqualTo(SECOND);
        pace.received(10, START + 60 * SECOND);
        assertThat(pace.nanosLeft(START + 61 * SECOND)).isEqualTo(SECOND);
        pace.resume(START + 61 * SECOND);
        pace.resume(START + 62 * SECOND);
        assertThat(pace.nanosLeft(START + 62 * SECOND)).isZero();
    }

    @Test
    void whoWaitsToBeAskedBeginsWithTheFirstOctet() {
        pace.start(START, true);
        pace.pause(START);
        pace.resume(START + SECOND);
        assertThat(pace.nanosLeft(START + 60 * SECOND)).isEqualTo(Long.MAX_VALUE);
        pace.received(1, START + 60 * SECOND);
        assertThat(pace.nanosLeft(START + 61 * SECOND)).isEqualTo(4 * SECOND);
    }

    @Test
    void theNextBodyBeginsAnew() {
        pace.start(START, false);
        pace.received(100_000, START);
        pace.start(START + SECOND, false);
        assertThat(pace.nanosLeft(START + 2 * SECOND)).isEqualTo(4 * SECOND);
    }
}
