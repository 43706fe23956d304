package dev.headgate.sandbox;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The event stream of a webchat v2 conversation: tells that the guest is connected, and then only listens. Thread-safe. */
final class EventStream implements SocketApi {
    static final String PATH = "/platform/jwt/";

    private final WebchatApi webchat;

    EventStream(WebchatApi webchat) {
        this.webchat = webchat;
    }

    @Override
    public boolean serves(String path) {
        return path.startsWith(PATH);
    }

    @Override
    public List<String> open(String path, @Nullable String deploymentId) {
        WebchatConversation conversation = webchat.find(path.substring(PATH.length()));
        ObjectNode event = JsonNodeFactory.instance
                .objectNode()
                .put("topicName", "v2.conversations.chats." + conversation.id() + ".members");
        ObjectNode body = event.putObject("eventBody");
        body.putObject("conversation").put("id", conversation.id());
        body.putObject("member").put("id", conversation.memberId()).put("state", "CONNECTED");
        event.putObject("metadata").put("type", "member-change");
        return List.of(event.toString());
    }

    @Override
    public List<String> answer(String message) {
        return List.of();
    }
}
