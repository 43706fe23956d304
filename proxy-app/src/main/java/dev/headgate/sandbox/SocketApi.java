package dev.headgate.sandbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A WebSocket of one of the APIs: text messages in, text messages out. Thread-safe. */
interface SocketApi {
    boolean serves(String path);

    /**
     * What is said first, once the WebSocket is open.
     *
     * @throws Refusal to be answered instead of opening it
     */
    List<String> open(String path, @Nullable String deploymentId);

    List<String> answer(String message);
}
