package dev.headgate.sandbox;

import io.netty.handler.codec.http.QueryStringDecoder;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What web messaging has besides its WebSocket: a history, which is always empty, for any bearer token. */
final class WebmessagingApi implements Api {
    private static final String ROOT = "/api/v2/webmessaging/";

    private final SandboxConfig config;

    WebmessagingApi(SandboxConfig config) {
        this.config = config;
    }

    @Override
    public String root() {
        return ROOT;
    }

    @Override
    public Answer answer(SeenRequest request, QueryStringDecoder target) {
        if (!target.path().equals(ROOT + "messages") || !request.method().equals("GET")) {
            throw Refusal.notFound();
        }
        Refusal.throwIfInjected(config);
        Credential.required(request).bearerToken();
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.putArray("entities");
        return Answer.of(200, page.put("pageSize", 25).put("pageNumber", 1).put("total", 0));
    }
}
