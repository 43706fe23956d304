package dev.headgate.profile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a request names ids that a token is bound to. Immutable. */
public final class IdPlaces {
    public static final IdPlaces NONE = new IdPlaces(Map.of(), Map.of(), Map.of());

    /**
     * The name that an id has in messages, and what it is.
     *
     * @param name of the path's variable, or of the body's member: its pointer without the first slash
     */
    public record Named(String name, Binding binding) {}

    private final Map<String, Binding> path;
    private final Map<String, Binding> query;
    private final Map<String, Binding> body;
    private final List<Named> variables;
    private final List<Named> members;
    private final JsonSelection selection;

    /**
     * @param path by variable of the endpoint's path
     * @param query by parameter
     * @param body by JSON Pointer
     * @throws IllegalArgumentException if a key of {@code body} is no JSON Pointer
     */
    public IdPlaces(Map<String, Binding> path, Map<String, Binding> query, Map<String, Binding> body) {
        this.path = copy(path);
        this.query = copy(query);
        this.body = copy(body);
        this.variables = named(this.path, 0);
        this.selection = JsonSelection.of(body.keySet());
        this.members = named(this.body, 1);
    }

    /** In the order given: people read it. */
    private static Map<String, Binding> copy(Map<String, Binding> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    private static List<Named> named(Map<String, Binding> map, int from) {
        return map.entrySet().stream()
                .map(id -> new Named(id.getKey().substring(from), id.getValue()))
                .toList();
    }

    public Map<String, Binding> path() {
        return path;
    }

    public Map<String, Binding> query() {
        return query;
    }

    public Map<String, Binding> body() {
        return body;
    }

    /** Those of {@link #path()}, in its order. */
    public List<Named> variables() {
        return variables;
    }

    /** Those of {@link #body()}, in its order. */
    public List<Named> members() {
        return members;
    }

    /** Reads the ids of {@link #body()}, in its order. */
    public JsonSelection selection() {
        return selection;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IdPlaces that
                && path.equals(that.path)
                && query.equals(that.query)
                && body.equals(that.body);
    }

    @Override
    public int hashCode() {
        return path.hashCode() + 31 * (query.hashCode() + 31 * body.hashCode());
    }

    @Override
    public String toString() {
        return "path " + path + ", query " + query + ", body " + body;
    }
}
