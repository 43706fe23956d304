package dev.headgate;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * What a test does meanwhile, each on a thread of its own. The common pool will not do: on two processors it has one
 * thread, and two tasks that wait for each other never end.
 */
public final class OwnThread {
    private OwnThread() {}

    /** What may throw. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does it.
         *
         * @throws Exception what the future then fails with
         */
        void run() throws Exception;
    }

    /**
     * Begins at once.
     *
     * @return done when the task is, failed with what it threw
     */
    public static CompletableFuture<Void> run(Task task) {
        return call(() -> {
            task.run();
            return null;
        });
    }

    /**
     * Begins at once.
     *
     * @return what the task returns, or failed with what it threw
     */
    public static <T> CompletableFuture<T> call(Callable<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        done.complete(task.call());
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                "meanwhile");
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
