package dev.headgate.netty;

import dev.headgate.profile.Learns;
import dev.headgate.profile.Profile;
import dev.headgate.session.Session;
import dev.headgate.session.SessionRecorder;
import dev.headgate.session.SessionRecorder.NothingLearned;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The body of a create request, kept while it passes, to learn from. Confined to its exchange's event loop. */
final class CreateRequest {
    private static final byte[] UNKNOWN = {};

    private final Profile profile;
    private final Learns learns;
    private final int limit;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private boolean tooLong;

    /**
     * @param limit the most bytes that are kept
     */
    CreateRequest(Profile profile, Learns learns, int limit) {
        this.profile = profile;
        this.learns = learns;
        this.limit = limit;
    }

    /** What it and this answer teach. */
    Session learn(SessionRecorder recorder, byte[] answer, long now) throws NothingLearned {
        return recorder.learn(profile, learns, body(), answer, now);
    }

    /** Looks at content, which stays the caller's. */
    void look(ByteBuf content) {
        tooLong |= body.size() + content.readableBytes() > limit;
        if (!tooLong) {
            try {
                content.getBytes(content.readerIndex(), body, content.readableBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Empty where it was longer than the limit. */
    private byte[] body() {
        return tooLong ? UNKNOWN : body.toByteArray();
    }
}
