package dev.headgate.app;

import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/** Waits for SIGTERM or Ctrl-C. */
final class Shutdown {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Runnable hurry;

    private Shutdown(Runnable hurry) {
        this.hurry = hurry;
    }

    /**
     * Takes the signals from here on.
     *
     * @param hurry run each time that the process is asked again, on another thread
     */
    static Shutdown onSignal(Runnable hurry) {
        Shutdown shutdown = new Shutdown(hurry);
        Signal.handle(new Signal("TERM"), shutdown::ask);
        Signal.handle(new Signal("INT"), shutdown::ask);
        return shutdown;
    }

    /** As {@link #onSignal} and {@link #await(Runnable)}, for what ends at once. */
    static void awaitSignal(Runnable last) throws InterruptedException {
        onSignal(() -> {}).await(last);
    }

    private synchronized void ask(Signal signal) {
        if (asked.getCount() == 0) {
            hurry.run();
        } else {
            asked.countDown();
        }
    }

    /**
     * Blocks until the process has been asked to stop, then runs {@code last} and ends the process with status 0. Does
     * not return.
     */
    void await(Runnable last) throws InterruptedException {
        asked.await();
        last.run();
        // Nothing is left to be done by hooks, and no thread may keep the process alive.
        Runtime.getRuntime().halt(0);
    }
}
