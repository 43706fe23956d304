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
        int at = 0;
        for (int digit = 0; digit < 32; digit++) {
            if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
                text[at++] = '-';
            }
            long half = digit < 16 ? high : low;
            text[at++] = HEX[(int) (half >>> (60 - (digit & 15) * 4)) & 15];
        }
        return new String(text, 0);
    }
}
