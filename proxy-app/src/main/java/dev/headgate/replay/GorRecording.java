package dev.headgate.replay;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

final class GorRecording implements Recording {
    private final InputStream in;

    GorRecording(String name, InputStream in, Problems problems) {
        this.in = in;
    }

    @Override
    public @Nullable RecordedExchange next() throws IOException {
        throw new IOException("GoReplay");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
