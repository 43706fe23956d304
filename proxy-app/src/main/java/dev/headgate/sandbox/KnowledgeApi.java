package dev.headgate.sandbox;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The knowledge base for guests: no Authorization, but a session whose id is the credential. The latest 100,000 sessions
 * are known. A document exists wherever one is asked for.
 */
final class KnowledgeApi implements Api {
    private static final String ROOT = "/api/v2/knowledge/guest/sessions";
    private static final Pattern DOCUMENT = Pattern.compile("/(?<session>[^/]+)/documents/(?<document>[^/]+)");

    private final SandboxConfig config;

    /** When each session expires. */
    private final BoundedMap<Instant> sessions = new BoundedMap<>(100_000);

    KnowledgeApi(SandboxConfig config) {
        this.config = config;
    }

    @Override
    public String root() {
        return ROOT;
    }

    @Override
    public Answer answer(SeenRequest request, QueryStringDecoder target) {
        String path = target.path().substring(ROOT.length());
        String method = request.method();
        if (path.isEmpty() && method.equals("POST")) {
            return start(JsonBody.of(request));
        }
        Matcher resource = DOCUMENT.matcher(path);
        if (!resource.matches()) {
            throw Refusal.notFound();
        }
        checkSession(resource.group("session"));
        String document = resource.group("document");
        if (method.equals("POST") && document.equals("search")) {
            return search(JsonBody.of(request));
        }
        if (method.equals("GET") && !document.equals("search")) {
            return Answer.of(200, tellDocument(document));
        }
        throw Refusal.notFound();
    }

    private void checkSession(String id) {
        Refusal.throwIfInjected(config);
        Instant expiresAt = sessions.get(id.toLowerCase(Locale.ROOT));
        if (expiresAt == null) {
            throw Refusal.notFound();
        }
        if (!config.clock().instant().isBefore(expiresAt)) {
            throw Refusal.expired();
        }
    }

    private Answer start(ObjectNode body) {
        ObjectNode app = body.get("app") instanceof ObjectNode object ? object : null;
        String deploymentId = app == null ? null : JsonBody.text(app, "deploymentId");
        if (app == null || deploymentId == null || deploymentId.isBlank()) {
            throw Refusal.badRequest("app.deploymentId is required");
        }
        String id = UUID.randomUUID().toString();
        sessions.put(id, config.clock().instant().plus(config.tokenLifetime()));
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("id", id);
        ObjectNode told = answer.putObject("app").put("deploymentId", deploymentId);
        putIfGiven("type", JsonBody.text(app, "type"), told);
        putIfGiven("customerId", JsonBody.text(body, "customerId"), answer);
        return Answer.of(200, answer);
    }

    private static void putIfGiven(String name, @Nullable String value, ObjectNode answer) {
        if (value != null) {
            answer.put(name, value);
        }
    }

    private static Answer search(ObjectNode body) {
        String query = JsonBody.text(body, "query");
        if (query == null) {
            throw Refusal.badRequest("query is required");
        }
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("query", query)
                .put("searchId", UUID.randomUUID().toString());
        answer.putArray("results")
                .addObject()
                .put("confidence", 1.0)
                .set("document", tellDocument(UUID.randomUUID().toString()));
        return Answer.of(200, answer.put("total", 1));
    }

    private static ObjectNode tellDocument(String id) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("title", "A document of the sandbox");
    }
}
