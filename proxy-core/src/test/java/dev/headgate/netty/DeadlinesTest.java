package dev.headgate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.netty.Deadlines.Deadline;
import io.netty.channel.DefaultEventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final DefaultEventLoop loop = new DefaultEventLoop();

    @AfterEach
    void end() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static Deadline running(Runnable then) {
        return new Deadline() {
            @Override
            void expired() {
                then.run();
            }
        };
    }

    /** Whatever is thrown: the next one of the same pass, and of the next pass, is carried out. */
    @Test
    void aDefectInOneDoesNotEndTheOthers() throws Exception {
        CountDownLatch same = new CountDownLatch(1);
        CountDownLatch next = new CountDownLatch(1);
        loop.submit(() -> {
                    Deadlines deadlines = new Deadlines(loop);
                    Deadline other = running(same::countDown);
                    Deadline later = running(next::countDown);
                    Deadline broken = running(() -> {
                        later.set(1);
                        throw new LinkageError("of the test");
                    });
                    for (Deadline deadline : new Deadline[] {other, later, broken}) {
                        deadlines.add(deadline, 1);
                    }
                    other.set(1);
                    broken.set(1);
                })
                .get(10, TimeUnit.SECONDS);
        assertThat(same.await(10, TimeUnit.SECONDS)).as("of the same pass").isTrue();
        assertThat(next.await(10, TimeUnit.SECONDS)).as("of the next pass").isTrue();
    }

    /** It begins when it is next looked at, so it may be late, but it is never early; one that is cleared never comes. */
    @Test
    void aDeadlineIsNeverEarly() throws Exception {
        long wait = TimeUnit.MILLISECONDS.toNanos(30);
        CompletableFuture<Long> passed = new CompletableFuture<>();
        CompletableFuture<Long> cleared = new CompletableFuture<>();
        long before = System.nanoTime();
        loop.submit(() -> {
                    Deadlines deadlines = new Deadlines(loop);
                    Deadline soon = running(() -> cleared.complete(System.nanoTime()));
                    Deadline later = running(() -> passed.complete(System.nanoTime()));
                    deadlines.add(soon, 1);
                    deadlines.add(later, 1);
                    soon.set(1);
                    soon.clear();
                    later.set(1);
                    later.set(wait);
                })
                .get(10, TimeUnit.SECONDS);
        assertThat(passed.get(10, TimeUnit.SECONDS) - before).isGreaterThanOrEqualTo(wait);
        assertThat(cleared).isNotDone();
    }
}
