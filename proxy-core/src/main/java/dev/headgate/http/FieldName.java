package dev.headgate.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A field name, prepared for comparison without regard to case (RFC 9110 section 5.1). Immutable. */
public final class FieldName {
    public static final FieldName AUTHORIZATION = of("authorization");
    public static final FieldName CLOSE = of("close");
    public static final FieldName CONNECTION = of("connection");
    public static final FieldName CONTENT_ENCODING = of("content-encoding");
    public static final FieldName CONTENT_LENGTH = of("content-length");
    public static final FieldName CONTENT_TYPE = of("content-type");
    public static final FieldName EXPECT = of("expect");
    public static final FieldName HOST = of("host");
    public static final FieldName KEEP_ALIVE = of("keep-alive");
    public static final FieldName PROXY_AUTHORIZATION = of("proxy-authorization");
    public static final FieldName PROXY_CONNECTION = of("proxy-connection");
    public static final FieldName TE = of("te");
    public static final FieldName TRANSFER_ENCODING = of("transfer-encoding");
    public static final FieldName UPGRADE = of("upgrade");

    private final String name;
    private final byte[] lower;
    /** As most people write it: each word with a capital. */
    private final byte[] capitalized;

    private final int hash;

    private FieldName(String name) {
        this.name = name;
        this.lower = name.getBytes(StandardCharsets.US_ASCII);
        int h = 0;
        for (int i = 0; i < lower.length; i++) {
            if (!Octets.isToken(lower[i])) {
                throw new IllegalArgumentException(
                        "field name: " + name + " (expected: a token, RFC 9110 section 5.6.2)");
            }
            h = hash(h, lower[i]);
            lower[i] = Octets.lower(lower[i]);
        }
        this.hash = h;
        this.capitalized = lower.clone();
        for (int i = 0; i < lower.length; i++) {
            boolean begins = i == 0 || lower[i - 1] == '-';
            if (begins && lower[i] >= 'a' && lower[i] <= 'z') {
                capitalized[i] -= 'a' - 'A';
            }
        }
    }

    /**
     * @throws IllegalArgumentException if the name is empty or no token
     */
    public static FieldName of(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("field name: empty (expected: a token, RFC 9110 section 5.6.2)");
        }
        return new FieldName(name);
    }

    /** One step of the hash that a head's index keeps for each of its names; letters hash alike in both cases. */
    static int hash(int hash, byte b) {
        return hash * 31 + (b | 0x20);
    }

    int hash() {
        return hash;
    }

    /** One of 64, by the hash: a set of names in a word, in which another name may seem to be but none is missed. */
    long bit() {
        return bit(hash);
    }

    static long bit(int hash) {
        return 1L << hash;
    }

    int length() {
        return lower.length;
    }

    /** Whether {@code bytes[from..to)} is this name in any case. */
    public boolean matches(byte[] bytes, int from, int to) {
        if (to - from != lower.length) {
            return false;
        }
        if (Arrays.equals(bytes, from, to, capitalized, 0, lower.length)
                || Arrays.equals(bytes, from, to, lower, 0, lower.length)) {
            return true;
        }
        for (int i = 0; i < lower.length; i++) {
            if (Octets.lower(bytes[from + i]) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    public boolean matches(String other) {
        return name.equalsIgnoreCase(other);
    }

    /**
     * Whether {@code bytes[from..to)} reads as this name once {@code _} and {@code .} are taken for {@code -}, as CGI
     * and its descendants do, without being this name.
     */
    public boolean isAliasedBy(byte[] bytes, int from, int to) {
        if (to - from != lower.length) {
            return false;
        }
        boolean other = false;
        for (int i = 0; i < lower.length; i++) {
            byte b = Octets.lower(bytes[from + i]);
            if (b == lower[i]) {
                continue;
            }
            if (lower[i] != '-' || (b != '_' && b != '.')) {
                return false;
            }
            other = true;
        }
        return other;
    }

    /** The name as it was given. */
    @Override
    public String toString() {
        return name;
    }
}
