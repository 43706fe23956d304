package dev.headgate.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings that are several times as large as the memory. */
class RecordingMemoryTest {
    /** Of about 8 KiB each: more than 300 MB. */
    private static final int ENTRIES = 40_000;

    @Test
    void recordingsLargerThanTheMemoryAreRead(@TempDir Path directory) throws Exception {
        Path out = directory.resolve("out");
        Process reader = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndlessRecording.class.getName(),
                        "har",
                        String.valueOf(ENTRIES),
                        "capture",
                        String.valueOf(ENTRIES),
                        "enormous",
                        String.valueOf(ENTRIES / 4),
                        "gor",
                        String.valueOf(ENTRIES / 4))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(reader.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            reader.destroyForcibly();
        }
        assertThat(Files.readString(out).lines())
                .containsExactly(
                        "har " + (ENTRIES + 1) + " 0 /last",
                        "capture " + (ENTRIES + 1) + " 0 /last",
                        "enormous 1 1 /last",
                        "gor 2 0 /last");
    }
}
