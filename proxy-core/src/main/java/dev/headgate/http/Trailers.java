package dev.headgate.http;

/** The trailer section of a chunked message (RFC 9112 section 7.1.2). Immutable. */
public final class Trailers extends Head {
    Trailers(byte[] bytes, int length, int[] index, int count) {
        super(bytes, length, index, count);
    }
}
