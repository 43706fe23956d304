package dev.headgate.replay;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads a recording of any size that is made on the fly, in a process of its own with little memory. */
final class EndlessRecording extends InputStream {
    private final byte[] start;
    private final byte[] each;
    private final byte[] end;
    private long left;
    private byte[] current;
    private int position;

    /**
     * @param each repeated {@code times} times
     */
    EndlessRecording(String start, String each, long times, String end) {
        this.start = start.getBytes(StandardCharsets.UTF_8);
        this.each = each.getBytes(StandardCharsets.UTF_8);
        this.end = end.getBytes(StandardCharsets.UTF_8);
        this.left = times;
        this.current = this.start;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) {
        int done = 0;
        while (done < length && (position < current.length || next())) {
            int n = Math.min(length - done, current.length - position);
            System.arraycopy(current, position, into, from + done, n);
            position += n;
            done += n;
        }
        return done == 0 && length > 0 ? -1 : done;
    }

    private boolean next() {
        if (current == end) {
            return false;
        }
        current = left-- > 0 ? each : end;
        position = 0;
        return true;
    }

    private static EndlessRecording of(String kind, long entries) {
        String body = "x".repeat(8000);
        String text = "\"" + body + "\"";
        return switch (kind) {
            case "har" ->
                new EndlessRecording(
                        "{\"log\":{\"version\":\"1.2\",\"entries\":[",
                        "{\"startedDateTime\":\"2026-11-25T16:00:00Z\",\"time\":1,\"request\":{\"method\":\"GET\",\"url\":"
                                + "\"http://edge.test/\",\"headers\":[]},\"response\":{\"status\":200,\"headers\":[],"
                                + "\"content\":{\"size\":8000,\"text\":" + text + "}}},",
                        entries,
                        "{\"request\":{\"method\":\"GET\",\"url\":\"http://edge.test/last\"}}]}}");
            // One entry that is larger than the memory.
            case "enormous" ->
                new EndlessRecording(
                        "{\"log\":{\"entries\":[{\"response\":{\"content\":{\"text\":\"",
                        body,
                        entries,
                        "\"}}},{\"request\":{\"method\":\"GET\",\"url\":\"http://edge.test/last\"}}]}}");
            case "capture" ->
                new EndlessRecording(
                        "",
                        "{\"version\":1,\"time\":\"2026-11-25T16:00:00Z\",\"request\":{\"method\":\"GET\",\"target\":\"/\","
                                + "\"fields\":[]},\"response\":{\"status\":200,\"fields\":[],\"body\":{\"text\":" + text
                                + "}}}\n",
                        entries,
                        "{\"version\":1,\"time\":\"2026-11-25T16:00:00Z\",\"request\":{\"method\":\"GET\",\"target\":\"/last\"}}");
            default ->
                new EndlessRecording(
                        "1 first 1 0\nGET / HTTP/1.1\r\nHost: e\r\n\r\n" + GorRecording.SEPARATOR,
                        "3 first 1 0\n" + body + GorRecording.SEPARATOR,
                        entries,
                        "1 last 2 0\nGET /last HTTP/1.1\r\nHost: e\r\n\r\n" + GorRecording.SEPARATOR);
        };
    }

    /** Reads all of each kind and number of entries, and prints how many exchanges there were and the target of the last one. */
    public static void main(String[] args) throws Exception {
        for (int i = 0; i < args.length; i += 2) {
            String kind = args[i];
            long entries = Long.parseLong(args[i + 1]);
            int exchanges = 0;
            RecordedExchange last = null;
            int[] problems = {0};
            try (Recording recording = Recordings.open(kind, of(kind, entries), (place, message) -> problems[0]++)) {
                for (RecordedExchange next = recording.next(); next != null; next = recording.next()) {
                    exchanges++;
                    last = next;
                }
            }
            System.out.println(kind + " " + exchanges + " " + problems[0] + " "
                    + (last == null ? "-" : last.request().target()));
        }
    }
}
