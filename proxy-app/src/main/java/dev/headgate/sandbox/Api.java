package dev.headgate.sandbox;

import io.netty.handler.codec.http.QueryStringDecoder;
import org.jspecify.annotations.Nullable;

/** The endpoints under one path: a whole request in, an answer or a {@link Refusal} out. Thread-safe. */
interface Api {
    /** What the paths of all its endpoints begin with. */
    String root();

    Answer answer(SeenRequest request, QueryStringDecoder target);

    /** Where the requests with this token are counted; null: this API has not issued it. */
    default @Nullable RateWindow rate(String token) {
        return null;
    }
}
