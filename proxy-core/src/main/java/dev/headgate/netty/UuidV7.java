package dev.headgate.netty;

import java.util.concurrent.ThreadLocalRandom;

/** UUIDs of version 7 (RFC 9562 section 5.7), lower case: sortable by time. They identify; they are no secret. */
final class UuidV7 {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private UuidV7() {}

    /**
     * @param millis since the epoch
     */
    @SuppressWarnings("deprecation") // String(byte[], int) makes Latin-1 text without a decoder
    static String next(long millis) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = millis << 16 | 0x7000 | random.nextInt() & 0x0fff;
        long low = random.nextLong() >>> 2 | 1L << 63;
        byte[] text = new byte[36];
        write(high >>> 32, text, 0, 8);
        text[8] = '-';
        write(high >>> 16, text, 9, 13);
        text[13] = '-';
        write(high, text, 14, 18);
        text[18] = '-';
        write(low >>> 48, text, 19, 23);
        text[23] = '-';
        write(low, text, 24, 36);
        return new String(text, 0);
    }

    /** Writes the last digits of a number to {@code text[from..to)}. */
    private static void write(long number, byte[] text, int from, int to) {
        long left = number;
        for (int at = to - 1; at >= from; at--) {
            text[at] = HEX[(int) left & 15];
            left >>>= 4;
        }
    }
}
