package dev.headgate.netty;

import dev.headgate.http.FieldName;
import dev.headgate.http.Framing;
import dev.headgate.http.ResponseHead;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
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
        try (GZIPInputStream in = new ShallowGzip(bytes, bytes.length)) {
            byte[] plain = in.readNBytes(limit + 1);
            return plain.length > limit ? null : plain;
        } catch (IOException e) {
            return null;
        }
    }
}
