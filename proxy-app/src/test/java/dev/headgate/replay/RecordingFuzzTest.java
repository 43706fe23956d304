package dev.headgate.replay;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the octets, a recording is read as far as it can be, what is wrong is told, and all of it can be exported. */
class RecordingFuzzTest {
    private static final int MOST_PLACES = 1_000_000;

    static Stream<byte[]> recordings() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        List<String> lines = Files.readAllLines(Path.of("../config/samples/conversation.ndjson"));
        seeds.add(String.join("\n", lines.subList(0, 2)).getBytes(StandardCharsets.UTF_8));
        seeds.add(
                ("{\"log\":{\"version\":\"1.2\",\"entries\":[{\"startedDateTime\":\"2026-11-25T16:00:00Z\",\"time\":1,"
                                + "\"request\":{\"method\":\"POST\",\"url\":\"http://e/a?token=b\",\"headers\":[{\"name\":\"Authorization\","
                                + "\"value\":\"Bearer fake-token-1\"}],\"postData\":{\"params\":[{\"name\":\"a\",\"value\":\"b\"}]}},"
                                + "\"response\":{\"status\":200,\"content\":{\"text\":\"eyJhIjoxfQ==\",\"encoding\":\"base64\"}}}]}}")
                        .getBytes(StandardCharsets.UTF_8));
        seeds.add(("1 a 1 0\nPOST /a HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
                        + GorRecording.SEPARATOR + "2 a 2 0\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx"
                        + GorRecording.SEPARATOR)
                .getBytes(StandardCharsets.UTF_8));
        Random random = new Random(5);
        for (byte[] seed : List.copyOf(seeds)) {
            for (int i = 0; i < 12; i++) {
                byte[] changed = seed.clone();
                for (int n = random.nextInt(4); n >= 0; n--) {
                    byte[] octets = "\"\\{}[],:\n\r 0x\u00ff".getBytes(StandardCharsets.ISO_8859_1);
                    changed[random.nextInt(changed.length)] = octets[random.nextInt(octets.length)];
                }
                seeds.add(changed);
            }
        }
        return seeds.stream();
    }

    @MethodSource("recordings")
    @FuzzTest(maxDuration = "10s")
    void recording(byte[] data) {
        fuzzerTestOneInput(data);
    }

    /** The driver's own entry, for runs longer than a build. */
    public static void fuzzerTestOneInput(byte[] data) {
        int[] places = {0};
        Recording.Problems problems = (place, message) -> {
            if (!place.startsWith("fuzz") || message.isEmpty() || places[0]++ > MOST_PLACES) {
                throw new AssertionError("a problem tells where and what: " + place + ": " + message);
            }
        };
        List<RecordedExchange> read = new ArrayList<>();
        try (Recording recording = Recordings.open("fuzz", new ByteArrayInputStream(data), problems)) {
            for (RecordedExchange next = recording.next(); next != null; next = recording.next()) {
                read.add(next);
            }
        } catch (IOException e) {
            if (!e.getMessage().startsWith("fuzz")) {
                throw new AssertionError("a failure tells where: " + e.getMessage(), e);
            }
        }
        for (Export.Format format : Export.Format.values()) {
            export(format, read);
        }
    }

    private static void export(Export.Format format, List<RecordedExchange> read) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Export export = new Export(format, out, "fuzz")) {
            for (RecordedExchange exchange : read) {
                if (exchange.request() != null) {
                    export.write(exchange);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        if (format != Export.Format.CURL && !read.isEmpty()) {
            again(out.toByteArray(), read);
        }
    }

    private static void again(byte[] exported, List<RecordedExchange> read) {
        List<String> problems = new ArrayList<>();
        long exchanges = 0;
        try (Recording recording = Recordings.open(
                "again", new ByteArrayInputStream(exported), (place, message) -> problems.add(message))) {
            while (recording.next() != null) {
                exchanges++;
            }
        } catch (IOException e) {
            problems.add(e.getMessage());
        }
        long expected =
                read.stream().filter(exchange -> exchange.request() != null).count();
        if (expected > 0 && (!problems.isEmpty() || exchanges != expected)) {
            throw new AssertionError(exchanges + " of " + expected + " exported exchanges can be read: " + problems);
        }
    }
}
