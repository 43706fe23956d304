package dev.headgate.netty;

import dev.headgate.http.Trailers;
import org.jspecify.annotations.Nullable;

/** The end of a request's body, also of one that has none. */
record BodyEnd(@Nullable Trailers trailers) {
    static final BodyEnd PLAIN = new BodyEnd(null);

    static BodyEnd with(@Nullable Trailers trailers) {
        return trailers == null ? PLAIN : new BodyEnd(trailers);
    }
}
