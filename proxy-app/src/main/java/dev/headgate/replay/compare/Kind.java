package dev.headgate.replay.compare;

import dev.headgate.replay.RecordedExchange;
import dev.headgate.replay.RecordedResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many exchanges differ in one way, with the first of them. */
final class Kind {
    private static final int MOST_EXAMPLES = 3;

    private final String name;
    private final List<Example> examples = new ArrayList<>(MOST_EXAMPLES);
    private long count;

    Kind(String name) {
        this.name = name;
    }

    void add(RecordedExchange exchange, @Nullable RecordedResponse replayed, Difference difference) {
        count++;
        if (examples.size() < MOST_EXAMPLES) {
            examples.add(Example.of(exchange, replayed, difference));
        }
    }

    String name() {
        return name;
    }

    /** Whether the name has both values of an example. */
    boolean tells(Example example) {
        return name.endsWith(" " + example.recorded() + " -> " + example.replayed());
    }

    /** Of exchanges. */
    long count() {
        return count;
    }

    /** The first ones. */
    List<Example> examples() {
        return examples;
    }
}
