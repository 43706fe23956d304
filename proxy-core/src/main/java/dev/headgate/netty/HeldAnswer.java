package dev.headgate.netty;

import dev.headgate.http.FieldName;
import dev.headgate.http.Framing;
import dev.headgate.http.ResponseHead;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * An answer that waits until its body is complete, because the edge has to read it before the client gets its head.
 * Confined to its exchange's event loop.
 */
final class HeldAnswer {
    private final ResponseHead head;
    private final Framing framing;
    private final int limit;
    private final HeldContent content = new HeldContent();

    /**
     * @param limit the most bytes of its body that are held
     */
    HeldAnswer(ResponseHead head, Framing framing, int limit) {
        this.head = head;
        this.framing = framing;
        this.limit = limit;
    }

    /** The JDK reads each empty member (RFC 1952 section 2.2) deeper in the stack, and they are 20 octets each. */
    private static final class ShallowGzip extends GZIPInputStream {
        private static final int DEEPEST = 16;

        private int depth;

        ShallowGzip(byte[] bytes) throws IOException {
            super(new ByteArrayInputStream(bytes));
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

    ResponseHead head() {
        return head;
    }

    Framing framing() {
        return framing;
    }

    /** What has come of its body; the holder hands it on or releases it. */
    HeldContent content() {
        return content;
    }

    /** Whether more is held than the limit allows, which the piece that came last may have brought about. */
    boolean isTooLong() {
        return content.size() > limit;
    }

    /** The body without its content coding; null where it has one that is not gzip, or is too long without it. */
    byte @Nullable [] body() {
        int coding = head.find(FieldName.CONTENT_ENCODING);
        byte[] bytes = content.bytes();
        if (coding < 0 || head.valueIs(coding, "identity")) {
            return bytes;
        }
        if (!head.valueIs(coding, "gzip") || head.find(FieldName.CONTENT_ENCODING, coding + 1) >= 0) {
            return null;
        }
        try (GZIPInputStream in = new ShallowGzip(bytes)) {
            byte[] plain = in.readNBytes(limit + 1);
            return plain.length > limit ? null : plain;
        } catch (IOException e) {
            return null;
        }
    }
}
