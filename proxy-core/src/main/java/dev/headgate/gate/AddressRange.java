package dev.headgate.gate;

/**
 * Addresses that begin with the same bits (RFC 4632 section 3.1, RFC 4291 section 2.3). Immutable.
 *
 * @param first the one whose other bits are zero
 * @param bits how many are the same, 0 to 128; for IPv4 addresses 96 to 128
 */
public record AddressRange(IpAddress first, int bits) {
    private static final int IPV4_STARTS = 96;

    public AddressRange {
        if (bits < (first.isIpv4() ? IPV4_STARTS : 0) || bits > 128 || !isZeroAfter(first, bits)) {
            throw new IllegalArgumentException(
                    "range: " + first + " with " + bits + " bits (expected: an address whose other bits are zero)");
        }
    }

    /**
     * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address.
     *
     * @throws IllegalArgumentException if it is none of them, or has bits behind the prefix
     */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        IpAddress first = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (first == null || slash >= 0 && !text.substring(slash + 1).matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException(
                    "range: " + text + " (expected: an address or a network, such as 10.0.0.0/8 or ::1/128)");
        }
        boolean ipv4 = first.isIpv4() && text.indexOf(':') < 0;
        int length = slash < 0 ? 128 : Integer.parseInt(text.substring(slash + 1)) + (ipv4 ? IPV4_STARTS : 0);
        return new AddressRange(first, length);
    }

    private static boolean isZeroAfter(IpAddress address, int bits) {
        return (address.high() & ~mask(bits)) == 0 && (address.low() & ~mask(bits - 64)) == 0;
    }

    /** The first so many of 64 bits. */
    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << 64 - bits;
    }

    /** An IPv4 address is in none that is written as IPv6, {@code ::/0} too. */
    public boolean contains(IpAddress address) {
        return address.isIpv4() == first.isIpv4()
                && ((address.high() ^ first.high()) & mask(bits)) == 0
                && ((address.low() ^ first.low()) & mask(bits - 64)) == 0;
    }
}
