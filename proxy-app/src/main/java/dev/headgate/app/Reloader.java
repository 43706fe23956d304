package dev.headgate.app;

import dev.headgate.admin.ReloadOutcome;
import dev.headgate.app.Server.CannotStart;
import dev.headgate.config.Config;
import dev.headgate.config.ConfigError;
import dev.headgate.config.ConfigException;
import dev.headgate.config.ConfigLoader.Loaded;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the configuration again and puts it to work: when asked, and when one of its files has changed. One reload at a
 * time, on a thread of its own. Thread-safe.
 */
final class Reloader implements AutoCloseable {
    /** Where the configuration comes from. Blocks. */
    @FunctionalInterface
    interface Source {
        Loaded load() throws ConfigException, CannotStart;
    }

    /** What takes a configuration: all of it, or nothing. */
    @FunctionalInterface
    interface Target {
        /** The keys whose change takes a restart. */
        List<String> apply(Config config) throws CannotStart;
    }

    /** Why there is no reload once the server drains. */
    static final String DRAINING = "draining (expected: a reload before the signal to stop)";

    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("reload", true));
    private final Source source;
    private final Target target;
    private final Consumer<ReloadOutcome> listener;
    private Set<Path> files;
    private String seen;
    private @Nullable Future<?> nextLook;

    /**
     * @param now what is in force
     * @param listener told of every outcome, on the reload thread
     */
    Reloader(Source source, Loaded now, Target target, Consumer<ReloadOutcome> listener) {
        this.source = source;
        this.target = target;
        this.listener = listener;
        this.files = now.files();
        this.seen = state(files);
        look(now.config().reload().watch());
    }

    /**
     * Completes on the reload thread, and never exceptionally. Once this is closed: at once, with a failure that the listener
     * is not told of.
     */
    CompletableFuture<ReloadOutcome> reload() {
        try {
            return CompletableFuture.supplyAsync(this::now, thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(ReloadOutcome.failed(List.of(DRAINING)));
        }
    }

    private ReloadOutcome now() {
        // What changes while it is read is seen at the next look.
        String before = state(files);
        ReloadOutcome outcome;
        try {
            Loaded loaded = source.load();
            List<String> kept = target.apply(loaded.config());
            if (!files.equals(loaded.files())) {
                files = loaded.files();
                before = state(files);
            }
            look(loaded.config().reload().watch());
            outcome = new ReloadOutcome(
                    true,
                    List.of(),
                    loaded.warnings().stream().map(ConfigError::toString).toList(),
                    kept);
        } catch (ConfigException e) {
            outcome = ReloadOutcome.failed(
                    e.errors().stream().map(ConfigError::toString).toList());
        } catch (CannotStart e) {
            outcome = ReloadOutcome.failed(List.of(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("reload: defect", e);
            outcome = ReloadOutcome.failed(List.of("internal error"));
        }
        seen = before;
        listener.accept(outcome);
        return outcome;
    }

    private void look(Duration every) {
        if (nextLook != null) {
            nextLook.cancel(false);
        }
        nextLook = every.isZero()
                ? null
                : thread.scheduleWithFixedDelay(
                        this::reloadIfChanged, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void reloadIfChanged() {
        if (!state(files).equals(seen)) {
            now();
        }
    }

    /** Changes with any file, also where a symbolic link on the way to it is swapped, as Kubernetes does. */
    private static String state(Set<Path> files) {
        StringBuilder state = new StringBuilder();
        for (Path file : files) {
            state.append(file).append('=');
            try {
                Path real = file.toRealPath();
                BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
                state.append(real)
                        .append(' ')
                        .append(attributes.fileKey())
                        .append(' ')
                        .append(attributes.size())
                        .append(' ')
                        .append(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
            } catch (IOException e) {
                state.append("unreadable");
            }
            state.append('\n');
        }
        return state.toString();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
