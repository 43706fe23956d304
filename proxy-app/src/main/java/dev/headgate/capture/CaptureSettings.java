package dev.headgate.capture;

import java.time.Duration;
import java.util.List;

/**
 * How exchanges are captured.
 *
 * @param body the most that is kept of each body, in bytes
 * @param size of a file from which on it is closed, in bytes, from 1
 * @param age of a file from which on it is closed
 * @param keep closed files; older ones are deleted; 0 for all
 * @param sync how often what is written is forced to disk; zero for never
 * @param fields whose values are not written, beside those that are known to be credentials
 * @param members of JSON and parameters of forms and queries whose values are not written
 */
public record CaptureSettings(
        int body,
        long size,
        Duration age,
        int keep,
        Compression compress,
        Duration sync,
        List<String> fields,
        List<String> members) {
    /** What becomes of a closed file. */
    public enum Compression {
        ZSTD(".zst"),
        GZIP(".gz"),
        NONE("");

        private final String ending;

        Compression(String ending) {
            this.ending = ending;
        }

        String ending() {
            return ending;
        }
    }

    public CaptureSettings {
        fields = List.copyOf(fields);
        members = List.copyOf(members);
    }
}
