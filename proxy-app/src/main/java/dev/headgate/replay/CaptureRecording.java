package dev.headgate.replay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A capture that Headgate wrote: JSON, one exchange a line. Not thread-safe. */
final class CaptureRecording implements Recording {
    static final int VERSION = 1;

    private final String name;
    private final LineReader lines;
    private final InputStream in;
    private final Problems problems;
    private boolean ended;

    /**
     * @param name of the file, for people
     */
    CaptureRecording(String name, InputStream in, Problems problems) {
        this.name = name;
        this.in = in;
        this.problems = problems;
        this.lines = new LineReader(in, Recordings.LONGEST_ENTRY);
    }

    @Override
    public @Nullable RecordedExchange next() throws IOException {
        while (!ended && nextLine()) {
            String place = name + ":" + lines.number();
            if (!lines.isWhole()) {
                problems.found(
                        place,
                        "a line of more than " + Recordings.LONGEST_ENTRY + " bytes (expected: less); it is left out");
                continue;
            }
            if (isBlank()) {
                continue;
            }
            try {
                Line line = new Line(place);
                EntryReader.read(lines.line(), lines.length(), line::read);
                return line.exchange();
            } catch (BadEntry e) {
                problems.found(place, lines.isEnded() ? e.getMessage() : TORN);
            }
        }
        ended = true;
        return null;
    }

    private static final String TORN = "torn off: no end of the line, as after a crash while it was written (expected:"
            + " a line feed); it is left out";

    private boolean nextLine() throws IOException {
        try {
            return lines.next();
        } catch (IOException e) {
            ended = true;
            throw new IOException(name + ":" + lines.number() + ": cannot be read further: " + e.getMessage(), e);
        }
    }

    private boolean isBlank() {
        for (int i = 0; i < lines.length(); i++) {
            if (lines.line()[i] > ' ' || lines.line()[i] < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** What one line holds, while it is read. */
    private static final class Line {
        private final String place;
        private @Nullable String version;
        private @Nullable String time;
        private @Nullable String requestId;
        private @Nullable String verdict;
        private @Nullable String reason;
        private long totalMicros = -1;
        private @Nullable RecordedRequest request;
        private @Nullable RecordedResponse response;

        Line(String place) {
            this.place = place;
        }

        void read(EntryReader reader) throws BadEntry {
            reader.object("line", name -> {
                switch (name) {
                    case "version" -> {
                        version = reader.text("version");
                        checkVersion();
                    }
                    case "time" -> time = reader.text("time");
                    case "request_id" -> requestId = reader.text("request_id");
                    case "verdict" -> verdict = reader.text("verdict");
                    case "reason" -> reason = reader.text("reason");
                    case "request" -> request = reader.isNull() ? null : request(reader);
                    case "response" -> response = reader.isNull() ? null : response(reader);
                    case "timings" -> timings(reader);
                    default -> {}
                }
            });
            checkVersion();
        }

        private void checkVersion() throws BadEntry {
            if (!String.valueOf(VERSION).equals(version)) {
                throw new BadEntry("version: " + (version == null ? "none" : Recordings.shown(version)) + " (expected: "
                        + VERSION + ")");
            }
        }

        private void timings(EntryReader reader) throws BadEntry {
            if (reader.isNull()) {
                return;
            }
            reader.object("timings", name -> {
                if (name.equals("total_us")) {
                    totalMicros = (long) reader.number("timings.total_us", -1);
                }
            });
        }

        RecordedExchange exchange() throws BadEntry {
            return new RecordedExchange(
                    place, micros(time), totalMicros, requestId, verdict, reason, request, response, false);
        }

        private static long micros(@Nullable String time) throws BadEntry {
            if (time == null) {
                throw new BadEntry("time: none (expected: such as 2026-11-25T16:00:00.123456Z)");
            }
            try {
                return Recordings.micros(time);
            } catch (DateTimeException | ArithmeticException e) {
                throw new BadEntry("time: no time (expected: such as 2026-11-25T16:00:00.123456Z)");
            }
        }

        private static RecordedRequest request(EntryReader reader) throws BadEntry {
            Message message = new Message();
            String[] line = new String[2];
            reader.object("request", name -> {
                switch (name) {
                    case "method" -> line[0] = reader.text("request.method");
                    case "target" -> line[1] = reader.text("request.target");
                    default -> message.member(reader, "request", name);
                }
            });
            if (line[0] == null || line[1] == null) {
                throw new BadEntry("request: no " + (line[0] == null ? "method" : "target") + " (expected: both)");
            }
            if (!RequestLine.isMethod(line[0])) {
                throw new BadEntry("request.method: no method (expected: such as POST)");
            }
            return new RecordedRequest(
                    line[0], RequestLine.target("request.target", line[1]), message.fields, message.body);
        }

        private static RecordedResponse response(EntryReader reader) throws BadEntry {
            Message message = new Message();
            int[] status = {0};
            reader.object("response", name -> {
                if (name.equals("status")) {
                    status[0] = (int) reader.number("response.status", 0);
                } else {
                    message.member(reader, "response", name);
                }
            });
            return new RecordedResponse(RequestLine.status("response.status", status[0]), message.fields, message.body);
        }
    }

    /** What a request and an answer have in common. */
    private static final class Message {
        private final List<RecordedField> fields = new ArrayList<>();
        private RecordedBody body = RecordedBody.NONE;

        void member(EntryReader reader, String what, String name) throws BadEntry {
            if (name.equals("fields")) {
                reader.array(what + ".fields", () -> fields.add(field(reader, what + ".fields")));
            } else if (name.equals("body")) {
                body = reader.isNull() ? RecordedBody.NONE : body(reader, what + ".body");
            }
        }

        private static RecordedField field(EntryReader reader, String what) throws BadEntry {
            String[] pair = new String[2];
            int[] n = {0};
            reader.array(what, () -> {
                if (n[0] < 2) {
                    pair[n[0]] = reader.text(what);
                }
                n[0]++;
            });
            if (n[0] != 2 || pair[0] == null || pair[1] == null) {
                throw new BadEntry(what + ": an element that is no name and value (expected: [\"name\",\"value\"])");
            }
            return RequestLine.field(what, pair[0], pair[1]);
        }

        private static RecordedBody body(EntryReader reader, String what) throws BadEntry {
            String[] octets = new String[2];
            long[] size = {-1};
            reader.object(what, name -> {
                switch (name) {
                    case "text" -> octets[0] = reader.text(what + ".text");
                    case "base64" -> octets[1] = reader.text(what + ".base64");
                    case "size" -> size[0] = (long) reader.number(what + ".size", -1);
                    default -> {}
                }
            });
            byte[] bytes;
            if (octets[0] != null) {
                bytes = octets[0].getBytes(StandardCharsets.UTF_8);
            } else if (octets[1] != null) {
                try {
                    bytes = Base64.getDecoder().decode(octets[1]);
                } catch (IllegalArgumentException e) {
                    throw new BadEntry(what + ".base64: no Base64 (expected: RFC 4648 section 4)");
                }
            } else {
                return RecordedBody.UNKNOWN;
            }
            return new RecordedBody(bytes, Math.max(bytes.length, size[0]), true);
        }
    }
}
