package dev.headgate.session;

import java.util.HexFormat;

/** A token's keyed hash, which stands for it wherever it is kept or shown. */
public record TokenFingerprint(long low, long high) {
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
