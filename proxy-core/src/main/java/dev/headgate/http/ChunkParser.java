package dev.headgate.http;

import dev.headgate.http.BadHead.Fault;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Follows the chunked transfer coding (RFC 9112 section 7.1), strictly: CRLF only, no blank before or after a chunk
 * size, extensions by their grammar, short and then ignored. Feed it the octets of sizes, extensions and trailers one
 * by one; chunk data itself is only counted. Not thread-safe.
 */
public final class ChunkParser {
    /** What the octets fed so far amount to. */
    public enum Next {
        /** Another octet is needed. */
        FEED,
        /** {@link #remaining()} octets of chunk data come next. */
        DATA,
        /** The body is complete. */
        END
    }

    private enum State {
        SIZE,
        EXTENSION_START,
        EXTENSION_NAME,
        EXTENSION_VALUE_START,
        EXTENSION_VALUE,
        QUOTED,
        QUOTED_PAIR,
        QUOTED_END,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        END
    }

    /** 15 hexadecimal digits: no body is longer, and none overflows a long. */
    private static final int LONGEST_SIZE = 15;

    private static final int LONGEST_EXTENSION = 256;

    private final HeadParser parser;
    private final int maxTrailers;
    private State state = State.SIZE;
    private long remaining;
    private int digits;
    private int extension;
    private byte[] trailerBytes = {};
    private int trailerLength;
    private @Nullable HeadScanner scanner;
    private @Nullable Trailers trailers;

    /**
     * @param maxTrailers the most bytes that a trailer section may have
     */
    public ChunkParser(HeadParser parser, int maxTrailers) {
        this.parser = parser;
        this.maxTrailers = maxTrailers;
    }

    /** Octets of the current chunk's data that have not been {@link #skip skipped} yet. */
    public long remaining() {
        return remaining;
    }

    /** Notes that {@code n} octets of chunk data, at most {@link #remaining()}, have passed. */
    public Next skip(long n) {
        if (state != State.DATA) {
            throw new IllegalStateException("skip in state " + state);
        }
        if (n < 0 || n > remaining) {
            throw new IllegalArgumentException("skip: " + n + " (expected: 0 to " + remaining + ")");
        }
        remaining -= n;
        if (remaining == 0) {
            state = State.DATA_CR;
            return Next.FEED;
        }
        return Next.DATA;
    }

    /** The trailer section, null where it is empty; known once the body is complete. */
    public @Nullable Trailers trailers() {
        return trailers;
    }

    public Next feed(byte b) throws BadHead {
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION_START,
                    EXTENSION_NAME,
                    EXTENSION_VALUE_START,
                    EXTENSION_VALUE,
                    QUOTED,
                    QUOTED_PAIR,
                    QUOTED_END -> extension(b);
            case SIZE_LF -> {
                expect(b, '\n');
                extension = 0;
                state = digitsSeen() ? State.DATA : State.TRAILERS;
                digits = 0;
                return state == State.DATA ? Next.DATA : Next.FEED;
            }
            case DATA_CR -> {
                expect(b, '\r');
                state = State.DATA_LF;
            }
            case DATA_LF -> {
                expect(b, '\n');
                state = State.SIZE;
            }
            case TRAILERS -> {
                return trailer(b);
            }
            case DATA, END -> throw new IllegalStateException("feed in state " + state);
        }
        return Next.FEED;
    }

    private boolean digitsSeen() {
        return remaining > 0;
    }

    private void size(byte b) throws BadHead {
        int digit = Octets.hex(b);
        if (digit >= 0) {
            if (++digits > LONGEST_SIZE) {
                throw bad("chunk size: more than " + LONGEST_SIZE + " digits");
            }
            remaining = remaining << 4 | digit;
            return;
        }
        if (digits == 0) {
            throw bad("chunk size: no hexadecimal digit");
        }
        if (b == '\r') {
            state = State.SIZE_LF;
        } else if (b == ';') {
            state = State.EXTENSION_START;
        } else {
            throw bad("chunk size: an octet that is no hexadecimal digit");
        }
    }

    /**
     * chunk-ext = *( ";" chunk-ext-name [ "=" chunk-ext-val ] ). The grammar's "bad whitespace" around these is for
     * senders of old; none that matters writes it, and parsers have disagreed over it.
     */
    private void extension(byte b) throws BadHead {
        if (++extension > LONGEST_EXTENSION) {
            throw bad("chunk extension: longer than " + LONGEST_EXTENSION + " octets");
        }
        switch (state) {
            case EXTENSION_START -> {
                token(b);
                state = State.EXTENSION_NAME;
            }
            case EXTENSION_NAME -> {
                if (b == '=') {
                    state = State.EXTENSION_VALUE_START;
                } else if (!endsExtension(b)) {
                    token(b);
                }
            }
            case EXTENSION_VALUE_START -> {
                if (b == '"') {
                    state = State.QUOTED;
                } else {
                    token(b);
                    state = State.EXTENSION_VALUE;
                }
            }
            case EXTENSION_VALUE -> {
                if (!endsExtension(b)) {
                    token(b);
                }
            }
            case QUOTED -> {
                if (b == '"') {
                    state = State.QUOTED_END;
                } else if (b == '\\') {
                    state = State.QUOTED_PAIR;
                } else if (!Octets.isField(b)) {
                    throw bad("chunk extension: control octet in a quoted string");
                }
            }
            case QUOTED_PAIR -> {
                if (!Octets.isField(b)) {
                    throw bad("chunk extension: control octet in a quoted string");
                }
                state = State.QUOTED;
            }
            case QUOTED_END -> {
                if (!endsExtension(b)) {
                    throw bad("chunk extension: an octet after the quoted string");
                }
            }
            default -> throw new IllegalStateException("extension in state " + state);
        }
    }

    private boolean endsExtension(byte b) {
        if (b == '\r') {
            state = State.SIZE_LF;
            return true;
        }
        if (b == ';') {
            state = State.EXTENSION_START;
            return true;
        }
        return false;
    }

    private Next trailer(byte b) throws BadHead {
        if (trailerLength == maxTrailers) {
            throw new BadHead(Fault.TRAILER, "trailers: more than " + maxTrailers + " bytes");
        }
        if (trailerLength == trailerBytes.length) {
            trailerBytes = Arrays.copyOf(trailerBytes, Math.max(64, trailerLength * 2));
        }
        trailerBytes[trailerLength++] = b;
        HeadScanner s = scanner;
        if (s == null) {
            s = new HeadScanner();
            scanner = s;
        }
        int length;
        try {
            length = s.scan(trailerBytes, trailerLength);
            if (length > 2) {
                trailers = parser.trailers(trailerBytes, length);
            }
        } catch (BadHead e) {
            throw bad("trailer: " + e.getMessage());
        }
        if (length < 0) {
            return Next.FEED;
        }
        state = State.END;
        return Next.END;
    }

    private static void token(byte b) throws BadHead {
        if (!Octets.isToken(b)) {
            throw bad("chunk extension: an octet that is no token");
        }
    }

    private static void expect(byte b, char expected) throws BadHead {
        if (b != expected) {
            throw bad("chunk: no CRLF where one must be");
        }
    }

    private static BadHead bad(String what) {
        return new BadHead(Fault.FRAMING, "framing: " + what + " (RFC 9112 section 7.1)");
    }
}
