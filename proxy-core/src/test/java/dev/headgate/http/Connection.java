package dev.headgate.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.headgate.http.BadHead.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the bytes of a connection with this package's parts in the order in which a decoder uses them. */
final class Connection {
    /**
     * @param midHead whether the bytes end within a head
     * @param largestChunk of all sizes read
     */
    record Result(List<Message> messages, @Nullable Fault fault, boolean midHead, long largestChunk) {}

    private enum State {
        HEAD,
        LENGTH,
        CHUNK_FRAMING,
        CHUNK_DATA
    }

    static final int MAX_FIELDS = 20;
    static final int MAX_TRAILERS = 1024;

    private final byte[] all;
    private final HeadParser parser = new HeadParser(MAX_FIELDS);
    private final HeadScanner scanner = new HeadScanner();
    private final List<Message> messages = new ArrayList<>();
    private State state = State.HEAD;
    private byte[] rest;
    private int at;
    private @Nullable RequestHead head;
    private ChunkParser chunks;
    private StringBuilder body = new StringBuilder();
    private long left;
    private long largestChunk;

    private Connection(byte[] all) {
        this.all = all;
        this.rest = all;
        this.chunks = new ChunkParser(parser, MAX_TRAILERS);
    }

    /**
     * @param cuts in ascending order: how many bytes have arrived at each read before the last
     */
    static Result read(byte[] all, int... cuts) {
        Connection connection = new Connection(all);
        Fault fault = null;
        try {
            for (int cut : cuts) {
                connection.readTo(cut);
            }
            connection.readTo(all.length);
        } catch (BadHead e) {
            fault = e.fault();
        }
        boolean midHead = connection.state == State.HEAD;
        if (connection.head != null) {
            connection.add(false);
        }
        return new Result(connection.messages, fault, midHead, connection.largestChunk);
    }

    private void readTo(int to) throws BadHead {
        while (at < to) {
            switch (state) {
                case HEAD -> {
                    int length = scanner.scan(rest, to - at);
                    if (length < 0) {
                        return;
                    }
                    scanner.reset();
                    if (length > 2) {
                        begin(parser.request(rest, length));
                    }
                    at += length;
                    if (state == State.HEAD) {
                        rest = Arrays.copyOfRange(all, at, all.length);
                    }
                }
                case LENGTH -> {
                    take((int) Math.min(left, to - at));
                    if (left == 0) {
                        finish();
                    }
                }
                case CHUNK_FRAMING -> {
                    switch (chunks.feed(all[at++])) {
                        case FEED -> {}
                        case DATA -> {
                            state = State.CHUNK_DATA;
                            largestChunk = Math.max(largestChunk, chunks.remaining());
                        }
                        case END -> finish();
                    }
                }
                case CHUNK_DATA -> {
                    int n = (int) Math.min(chunks.remaining(), to - at);
                    take(n);
                    if (chunks.skip(n) == ChunkParser.Next.FEED) {
                        state = State.CHUNK_FRAMING;
                    }
                }
            }
        }
    }

    private void begin(RequestHead next) throws BadHead {
        HeadInvariants.check(next);
        Framing framing = Framing.of(next);
        head = next;
        body = new StringBuilder();
        left = framing.length();
        switch (framing.kind()) {
            case NONE -> add(true);
            case LENGTH -> state = State.LENGTH;
            case CHUNKED -> {
                state = State.CHUNK_FRAMING;
                chunks = new ChunkParser(parser, MAX_TRAILERS);
            }
            case UNTIL_CLOSE -> throw new AssertionError("a request cannot end with the connection");
        }
    }

    private void take(int n) {
        body.append(new String(all, at, n, ISO_8859_1));
        at += n;
        left -= n;
    }

    private void finish() {
        add(true);
        state = State.HEAD;
        rest = Arrays.copyOfRange(all, at, all.length);
    }

    private void add(boolean complete) {
        RequestHead h = head;
        if (h == null) {
            throw new AssertionError("no head");
        }
        Trailers trailers = complete && state == State.CHUNK_FRAMING ? chunks.trailers() : null;
        messages.add(new Message(
                h.method(),
                new String(h.bytes(), h.targetStart(), h.targetEnd() - h.targetStart(), ISO_8859_1),
                h.minorVersion(),
                fields(h),
                body.toString(),
                trailers == null ? List.of() : fields(trailers),
                complete));
        head = null;
    }

    private static List<String> fields(Head head) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            fields.add(head.name(i) + ": " + head.value(i));
        }
        return fields;
    }
}
