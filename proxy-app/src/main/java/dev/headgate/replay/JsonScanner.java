package dev.headgate.replay;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Finds where the values of an endless JSON text begin and end, without reading what is in them: so a bad value spoils
 * itself and not those behind it, and an enormous one is passed over and not loaded. Not thread-safe.
 */
final class JsonScanner {
    private static final int BUFFER = 1 << 16;
    private static final int DEEPEST = 512;
    private static final int LONGEST_NAME = 1024;

    private final InputStream in;
    private final KeptOctets kept;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int end;
    private long before;

    /** Where in the buffer the part of the value begins that is to be kept; -1 while nothing is. */
    private int mark = -1;

    /**
     * @param in read in large parts
     * @param most the bytes of a value that are kept
     */
    JsonScanner(InputStream in, int most) {
        this.in = in;
        this.kept = new KeptOctets(most);
    }

    /** How many bytes have been passed. */
    long offset() {
        return before + position;
    }

    /** The next octet that is no whitespace, without passing it; -1 at the end of the text. */
    int peek() throws IOException {
        while (position < end || fill()) {
            byte b = buffer[position];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b & 0xff;
            }
            position++;
        }
        return -1;
    }

    /** Passes the octet that {@link #peek()} has found. */
    void pass() {
        position++;
    }

    /**
     * Passes what stands between two members or elements, or the end of all of them.
     *
     * @param close the bracket that ends them
     * @return whether another one follows
     */
    boolean more(char close) throws IOException {
        int next = peek();
        if (next == ',') {
            pass();
            next = peek();
        }
        if (next == close) {
            pass();
            return false;
        }
        if (next < 0) {
            throw cut();
        }
        return true;
    }

    /** Passes a member's name and its colon. */
    String name() throws IOException {
        expect('"', "a member's name");
        StringBuilder name = new StringBuilder();
        for (int b = octet(); b != '"'; b = octet()) {
            if (name.length() == LONGEST_NAME) {
                throw new IOException("a member's name of more than " + LONGEST_NAME + " octets at byte " + offset());
            }
            name.append((char) b);
            if (b == '\\') {
                name.append((char) octet());
            }
        }
        expect(':', "a colon");
        return name.toString();
    }

    /** Passes the octet. */
    void expect(char octet, String what) throws IOException {
        int next = peek();
        if (next < 0) {
            throw cut();
        }
        if (next != octet) {
            throw new IOException("no well-formed JSON at byte " + offset() + " (expected: " + what + ")");
        }
        pass();
    }

    /** Passes one value. */
    void skip() throws IOException {
        value();
    }

    /** Passes one value and keeps it, unless it is too long. */
    void keep() throws IOException {
        if (peek() < 0) {
            throw cut();
        }
        kept.clear();
        mark = position;
        try {
            value();
            kept.add(buffer, mark, position);
        } finally {
            mark = -1;
        }
    }

    /** The value kept; its first {@link #length()} octets count, until the next is kept. */
    byte[] kept() {
        return kept.octets();
    }

    /** In bytes. */
    int length() {
        return kept.length();
    }

    /** Whether the value was short enough to keep. */
    boolean isWhole() {
        return kept.isWhole();
    }

    /** The value kept, as text. */
    String text() {
        return new String(kept.octets(), 0, kept.length(), StandardCharsets.UTF_8);
    }

    private void value() throws IOException {
        int first = peek();
        switch (first) {
            case -1 -> throw cut();
            case '"' -> {
                pass();
                string();
            }
            case '{', '[' -> container();
            case ',', ':', '}', ']' ->
                throw new IOException("no well-formed JSON at byte " + offset() + " (expected: a value)");
            default -> scalar();
        }
    }

    private void scalar() throws IOException {
        while (position < end || fill()) {
            byte b = buffer[position];
            if (b == ',' || b == '}' || b == ']' || b == ' ' || b == '\n' || b == '\r' || b == '\t') {
                return;
            }
            position++;
        }
    }

    private void container() throws IOException {
        byte[] closing = new byte[DEEPEST];
        int depth = 0;
        do {
            int b = octet();
            switch (b) {
                case '"' -> string();
                case '{', '[' -> {
                    if (depth == DEEPEST) {
                        throw new IOException("nested more than " + DEEPEST + " deep at byte " + offset());
                    }
                    closing[depth++] = (byte) (b + 2); // in ASCII, either bracket and its partner
                }
                case '}', ']' -> {
                    if (closing[--depth] != b) {
                        throw new IOException("no well-formed JSON at byte " + offset() + " (expected: "
                                + (char) closing[depth] + ")");
                    }
                }
                default -> {}
            }
        } while (depth > 0);
    }

    private void string() throws IOException {
        while (true) {
            int i = position;
            while (i < end && buffer[i] != '"' && buffer[i] != '\\') {
                i++;
            }
            position = i;
            if (i == end) {
                if (!fill()) {
                    throw cut();
                }
                continue;
            }
            position++;
            if (buffer[i] == '"') {
                return;
            }
            octet();
        }
    }

    private int octet() throws IOException {
        if (position == end && !fill()) {
            throw cut();
        }
        return buffer[position++] & 0xff;
    }

    private boolean fill() throws IOException {
        if (mark >= 0) {
            kept.add(buffer, mark, end);
            mark = 0;
        }
        before += end;
        position = 0;
        end = 0;
        int n = in.read(buffer, 0, BUFFER);
        end = Math.max(0, n);
        return n > 0;
    }

    private EOFException cut() {
        return new EOFException("cut off at byte " + offset() + ": the file ends before the JSON text does");
    }
}
