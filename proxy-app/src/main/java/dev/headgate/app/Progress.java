package dev.headgate.app;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far something is, on standard error, where that is a terminal; nothing elsewhere. Without colours. */
final class Progress implements AutoCloseable {
    private static final int MILLIS = 200;

    private final LongSupplier done;
    private final @Nullable ProgressBar bar;
    private final @Nullable ScheduledExecutorService clock;

    /**
     * Shows a count, whose end nobody knows, until this is closed.
     *
     * @param done from any thread
     */
    Progress(String what, LongSupplier done) {
        this.done = done;
        if (!Terminal.showsProgress()) {
            bar = null;
            clock = null;
            return;
        }
        ProgressBar shown = new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(-1)
                .setUpdateIntervalMillis(MILLIS)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .showSpeed()
                .build();
        bar = shown;
        clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "headgate-progress");
            thread.setDaemon(true);
            return thread;
        });
        var unused =
                clock.scheduleAtFixedRate(() -> shown.stepTo(done.getAsLong()), MILLIS, MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        if (clock != null) {
            clock.shutdownNow();
        }
        if (bar != null) {
            bar.stepTo(done.getAsLong());
            bar.close();
        }
    }
}
