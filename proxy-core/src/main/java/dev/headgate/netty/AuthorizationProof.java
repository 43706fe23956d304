package dev.headgate.netty;

import dev.headgate.http.FieldName;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.Octets;
import dev.headgate.session.Credential;
import dev.headgate.session.KeyedHash;

/**
 * Reads the Authorization fields out of a head that is about to be written, without any use of the index by which it
 * was put together: what it hashes is what the upstream will read.
 */
final class AuthorizationProof {
    private AuthorizationProof() {}

    /** The combined hash as in {@link Credential#fieldHash()}; 0 where the head has no such field. */
    static long fieldHash(HeadWriter head, KeyedHash hash) {
        byte[] bytes = head.bytes();
        int length = head.length();
        long combined = 0;
        int line = 0;
        while (line < length) {
            int end = line;
            while (end < length && bytes[end] != '\n') {
                end++;
            }
            if (line > 0 && (bytes[line] | 0x20) == 'a') {
                int colon = line;
                while (colon < end && bytes[colon] != ':') {
                    colon++;
                }
                if (FieldName.AUTHORIZATION.matches(bytes, line, colon)) {
                    int from = colon + 1;
                    int to = end - 1;
                    while (from < to && Octets.isBlank(bytes[from])) {
                        from++;
                    }
                    while (to > from && Octets.isBlank(bytes[to - 1])) {
                        to--;
                    }
                    combined = Credential.combine(combined, hash.hash(bytes, from, to));
                }
            }
            line = end + 1;
        }
        return combined;
    }
}
