package dev.headgate.replay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a small recording holds.
 *
 * @param exchanges in their order
 * @param problems as {@code place: message}
 * @param failure why it could not be read further, empty where it could
 */
public record ReadRecording(List<RecordedExchange> exchanges, List<String> problems, String failure) {
    public static ReadRecording of(String text) throws IOException {
        return of("chat", text.getBytes(StandardCharsets.UTF_8));
    }

    public static ReadRecording of(String name, byte[] content) throws IOException {
        return of(name, new ByteArrayInputStream(content));
    }

    public static ReadRecording of(String name, InputStream in) throws IOException {
        List<String> problems = new ArrayList<>();
        return all(Recordings.open(name, in, (place, message) -> problems.add(place + ": " + message)), problems);
    }

    public static ReadRecording of(Path file) throws IOException {
        List<String> problems = new ArrayList<>();
        return all(Recordings.open(file, (place, message) -> problems.add(place + ": " + message)), problems);
    }

    private static ReadRecording all(Recording opened, List<String> problems) throws IOException {
        List<RecordedExchange> exchanges = new ArrayList<>();
        String failure = "";
        try (Recording recording = opened) {
            for (RecordedExchange next = recording.next(); next != null; next = recording.next()) {
                exchanges.add(next);
            }
        } catch (IOException e) {
            failure = e.getMessage();
        }
        return new ReadRecording(exchanges, problems, failure);
    }

    /** A HAR with these entries. */
    public static ReadRecording har(String... entries) throws IOException {
        return of("{\"log\":{\"version\":\"1.2\",\"entries\":[" + String.join(",", entries) + "]}}");
    }

    /** The only exchange. */
    public RecordedExchange only() {
        if (exchanges.size() != 1 || !problems.isEmpty() || !failure.isEmpty()) {
            throw new AssertionError("no single exchange: " + this);
        }
        return exchanges.get(0);
    }

    public RecordedRequest request() {
        return only().request();
    }

    public RecordedResponse response() {
        return only().response();
    }

    public static String text(RecordedBody body) {
        return new String(body.bytes(), StandardCharsets.UTF_8);
    }
}
