package dev.headgate.app;

import dev.headgate.app.Server.CannotStart;
import dev.headgate.capture.Capture;
import dev.headgate.capture.CaptureSettings;
import dev.headgate.capture.CaptureSettings.Compression;
import dev.headgate.config.Config;
import dev.headgate.session.KeyedHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What a configuration says of capturing. */
final class Captures {
    private Captures() {}

    /** Starts one; null where the configuration asks for none. */
    static @Nullable Capture start(Config.Capture config, KeyedHash hash, InstantSource clock) throws CannotStart {
        Path path = config.path();
        if (path == null) {
            return null;
        }
        try {
            return Capture.start(path, hash, clock, settings(config));
        } catch (IOException e) {
            throw new CannotStart(e.getMessage() == null ? "capture.path: unusable" : e.getMessage(), e);
        }
    }

    static CaptureSettings settings(Config.Capture config) {
        return new CaptureSettings(
                config.body(),
                config.rotate().size(),
                config.rotate().age(),
                config.keep(),
                switch (config.compress()) {
                    case ZSTD -> Compression.ZSTD;
                    case GZIP -> Compression.GZIP;
                    case NONE -> Compression.NONE;
                },
                config.sync(),
                config.mask().fields(),
                config.mask().members());
    }
}
