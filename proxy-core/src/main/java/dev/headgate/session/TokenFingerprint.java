package dev.headgate.session;

import java.util.HexFormat;

/** A token's keyed hash, which stands for it wherever it is kept or shown. */
public record TokenFingerprint(long low, long high) {
    private static final int HALF = 16;

    /**
     * Reads what {@link #toString()} writes, in either case.
     *
     * @throws IllegalArgumentException if it is nothing of the kind; the message does not repeat it, for it may be a token
     */
    public static TokenFingerprint parse(String text) {
        if (text.length() != 2 * HALF || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(
                    "value of " + text.length() + " characters (expected: 32 hexadecimal digits)");
        }
        return new TokenFingerprint(
                HexFormat.fromHexDigitsToLong(text, 0, HALF), HexFormat.fromHexDigitsToLong(text, HALF, 2 * HALF));
    }

    @Override
    public int hashCode() {
        return (int) low;
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(low) + hex.toHexDigits(high);
    }
}
