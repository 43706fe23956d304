package dev.headgate.replay;

import dev.headgate.http.BadHead;
import dev.headgate.http.ChunkParser;
import dev.headgate.http.Framing;
import dev.headgate.http.Head;
import dev.headgate.http.HeadParser;
import dev.headgate.http.HeadScanner;
import dev.headgate.http.RequestHead;
import dev.headgate.http.ResponseHead;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A GoReplay file: requests and original answers as they were on the wire, each behind a line with its kind, id and
 * time. An answer belongs to the request of its id among the last ones; replayed answers are passed over. Not
 * thread-safe.
 */
final class GorRecording implements Recording {
    static final String SEPARATOR = "\n\uD83D\uDC35\uD83D\uDE48\uD83D\uDE49\n";

    private static final byte[] SEPARATOR_BYTES = SEPARATOR.getBytes(StandardCharsets.UTF_8);
    private static final Pattern HEADER =
            Pattern.compile("([123]) ([0-9A-Za-z-]{1,128}) ([0-9]{1,19})(?: (-?[0-9]{1,18}))?\r?\n");
    private static final int LONGEST_HEADER = 256;

    /** Requests that wait for their answers; beyond it the oldest goes without. */
    static final int MOST_WAITING = 1024;

    private static final int MOST_WAITING_BYTES = Recordings.LONGEST_ENTRY;
    private static final int MOST_FIELDS = 1000;
    private static final int MOST_TRAILERS = 1 << 16;

    private final String name;
    private final InputStream in;
    private final Problems problems;
    private final HeadParser parser = new HeadParser(MOST_FIELDS);
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int end;
    private byte[] payload = new byte[4096];
    private int length;
    private boolean whole;
    private int number;
    private boolean ended;
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private long waitingBytes;

    /**
     * @param name of the file, for people
     */
    GorRecording(String name, InputStream in, Problems problems) {
        this.name = name;
        this.in = in;
        this.problems = problems;
    }

    /** A request whose answer may come. */
    private static final class Waiting {
        final String place;
        final long startNanos;
        final RecordedRequest request;

        @Nullable
        RecordedResponse response;

        long durationNanos = -1;
        long bytes;

        Waiting(String place, long startNanos, RecordedRequest request, long bytes) {
            this.place = place;
            this.startNanos = startNanos;
            this.request = request;
            this.bytes = bytes;
        }
    }

    @Override
    public @Nullable RecordedExchange next() throws IOException {
        while (true) {
            RecordedExchange ready = ready();
            if (ready != null || ended) {
                return ready;
            }
            try {
                ended = !nextPayload();
            } catch (IOException e) {
                ended = true;
                throw new IOException(place() + ": cannot be read further: " + e.getMessage(), e);
            }
            if (!ended) {
                take();
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private String place() {
        return name + ": entry " + number;
    }

    /** The oldest request, where there is no reason to keep it longer. */
    private @Nullable RecordedExchange ready() {
        Iterator<Waiting> oldest = waiting.values().iterator();
        if (!oldest.hasNext()) {
            return null;
        }
        Waiting first = oldest.next();
        boolean full = waiting.size() > MOST_WAITING || waitingBytes > MOST_WAITING_BYTES;
        if (first.response == null && !full && !ended) {
            return null;
        }
        oldest.remove();
        waitingBytes -= first.bytes;
        return new RecordedExchange(
                first.place,
                first.startNanos / 1000,
                first.durationNanos < 0 ? -1 : first.durationNanos / 1000,
                null,
                null,
                null,
                first.request,
                first.response,
                false);
    }

    /** Reads up to the next separator, or to the end of the file. */
    private boolean nextPayload() throws IOException {
        number++;
        length = 0;
        whole = true;
        int matched = 0;
        boolean any = false;
        while (position < end || fill()) {
            any = true;
            byte b = buffer[position++];
            append(b);
            // No octet but the last is the first one again, so a match that fails can only begin anew here.
            matched = b == SEPARATOR_BYTES[matched] ? matched + 1 : b == SEPARATOR_BYTES[0] ? 1 : 0;
            if (matched == SEPARATOR_BYTES.length) {
                length -= whole ? matched : 0;
                return true;
            }
        }
        return any && !isBlank();
    }

    private boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (payload[i] > ' ' || payload[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private boolean fill() throws IOException {
        int n = in.read(buffer, 0, buffer.length);
        position = 0;
        end = Math.max(0, n);
        return n > 0;
    }

    private void append(byte b) {
        if (length == Recordings.LONGEST_ENTRY) {
            whole = false;
        }
        if (!whole) {
            return;
        }
        if (length == payload.length) {
            payload = Arrays.copyOf(payload, Math.min(Recordings.LONGEST_ENTRY, length * 2));
        }
        payload[length++] = b;
    }

    private void take() {
        try {
            String line = new String(payload, 0, Math.min(length, LONGEST_HEADER), StandardCharsets.ISO_8859_1);
            Matcher header = HEADER.matcher(line);
            if (!header.lookingAt()) {
                throw new BadEntry("no payload header (expected: 1, 2 or 3, an id and a time in nanoseconds)");
            }
            if (!whole) {
                throw new BadEntry("more than " + Recordings.LONGEST_ENTRY + " bytes (expected: less); it is left out");
            }
            long nanos = Long.parseLong(header.group(3));
            switch (header.group(1)) {
                case "1" -> request(header.group(2), nanos, header.end());
                case "2" -> response(header.group(2), nanos, latency(header.group(4)), header.end());
                default -> {}
            }
        } catch (BadHead e) {
            problems.found(place(), e.getMessage());
        } catch (BadEntry e) {
            problems.found(place(), e.getMessage());
        } catch (NumberFormatException e) {
            problems.found(place(), "payload header: a time beyond reason (expected: nanoseconds since 1970)");
        }
    }

    private static long latency(@Nullable String text) {
        return text == null ? 0 : Math.max(0, Long.parseLong(text));
    }

    private void request(String id, long nanos, int from) throws BadHead, BadEntry {
        byte[] head = Arrays.copyOfRange(payload, from, length);
        RequestHead read = parser.request(head, headLength(head));
        RecordedBody body = body(head, read.length(), Framing.of(read), read);
        if (!body.isComplete() && body.known()) {
            throw new BadEntry(
                    "request: " + body.bytes().length + " bytes of its body (expected: " + body.size() + ")");
        }
        String target =
                new String(head, read.pathStart(), read.targetEnd() - read.pathStart(), StandardCharsets.ISO_8859_1);
        RecordedRequest request = new RecordedRequest(
                read.method(),
                RequestLine.target("request", target.startsWith("/") || target.equals("*") ? target : "/" + target),
                fields(read),
                body);
        Waiting next = new Waiting(place(), nanos, request, length);
        Waiting before = waiting.put(id, next);
        if (before != null) {
            waitingBytes -= before.bytes;
            problems.found(before.place, "its id is that of a later request too, before an answer (expected: its own)");
        }
        waitingBytes += next.bytes;
    }

    private void response(String id, long nanos, long latency, int from) throws BadHead, BadEntry {
        Waiting asked = waiting.get(id);
        if (asked == null || asked.response != null) {
            throw new BadEntry("an answer without its request among the " + MOST_WAITING + " before (expected: one)");
        }
        byte[] head = Arrays.copyOfRange(payload, from, length);
        int at = 0;
        ResponseHead read = parser.response(head, headLength(head));
        while (read.isInterim() && read.status() != 101 && at + read.length() < head.length) {
            head = Arrays.copyOfRange(head, read.length(), head.length);
            read = parser.response(head, headLength(head));
        }
        RecordedBody body = body(head, read.length(), Framing.of(read, asked.request.method()), read);
        asked.response = new RecordedResponse(read.status(), fields(read), body);
        asked.durationNanos = Math.max(0, nanos - asked.startNanos) + latency;
        asked.bytes += length;
        waitingBytes += length;
    }

    private static int headLength(byte[] head) throws BadHead, BadEntry {
        int end = new HeadScanner().scan(head, head.length);
        if (end < 0) {
            throw new BadEntry("head: cut off (expected: an empty line at its end)");
        }
        return end;
    }

    private static List<RecordedField> fields(Head head) {
        List<RecordedField> fields = new ArrayList<>(head.fieldCount());
        for (int i = 0; i < head.fieldCount(); i++) {
            fields.add(new RecordedField(head.name(i), head.value(i)));
        }
        return List.copyOf(fields);
    }

    private RecordedBody body(byte[] message, int from, Framing framing, Head head) throws BadHead {
        byte[] coded;
        long size;
        switch (framing.kind()) {
            case NONE -> {
                return RecordedBody.NONE;
            }
            case CHUNKED -> {
                coded = unchunked(message, from);
                if (coded == null) {
                    return RecordedBody.UNKNOWN;
                }
                size = coded.length;
            }
            case LENGTH -> {
                coded = Arrays.copyOfRange(message, from, (int) Math.min(message.length, from + framing.length()));
                size = framing.length();
            }
            default -> {
                coded = Arrays.copyOfRange(message, from, message.length);
                size = coded.length;
            }
        }
        String coding = RecordedResponse.value(fields(head), "Content-Encoding");
        if (coding == null || size != coded.length) {
            return new RecordedBody(coded, size, true);
        }
        boolean gzip = coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip");
        byte[] plain = gzip ? gunzipped(coded) : null;
        return RecordedBody.of(plain == null ? coded : plain);
    }

    /** Null where it is cut off. */
    private byte @Nullable [] unchunked(byte[] message, int from) throws BadHead {
        ByteArrayOutputStream body = new ByteArrayOutputStream(message.length - from);
        ChunkParser chunks = new ChunkParser(parser, MOST_TRAILERS);
        int at = from;
        while (at < message.length) {
            switch (chunks.feed(message[at++])) {
                case END -> {
                    return body.toByteArray();
                }
                case DATA -> {
                    int n = (int) Math.min(chunks.remaining(), message.length - at);
                    body.write(message, at, n);
                    at += n;
                    chunks.skip(n);
                }
                case FEED -> {}
            }
        }
        return null;
    }

    /** Null where it is no gzip, or too long. */
    private static byte @Nullable [] gunzipped(byte[] coded) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(coded))) {
            byte[] plain = in.readNBytes(Recordings.LONGEST_ENTRY);
            return in.read() < 0 ? plain : null;
        } catch (IOException e) {
            return null;
        }
    }
}
