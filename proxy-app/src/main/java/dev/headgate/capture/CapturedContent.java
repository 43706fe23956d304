package dev.headgate.capture;

import dev.headgate.netty.CapturedBody;
import dev.headgate.netty.ShallowGzip;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One body as it is written: without its content coding where that can be undone. For one thread. */
final class CapturedContent {
    /** How it is written. */
    enum Form {
        NONE,
        TEXT,
        BASE64,
        /** Only its size, because what is in it cannot be told. */
        UNREAD
    }

    private static final byte[] NOTHING = {};

    /** What may stand between two words of a text that is cut. */
    private static final String BETWEEN = " \t\r\n\"',;&{}[]<>()";

    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final Redactions found = new Redactions();
    private final JsonMembers members;
    private Form form = Form.NONE;
    private byte[] bytes = NOTHING;
    private int length;
    private long size;
    private boolean cut;
    private boolean undone;

    CapturedContent(Secrets secrets) {
        members = new JsonMembers(secrets);
    }

    /**
     * Takes a body.
     *
     * @param coding the value of Content-Encoding, null where there is none
     * @param limit the most bytes that it may have without its coding
     */
    void read(CapturedBody body, @Nullable String coding, int limit) {
        found.clear();
        members.clear();
        bytes = body.bytes();
        length = body.length();
        size = body.size();
        cut = size > length;
        undone = false;
        if (size == 0) {
            form = Form.NONE;
            return;
        }
        String codings = coding == null ? "identity" : coding.toLowerCase(Locale.ROOT);
        boolean readable = codings.equals("identity") || codings.equals("gzip") && gunzip(limit);
        form = !readable ? Form.UNREAD : isText() ? Form.TEXT : Form.BASE64;
        if (cut && form == Form.BASE64) {
            while (length > 0 && bytes[length - 1] > ' ' && bytes[length - 1] < 0x7f) {
                length--;
            }
        }
        if (cut && form == Form.TEXT) {
            // The last word may be a part of a token, which nobody would know for one.
            while (length > 0 && BETWEEN.indexOf(bytes[length - 1]) < 0) {
                length--;
            }
        }
    }

    /** Whether it begins as a compressed file does (gzip, Zstandard, ZIP), so that nobody can look into it. */
    boolean isCompressed() {
        int first = length < 4
                ? 0
                : (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        return first >>> 16 == 0x1f8b || first == 0x28b52ffd || first == 0x504b0304;
    }

    private boolean gunzip(int limit) {
        byte[] plain = new byte[Math.min(limit, 8 * length + 1024) + 1];
        int n = 0;
        boolean ended = false;
        try (ShallowGzip in = new ShallowGzip(bytes, length)) {
            while (true) {
                int read = in.read(plain, n, plain.length - n);
                if (read < 0) {
                    ended = true;
                    break;
                }
                n += read;
                if (n == plain.length) {
                    if (n > limit) {
                        break;
                    }
                    plain = Arrays.copyOf(plain, Math.min(2 * plain.length, limit + 1));
                }
            }
        } catch (IOException e) {
            if (!cut) {
                return false;
            }
        }
        bytes = plain;
        length = Math.min(n, limit);
        cut = !ended;
        undone = true;
        return true;
    }

    /** Whether it is UTF-8 without control characters. */
    private boolean isText() {
        boolean ascii = true;
        for (int i = 0; i < length; i++) {
            byte c = bytes[i];
            ascii &= c >= 0;
            if (c >= 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t') {
                return false;
            }
        }
        if (ascii) {
            return true;
        }
        int end = cut ? wholeCharacters() : length;
        try {
            utf8.decode(ByteBuffer.wrap(bytes, 0, end));
        } catch (CharacterCodingException e) {
            return false;
        }
        length = end;
        return true;
    }

    /** Up to where no character is cut. */
    private int wholeCharacters() {
        int lead = length - 1;
        while (lead > 0 && lead > length - 4 && (bytes[lead] & 0xc0) == 0x80) {
            lead--;
        }
        int first = bytes[lead] & 0xff;
        int needed = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        return lead + needed > length ? lead : length;
    }

    /** Nothing of it is written but its size. */
    void leaveOut() {
        form = Form.UNREAD;
    }

    Form form() {
        return form;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** As it was sent, in bytes. */
    long size() {
        return size;
    }

    boolean isCut() {
        return cut;
    }

    /** Whether a coding was undone. */
    boolean isUndone() {
        return undone;
    }

    /** What is found by the names in it. */
    Redactions found() {
        return found;
    }

    JsonMembers members() {
        return members;
    }
}
