package dev.headgate.gate;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An IP address. An IPv4 address is held as the IPv6 address that stands for it (RFC 4291 section 2.5.5.2), so that the
 * two spellings are one. Immutable.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record IpAddress(long high, long low) {
    private static final long MAPPED = 0xFFFF;
    private static final int GROUPS = 8;
    private static final int LONGEST_ZEROS_SHOWN = 1;

    /** Of the four or sixteen octets of an address, in network order. */
    public static IpAddress of(byte[] octets) {
        if (octets.length == 4) {
            return ofIpv4(number(octets, 0, 4));
        }
        if (octets.length != 16) {
            throw new IllegalArgumentException("address: " + octets.length + " octets (expected: 4 or 16)");
        }
        return new IpAddress(number(octets, 0, 8), number(octets, 8, 16));
    }

    private static IpAddress ofIpv4(long bits) {
        return new IpAddress(0, MAPPED << 32 | bits);
    }

    private static long number(byte[] octets, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number << 8 | octets[i] & 0xFF;
        }
        return number;
    }

    /** As {@link #parse(byte[], int, int)}. */
    public static @Nullable IpAddress parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return parse(bytes, 0, bytes.length);
    }

    /** Reads {@code 192.0.2.1} or {@code 2001:db8::1}, without brackets, port and zone; null where it is neither. */
    static @Nullable IpAddress parse(byte[] text, int from, int to) {
        for (int i = from; i < to && i < from + 5; i++) {
            if (text[i] == ':') {
                return ipv6(text, from, to);
            }
        }
        long bits = ipv4(text, from, to);
        return bits < 0 ? null : ofIpv4(bits);
    }

    /** Four decimal numbers without leading zeros, which some read as octal; -1 where they are none. */
    private static long ipv4(byte[] text, int from, int to) {
        long bits = 0;
        int i = from;
        for (int part = 0; part < 4; part++) {
            int start = i;
            int number = 0;
            while (i < to && i - start < 3 && text[i] >= '0' && text[i] <= '9') {
                number = number * 10 + text[i++] - '0';
            }
            int digits = i - start;
            boolean ends = part == 3 ? i == to : i < to && text[i] == '.';
            if (digits == 0 || digits > 1 && text[start] == '0' || number > 255 || !ends) {
                return -1;
            }
            i++;
            bits = bits << 8 | number;
        }
        return bits;
    }

    /** RFC 4291 section 2.2. */
    private static @Nullable IpAddress ipv6(byte[] text, int from, int to) {
        int[] groups = new int[GROUPS];
        int count = 0;
        int gap = -1;
        int i = from;
        if (text[i] == ':') {
            if (to - from < 2 || text[i + 1] != ':') {
                return null;
            }
            gap = 0;
            i += 2;
        }
        while (i < to) {
            int start = i;
            int group = 0;
            while (i < to && i - start < 4 && Character.digit(text[i], 16) >= 0) {
                group = group << 4 | Character.digit(text[i++], 16);
            }
            if (i < to && text[i] == '.') {
                long bits = ipv4(text, start, to);
                if (bits < 0 || count > GROUPS - 2) {
                    return null;
                }
                groups[count++] = (int) (bits >>> 16);
                groups[count++] = (int) (bits & 0xFFFF);
                break;
            }
            if (i == start || count == GROUPS) {
                return null;
            }
            groups[count++] = group;
            if (i == to) {
                break;
            }
            if (text[i++] != ':' || i == to) {
                return null;
            }
            if (text[i] == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = count;
                i++;
            }
        }
        return gap < 0 && count < GROUPS || gap >= 0 && count == GROUPS ? null : spread(groups, count, gap);
    }

    private static IpAddress spread(int[] groups, int count, int gap) {
        long[] halves = new long[2];
        for (int i = 0; i < count; i++) {
            int place = gap >= 0 && i >= gap ? GROUPS - count + i : i;
            halves[place / 4] |= (long) groups[i] << 48 - 16 * (place % 4);
        }
        return new IpAddress(halves[0], halves[1]);
    }

    public boolean isIpv4() {
        return high == 0 && low >>> 32 == MAPPED;
    }

    /**
     * What limits go by: an IPv4 address, or the first 64 bits of an IPv6 address, because whoever has one address of
     * such a network usually has them all (RFC 6177).
     */
    public long network() {
        return isIpv4() ? low & 0xFFFF_FFFFL : high;
    }

    /** In the form of RFC 5952; an IPv4 address in its own. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(39);
        if (isIpv4()) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                text.append(low >>> shift & 0xFF).append(shift == 0 ? "" : ".");
            }
            return text.toString();
        }
        int gap = -1;
        int longest = LONGEST_ZEROS_SHOWN;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && group(end) == 0) {
                end++;
            }
            if (end - i > longest) {
                gap = i;
                longest = end - i;
            }
        }
        for (int i = 0; i < GROUPS; i++) {
            if (i == gap) {
                text.append("::");
                i += longest - 1;
                continue;
            }
            if (i > 0 && i != gap + longest) {
                text.append(':');
            }
            text.append(Integer.toHexString(group(i)));
        }
        return text.toString();
    }

    private int group(int i) {
        return (int) ((i < 4 ? high : low) >>> 48 - 16 * (i % 4)) & 0xFFFF;
    }
}
