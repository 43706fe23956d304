package dev.headgate.profile;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Whether a JSON text is UTF-8 (RFC 8259 section 8.1). */
final class Utf8 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    static void check(byte[] text, int length) throws Unreadable {
        // A parser that guesses encodings goes by the first octets, and would read UTF-16 where the next server does
        // not.
        for (int i = 0; i < 4 && i < length; i++) {
            if (text[i] == 0) {
                throw new Unreadable("body: a NUL (expected: JSON in UTF-8, RFC 8259 section 8.1)");
            }
        }
        int i = 0;
        while (i + 8 <= length && ((long) LONG.get(text, i) & HIGH_BITS) == 0) {
            i += 8;
        }
        while (i < length && text[i] >= 0) {
            i++;
        }
        if (i == length) {
            return;
        }
        if (length >= 3 && text[0] == (byte) 0xef && text[1] == (byte) 0xbb && text[2] == (byte) 0xbf) {
            throw new Unreadable("body: a byte order mark (expected: JSON in UTF-8, RFC 8259 section 8.1)");
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text, i, length - i));
        } catch (CharacterCodingException e) {
            throw new Unreadable("body: no UTF-8 (expected: JSON in UTF-8, RFC 8259 section 8.1)");
        }
    }
}
