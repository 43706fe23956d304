package dev.headgate.netty;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Undoes gzip (RFC 1952). The JDK reads each empty member (section 2.2) deeper in the stack, and they are 20 octets each;
 * this one refuses more than 16 of them in a row.
 */
public final class ShallowGzip extends GZIPInputStream {
    private static final int DEEPEST = 16;

    private int depth;

    public ShallowGzip(byte[] bytes, int length) throws IOException {
        super(new ByteArrayInputStream(bytes, 0, length));
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        if (depth == DEEPEST) {
            throw new ZipException("more than " + DEEPEST + " empty members");
        }
        depth++;
        try {
            return super.read(to, from, length);
        } finally {
            depth--;
        }
    }
}
