package dev.headgate.admin;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /reload}: loads the configuration again; 200 where it is in force, 409 where the one before still is. */
public final class ReloadPage implements AdminPage {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Supplier<CompletionStage<ReloadOutcome>> reload;

    public ReloadPage(Supplier<CompletionStage<ReloadOutcome>> reload) {
        this.reload = reload;
    }

    @Override
    public CompletionStage<AdminResponse> answer(FullHttpRequest request) {
        return reload.get()
                .thenApply(outcome -> new AdminResponse(
                        outcome.reloaded() ? HttpResponseStatus.OK : HttpResponseStatus.CONFLICT,
                        "application/json",
                        JSON.writeValueAsBytes(outcome)));
    }

    @Override
    public List<HttpMethod> methods() {
        return List.of(HttpMethod.POST);
    }
}
