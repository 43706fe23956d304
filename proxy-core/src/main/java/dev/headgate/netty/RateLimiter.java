package dev.headgate.netty;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.headgate.netty.Limits.RateLimit;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits how often each of many may do something, by the generic cell rate algorithm (ITU-T I.371): of each only the
 * time is kept at which it would be back to having done nothing. Remembers 100,000 of them at most; one that is
 * forgotten starts anew. Thread-safe; never blocks.
 *
 * @param <K> who is limited
 */
final class RateLimiter<K> {
    private static final int LARGEST = 100_000;
    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    private final Cache<K, AtomicLong> recovered = Caffeine.newBuilder()
            .maximumSize(LARGEST)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .build();

    /**
     * Takes one, if one may be taken.
     *
     * @param now in nanoseconds since any fixed moment
     * @return 0 where it was taken, else for how many nanoseconds none may be
     */
    long take(K who, RateLimit limit, long now) {
        long each = limit.per().toNanos() / limit.requests();
        long burst = each * limit.burst();
        AtomicLong at = recovered.get(who, unknown -> new AtomicLong(now));
        while (true) {
            long last = at.get();
            // Later than any burst leads to: the clock was set back, or the limit was another one.
            long from = last - now > burst || last < now ? now : last;
            long wait = from + each - burst - now;
            if (wait > 0) {
                return wait;
            }
            if (at.compareAndSet(last, from + each)) {
                return 0;
            }
        }
    }

    long size() {
        recovered.cleanUp();
        return recovered.estimatedSize();
    }
}
