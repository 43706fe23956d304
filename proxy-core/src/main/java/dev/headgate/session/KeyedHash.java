package dev.headgate.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash-2-4 with a secret key (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) in its 128-bit form:
 * who does not know the key can neither find two inputs with one hash nor tell an input from its hash. Immutable, so
 * thread-safe.
 */
public final class KeyedHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long k0;
    private final long k1;

    public KeyedHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** With a key that lives as long as this object. */
    public static KeyedHash random() {
        SecureRandom random = new SecureRandom();
        return new KeyedHash(random.nextLong(), random.nextLong());
    }

    /** The 128-bit hash of {@code bytes[from..to)}. */
    public TokenFingerprint fingerprint(byte[] bytes, int from, int to) {
        State s = new State(k0, k1);
        s.absorb(bytes, from, to);
        s.v2 ^= 0xee;
        long low = s.finish();
        s.v1 ^= 0xdd;
        return new TokenFingerprint(low, s.finish());
    }

    private static final class State {
        long v0;
        long v1;
        long v2;
        long v3;

        State(long k0, long k1) {
            v0 = k0 ^ 0x736f6d6570736575L;
            v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee;
            v2 = k0 ^ 0x6c7967656e657261L;
            v3 = k1 ^ 0x7465646279746573L;
        }

        void absorb(byte[] bytes, int from, int to) {
            int i = from;
            for (; i + 8 <= to; i += 8) {
                block((long) LONG.get(bytes, i));
            }
            long last = (long) (to - from) << 56;
            for (int shift = 0; i < to; i++, shift += 8) {
                last |= (bytes[i] & 0xffL) << shift;
            }
            block(last);
        }

        private void block(long m) {
            v3 ^= m;
            round();
            round();
            v0 ^= m;
        }

        long finish() {
            round();
            round();
            round();
            round();
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
