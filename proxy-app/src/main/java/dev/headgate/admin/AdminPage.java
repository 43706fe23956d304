package dev.headgate.admin;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Answers the requests for one path. Runs on the admin port's only thread, so it must neither block nor take long. */
@FunctionalInterface
public interface AdminPage {
    /**
     * The answer, perhaps later and on any thread. The request is no longer valid after the return.
     *
     * @param request by one of {@link #methods()}
     */
    CompletionStage<AdminResponse> answer(FullHttpRequest request);

    /** What it takes; HEAD is answered as GET without the body. */
    default List<HttpMethod> methods() {
        return List.of(HttpMethod.GET, HttpMethod.HEAD);
    }

    /** Whether a web page may read it: it names no request, token or guest. */
    default boolean isPublic() {
        return false;
    }

    /** A public page for GET and HEAD that has its answer at once. */
    static AdminPage of(Function<FullHttpRequest, AdminResponse> answer) {
        return new AdminPage() {
            @Override
            public CompletionStage<AdminResponse> answer(FullHttpRequest request) {
                return CompletableFuture.completedFuture(answer.apply(request));
            }

            @Override
            public boolean isPublic() {
                return true;
            }
        };
    }
}
