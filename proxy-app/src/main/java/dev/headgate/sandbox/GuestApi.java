package dev.headgate.sandbox;

import dev.headgate.sandbox.GuestSession.Grant;
import dev.headgate.sandbox.GuestSessions.Issued;
import dev.headgate.sandbox.Messages.Message;
import dev.headgate.sandbox.SandboxConfig.EntryPoint;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Guests, with opaque tokens: the endpoints under {@code /api/v2/guests/}. */
final class GuestApi implements Api {
    private static final String ROOT = "/api/v2/guests/";
    static final String ORGANIZATION = "X-Genesys-Cloud-Id";

    private static final Set<String> MAY_CHAT = Set.of("guest:chat", "guest:chat:write");
    private static final Set<String> MAY_WRITE = Set.of("guest:write", "guest:chat:write");
    private static final Set<String> MAY_READ = Set.of("guest:chat", "guest:chat:read");
    private static final String CONVERSATIONS = ROOT + "conversations/";

    private final SandboxConfig config;
    private final GuestSessions sessions;
    private final Messages messages;

    GuestApi(SandboxConfig config, GuestSessions sessions, Messages messages) {
        this.config = config;
        this.sessions = sessions;
        this.messages = messages;
    }

    @Override
    public String root() {
        return ROOT;
    }

    @Override
    public @Nullable RateWindow rate(String token) {
        return sessions.rate(token);
    }

    @Override
    public Answer answer(SeenRequest request, QueryStringDecoder target) {
        String path = target.path();
        String method = request.method();
        if (path.equals(ROOT + "identities") && method.equals("POST")) {
            checkOrganization(request);
            return createIdentity(JsonBody.of(request));
        }
        if (path.equals(ROOT + "messages") && method.equals("POST")) {
            Grant grant = authenticate(request);
            checkEntryPoint(grant);
            checkMessaging(grant, MAY_CHAT);
            checkMessaging(grant, MAY_WRITE);
            return sendMessage(grant.session(), JsonBody.of(request), target);
        }
        if (path.equals(ROOT + "messages") && method.equals("GET")) {
            Grant grant = authenticate(request);
            checkMessaging(grant, MAY_READ);
            return listMessages(grant.session(), target);
        }
        if (path.startsWith(CONVERSATIONS)) {
            String conversationId = path.substring(CONVERSATIONS.length());
            if (method.equals("GET")) {
                return tellConversation(ownConversation(authenticate(request).session(), conversationId, target));
            }
            if (method.equals("DELETE")) {
                sessions.end(ownConversation(authenticate(request).session(), conversationId, target));
                return Answer.empty(204, Map.of());
            }
        }
        throw Refusal.notFound();
    }

    private Grant authenticate(SeenRequest request) {
        Refusal.throwIfInjected(config);
        Grant grant = sessions.find(Credential.required(request).bearerToken());
        checkOrganization(request);
        return grant;
    }

    private void checkOrganization(SeenRequest request) {
        String expected = config.organizationId();
        if (expected != null && !request.values(ORGANIZATION).equals(List.of(expected))) {
            throw Refusal.forbidden();
        }
    }

    private void checkEntryPoint(Grant grant) {
        EntryPoint entryPoint = config.entryPoint();
        if (!entryPoint.guestsAllowed() || !grant.attributes().containsAll(entryPoint.requiredAttributes())) {
            throw Refusal.forbidden();
        }
    }

    /** @param scopes of which one is enough */
    private static void checkMessaging(Grant grant, Set<String> scopes) {
        if (!"chat".equals(grant.purpose()) || Collections.disjoint(grant.scopes(), scopes)) {
            throw Refusal.forbidden();
        }
    }

    private Answer createIdentity(ObjectNode body) {
        Issued issued = sessions.issue(
                JsonBody.text(body, "guestId"), scopes(body), JsonBody.shortText(body, "purpose"), attributes(body));
        Grant grant = issued.grant();
        GuestSession session = grant.session();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("guest_token", issued.token());
        putIds(session, answer);
        answer.put("expiresIn", config.tokenLifetime().toSeconds());
        answer.put("scope", String.join(" ", grant.scopes().stream().sorted().toList()));
        if (grant.purpose() != null) {
            answer.put("purpose", grant.purpose());
        }
        return Answer.of(200, answer);
    }

    private static void putIds(GuestSession session, ObjectNode answer) {
        answer.put("guestId", session.guestId);
        answer.put("conversationId", session.conversationId);
        answer.put("webChatSessionId", session.webChatSessionId);
        answer.put("divisionId", session.divisionId);
    }

    /** Scopes come as one string with spaces (RFC 6749 section 3.3) or as an array. */
    private static @Nullable Set<String> scopes(ObjectNode body) {
        String line = body.get("scope") instanceof ArrayNode array ? joined(array) : JsonBody.text(body, "scope");
        if (line == null) {
            return null;
        }
        JsonBody.checkShort("scope", line);
        return Set.copyOf(List.of(line.strip().split(" +")));
    }

    private static String joined(ArrayNode array) {
        StringJoiner line = new StringJoiner(" ");
        for (JsonNode element : array) {
            if (!element.isString()) {
                throw Refusal.badRequest("scope must be a string or an array of strings");
            }
            line.add(element.stringValue());
        }
        return line.toString();
    }

    /** Which of the required attributes the body gives a value. */
    private Set<String> attributes(ObjectNode body) {
        return config.entryPoint().requiredAttributes().stream()
                .filter(name -> body.path("contactAttributes").hasNonNull(name)
                        || body.path("attributes").hasNonNull(name))
                .collect(Collectors.toUnmodifiableSet());
    }

    private Answer sendMessage(GuestSession session, ObjectNode body, QueryStringDecoder target) {
        String conversationId = JsonBody.text(body, "conversationId");
        checkConversation(session, conversationId == null ? parameter(target, "conversationId") : conversationId);
        checkIds(session, body, target);
        Message message = messages.add(
                session.conversationId,
                JsonBody.text(body, "text"),
                config.clock().instant());
        return Answer.of(200, tellMessage(session, message).put("status", "sent"));
    }

    private Answer listMessages(GuestSession session, QueryStringDecoder target) {
        checkConversation(session, parameter(target, "conversationId"));
        checkIds(session, JsonNodeFactory.instance.objectNode(), target);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode entities = answer.putArray("entities");
        for (Message message : messages.of(session.conversationId)) {
            ObjectNode entity = tellMessage(session, message);
            if (message.text() != null) {
                entity.put("text", message.text());
            }
            entities.add(entity);
        }
        answer.put("total", entities.size());
        return Answer.of(200, answer);
    }

    private static ObjectNode tellMessage(GuestSession session, Message message) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", message.id())
                .put("conversationId", session.conversationId)
                .put("timestamp", message.at().toString());
    }

    private Answer tellConversation(GuestSession session) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("id", session.conversationId);
        putIds(session, answer);
        answer.put("startTime", session.startedAt.toString());
        answer.put("state", "connected");
        answer.put("messageCount", messages.of(session.conversationId).size());
        return Answer.of(200, answer);
    }

    /** As the guest API does: a conversation id that cannot be one is a 400, and another guest's is a 403. */
    private void checkConversation(GuestSession session, @Nullable String conversationId) {
        if (conversationId == null) {
            throw Refusal.badRequest("conversationId is required");
        }
        if (!isUuid(conversationId)) {
            throw Refusal.badRequest("conversationId is not a valid UUID");
        }
        GuestSession owner = sessions.ofConversation(conversationId.toLowerCase(Locale.ROOT));
        if (owner == null) {
            throw Refusal.badRequest("conversationId is not known");
        }
        if (owner != session) {
            throw Refusal.forbidden();
        }
    }

    private GuestSession ownConversation(GuestSession session, String conversationId, QueryStringDecoder target) {
        GuestSession owner = sessions.ofConversation(conversationId.toLowerCase(Locale.ROOT));
        if (owner == null) {
            throw Refusal.notFound();
        }
        if (owner != session) {
            throw Refusal.forbidden();
        }
        checkIds(session, JsonNodeFactory.instance.objectNode(), target);
        return session;
    }

    private static boolean isUuid(String id) {
        try {
            // fromString also takes groups that are too short.
            return UUID.fromString(id).toString().equalsIgnoreCase(id);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void checkIds(GuestSession session, ObjectNode body, QueryStringDecoder target) {
        checkId("guestId", session.guestId, body, target);
        checkId("conversationId", session.conversationId, body, target);
        checkId("webChatSessionId", session.webChatSessionId, body, target);
        checkId("divisionId", session.divisionId, body, target);
    }

    private static void checkId(String name, String own, ObjectNode body, QueryStringDecoder target) {
        String inBody = JsonBody.text(body, name);
        if (inBody != null && !inBody.equalsIgnoreCase(own)) {
            throw Refusal.forbidden();
        }
        for (String inQuery : target.parameters().getOrDefault(name, List.of())) {
            if (!inQuery.equalsIgnoreCase(own)) {
                throw Refusal.forbidden();
            }
        }
    }

    private static @Nullable String parameter(QueryStringDecoder target, String name) {
        List<String> values = target.parameters().get(name);
        return values == null ? null : values.get(0);
    }
}
