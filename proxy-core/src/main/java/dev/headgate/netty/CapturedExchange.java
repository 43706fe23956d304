package dev.headgate.netty;

import dev.headgate.gate.CheckRequest;
import dev.headgate.http.Framing;
import dev.headgate.http.HeadWriter;
import dev.headgate.http.RequestHead;
import dev.headgate.http.Trailers;
import dev.headgate.session.Session;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All that went over the wire in one exchange, frames of a WebSocket excepted, with what is needed to find the
 * credentials in it. Confined to its event loop until the exchange is over; then it does not change, and belongs to the
 * {@link CaptureListener}.
 */
public final class CapturedExchange {
    private final CaptureListener listener;
    private final @Nullable RequestHead head;
    private final long startMicros;
    private final CapturedBody requestBody;
    private final CapturedBody responseBody;
    private @Nullable Trailers requestTrailers;
    private @Nullable Trailers responseTrailers;
    private byte @Nullable [] responseHead;
    private @Nullable ExchangeRecord record;
    private @Nullable CheckRequest request;
    private @Nullable Session session;

    /**
     * @param head null where it could not be read
     * @param startMicros when its first byte was read, in microseconds since the epoch
     */
    CapturedExchange(CaptureListener listener, @Nullable RequestHead head, Framing framing, long startMicros) {
        int limit = listener.body();
        this.listener = listener;
        this.head = head;
        this.startMicros = startMicros;
        this.requestBody = new CapturedBody(listener, limit, framing.hasBody() ? framing.length() : 0);
        this.responseBody = new CapturedBody(listener, limit, 0);
    }

    void requestContent(ByteBuf content) {
        if (head != null) {
            requestBody.add(content);
        }
    }

    void requestTrailers(@Nullable Trailers trailers) {
        requestTrailers = trailers;
    }

    void response(HeadWriter written) {
        responseHead = Arrays.copyOf(written.bytes(), written.length());
    }

    void responseContent(ByteBuf content) {
        responseBody.add(content);
    }

    void responseContent(byte[] content) {
        responseBody.add(content);
    }

    void responseTrailers(@Nullable Trailers trailers) {
        responseTrailers = trailers;
    }

    /**
     * Hands it to the listener.
     *
     * @param last as the gate saw the request last; null where it has seen none
     * @param known the session that was learned or found; null where there is none
     */
    void finish(ExchangeRecord made, @Nullable CheckRequest last, @Nullable Session known) {
        end(made);
        request = last;
        session = known;
        listener.captured(this);
    }

    void end(ExchangeRecord made) {
        record = made;
    }

    /**
     * What became of it.
     *
     * @throws IllegalStateException if it is not over
     */
    public ExchangeRecord record() {
        if (record == null) {
            throw new IllegalStateException("exchange: not over (expected: handed to the listener at its end)");
        }
        return record;
    }

    /** As it arrived; null where it could not be read. */
    public @Nullable RequestHead head() {
        return head;
    }

    /** When the request's first byte was read, in microseconds since the epoch. */
    public long startMicros() {
        return startMicros;
    }

    public CapturedBody requestBody() {
        return requestBody;
    }

    public @Nullable Trailers requestTrailers() {
        return requestTrailers;
    }

    /** The final answer's head in the form of HTTP/1.1, as it was written; null where there was none. */
    public byte @Nullable [] responseHead() {
        return responseHead;
    }

    public CapturedBody responseBody() {
        return responseBody;
    }

    public @Nullable Trailers responseTrailers() {
        return responseTrailers;
    }

    /** As the gate saw it last; null where it has seen none. */
    public @Nullable CheckRequest request() {
        return request;
    }

    /** The session that was learned from the answer, or that the token has; null where there is none. */
    public @Nullable Session session() {
        return session;
    }

    /** Memory that {@link CaptureListener#hold} was asked for, in bytes. */
    public int held() {
        return requestBody.held() + responseBody.held();
    }

    /** About how much memory all of it takes, in bytes. */
    public int size() {
        return 1024 + held() + (head == null ? 0 : head.length()) + (responseHead == null ? 0 : responseHead.length);
    }
}
