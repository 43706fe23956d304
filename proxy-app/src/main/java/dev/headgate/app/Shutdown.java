package dev.headgate.app;

import java.util.concurrent.CountDownLatch;

/** Waits for SIGTERM or Ctrl-C. */
final class Shutdown {
    private Shutdown() {}

    /**
     * Blocks until the process is asked to stop, then runs {@code last} and ends the process with status 0. Does not
     * return.
     */
    static void await(Runnable last) throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        // A JVM that ends by a signal exits with 128 + its number whatever its hooks do, unless a hook halts it.
        Thread onSignal = new Thread(
                () -> {
                    last.run();
                    runtime.halt(0);
                },
                "headgate-shutdown");
        runtime.addShutdownHook(onSignal);
        new CountDownLatch(1).await();
    }
}
