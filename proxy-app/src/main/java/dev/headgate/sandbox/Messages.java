package dev.headgate.sandbox;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The messages of all conversations, bounded in number and in characters: the oldest go first. Thread-safe. */
final class Messages {
    static final int MOST_MESSAGES = 100_000;
    static final long MOST_TEXT = 32L << 20;

    private final Map<String, ArrayDeque<Message>> conversations = new HashMap<>();

    /** The conversation of each message. */
    private final ArrayDeque<String> order = new ArrayDeque<>();

    private long textHeld;

    record Message(String id, @Nullable String text, Instant at) {
        private int length() {
            return text == null ? 0 : text.length();
        }
    }

    synchronized Message add(String conversationId, @Nullable String text, Instant at) {
        Message message = new Message(UUID.randomUUID().toString(), text, at);
        conversations.computeIfAbsent(conversationId, id -> new ArrayDeque<>()).addLast(message);
        order.addLast(conversationId);
        textHeld += message.length();
        while (order.size() > MOST_MESSAGES || textHeld > MOST_TEXT) {
            removeOldest(order.removeFirst());
        }
        return message;
    }

    private void removeOldest(String conversationId) {
        ArrayDeque<Message> messages = Objects.requireNonNull(conversations.get(conversationId));
        textHeld -= messages.removeFirst().length();
        if (messages.isEmpty()) {
            conversations.remove(conversationId);
        }
    }

    /** How many conversations have messages here. */
    synchronized int conversationCount() {
        return conversations.size();
    }

    /** The conversation's messages, oldest first. */
    synchronized List<Message> of(String conversationId) {
        Collection<Message> messages = conversations.get(conversationId);
        return messages == null ? List.of() : List.copyOf(messages);
    }
}
