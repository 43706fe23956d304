package dev.headgate.replay;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The exchanges of one file, read one by one in constant memory. For one thread. */
public interface Recording extends Closeable {
    /** Told of an entry that cannot be replayed; those after it still are. */
    @FunctionalInterface
    interface Problems {
        /**
         * Told once for each.
         *
         * @param place such as {@code chat.har: entry 12}
         * @param message what is wrong and what was expected; never a value that may be a credential
         */
        void found(String place, String message);
    }

    /**
     * The next exchange that can be read, null at the end.
     *
     * @throws IOException if the file cannot be read any further; the message names the file and the place
     */
    @Nullable
    RecordedExchange next() throws IOException;
}
