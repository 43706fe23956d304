package dev.headgate.sandbox;

import dev.headgate.sandbox.Messages.Message;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Webchat v2: a JWT for each conversation, good for the member that it names. The latest 100,000 conversations are known.
 */
final class WebchatApi implements Api {
    private static final String ROOT = "/api/v2/webchat/guest/conversations";

    private static final Pattern RESOURCE = Pattern.compile(
            "/(?<conversation>[^/]+)/(?:(?<list>members|messages)|members/(?<member>[^/]+)(?<act>/messages|/typing)?)");

    /** Of a host that there is not, as Genesys' own is not the API's: the sandbox serves the path of it. */
    private static final String EVENT_STREAM = "wss://streaming.sandbox.invalid" + EventStream.PATH;

    private final SandboxConfig config;
    private final TokenGenerator generator;
    private final Messages messages;
    private final BoundedMap<WebchatConversation> conversations = new BoundedMap<>(100_000);

    WebchatApi(SandboxConfig config, TokenGenerator generator, Messages messages) {
        this.config = config;
        this.generator = generator;
        this.messages = messages;
    }

    @Override
    public String root() {
        return ROOT;
    }

    @Override
    public @Nullable RateWindow rate(String token) {
        WebchatConversation conversation = conversations.get(token);
        return conversation == null ? null : conversation.rate();
    }

    @Override
    public Answer answer(SeenRequest request, QueryStringDecoder target) {
        String path = target.path().substring(ROOT.length());
        if (path.isEmpty() && request.method().equals("POST")) {
            return start(JsonBody.of(request));
        }
        Matcher resource = RESOURCE.matcher(path);
        if (!resource.matches()) {
            throw Refusal.notFound();
        }
        Refusal.throwIfInjected(config);
        String token = Credential.required(request).token();
        WebchatConversation own = find(token);
        String member = resource.group("member");
        if (!own.id().equalsIgnoreCase(resource.group("conversation"))
                || (member != null && !own.memberId().equalsIgnoreCase(member))) {
            throw Refusal.forbidden();
        }
        return answer(request, own, token, kind(resource));
    }

    /** The path without its ids. */
    private static String kind(Matcher resource) {
        String list = resource.group("list");
        String act = resource.group("act");
        return list != null ? list : act == null ? "member" : "member" + act;
    }

    private Answer answer(SeenRequest request, WebchatConversation own, String token, String kind) {
        return switch (request.method() + " " + kind) {
            case "GET members" -> list(List.of(tellMember(own)));
            case "GET member" -> Answer.of(200, tellMember(own));
            case "DELETE member" -> {
                conversations.remove(token);
                yield Answer.empty(204, Map.of());
            }
            case "GET messages" ->
                list(messages.of(own.id()).stream()
                        .map(message -> tellMessage(own, message))
                        .toList());
            case "POST member/messages" -> Answer.of(200, tellMessage(own, send(own, JsonBody.of(request))));
            case "POST member/typing" ->
                Answer.of(
                        200,
                        event(own, UUID.randomUUID().toString(), config.clock().instant()));
            default -> throw Refusal.notFound();
        };
    }

    private Answer start(ObjectNode body) {
        String organizationId = required(body, "organizationId");
        required(body, "deploymentId");
        Instant now = config.clock().instant();
        WebchatConversation conversation = new WebchatConversation(now, now.plus(config.tokenLifetime()));
        ObjectNode claims = JsonNodeFactory.instance
                .objectNode()
                .put("iat", now.getEpochSecond())
                .put("exp", conversation.expiresAt().getEpochSecond())
                .put("org", organizationId);
        claims.putObject("data").put("conv", conversation.id()).put("sub", conversation.memberId());
        String jwt = generator.jwt(claims);
        conversations.put(jwt, conversation);
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("id", conversation.id())
                .put("jwt", jwt)
                .put("eventStreamUri", EVENT_STREAM + jwt);
        answer.putObject("member").put("id", conversation.memberId());
        return Answer.of(200, answer);
    }

    /** The organization goes into the token, which is kept. */
    private static String required(ObjectNode body, String name) {
        String text = JsonBody.shortText(body, name);
        if (text == null || text.isBlank()) {
            throw Refusal.badRequest(name + " is required");
        }
        return text;
    }

    /** @throws Refusal where it is none, or no longer good */
    WebchatConversation find(String token) {
        WebchatConversation conversation = conversations.get(token);
        if (conversation == null) {
            throw Refusal.badCredentials();
        }
        if (!config.clock().instant().isBefore(conversation.expiresAt())) {
            throw Refusal.expired();
        }
        return conversation;
    }

    private Message send(WebchatConversation own, ObjectNode body) {
        String text = JsonBody.text(body, "body");
        if (text == null) {
            throw Refusal.badRequest("body is required");
        }
        return messages.add(own.id(), text, config.clock().instant());
    }

    private static Answer list(List<ObjectNode> entities) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode array = answer.putArray("entities");
        array.addAll(entities);
        return Answer.of(200, answer.put("total", entities.size()));
    }

    private static ObjectNode tellMember(WebchatConversation conversation) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", conversation.memberId())
                .put("role", "CUSTOMER")
                .put("state", "CONNECTED")
                .put("joinDate", conversation.startedAt().toString())
                .put("authenticatedGuest", false);
    }

    private static ObjectNode tellMessage(WebchatConversation conversation, Message message) {
        return event(conversation, message.id(), message.at()).put("body", message.text());
    }

    private static ObjectNode event(WebchatConversation conversation, String id, Instant at) {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("id", id);
        event.putObject("conversation").put("id", conversation.id());
        event.putObject("sender").put("id", conversation.memberId());
        return event.put("timestamp", at.toString());
    }
}
