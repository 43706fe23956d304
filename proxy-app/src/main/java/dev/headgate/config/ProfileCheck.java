package dev.headgate.config;

import dev.headgate.profile.Endpoint;
import dev.headgate.profile.PathPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What no single value of a profile shows: endpoints that cannot be reached, or cannot do what they say. */
final class ProfileCheck {
    private final Tree tree;
    private final JsonNode values;
    private final Set<String> builtIn;
    private final Problems problems;

    /** Looks at converted values; those that are not valid are null there and left alone. */
    ProfileCheck(Tree tree, JsonNode values, Set<String> builtIn, Problems problems) {
        this.tree = tree;
        this.values = values;
        this.builtIn = builtIn;
        this.problems = problems;
    }

    void run() {
        for (Map.Entry<String, JsonNode> entry : values.path("profiles").properties()) {
            String path = KeyPath.key("profiles", entry.getKey());
            Origin origin = tree.origin(path);
            if (origin != null && builtIn.contains(entry.getKey())) {
                problems.report(
                        origin.key(),
                        path,
                        "the name " + Quoted.of(entry.getKey())
                                + " (expected: another name; a profile of this name is built in)");
            }
            endpoints(entry.getValue().path("endpoints"), KeyPath.key(path, "endpoints"));
        }
    }

    private void endpoints(JsonNode endpoints, String path) {
        boolean learns = endpoints.valueStream().anyMatch(endpoint -> endpoint.has("learns"));
        List<@Nullable Endpoint> earlier = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            JsonNode endpoint = endpoints.get(i);
            String at = KeyPath.index(path, i);
            Endpoint shape = shape(endpoint);
            if (shape != null) {
                reachable(shape, earlier, path, at);
                guards(endpoint.path("guards"), shape.path(), learns, KeyPath.key(at, "guards"));
            }
            if (endpoint.isObject() && !endpoint.has("learns") && !endpoint.has("guards") && !endpoint.has("ends")) {
                report(at, "one of learns, guards, ends in it");
            }
            ends(endpoint, at);
            earlier.add(shape);
        }
    }

    /** Which requests it is for; null where that is not valid. */
    private static @Nullable Endpoint shape(JsonNode endpoint) {
        JsonNode path = endpoint.path("path");
        JsonNode method = endpoint.path("method");
        return !path.isString() || method.isNull()
                ? null
                : new Endpoint(
                        method.isString() ? method.asString() : null,
                        PathPattern.of(path.asString()),
                        null,
                        null,
                        null);
    }

    private void reachable(Endpoint endpoint, List<@Nullable Endpoint> earlier, String endpoints, String at) {
        for (int i = 0; i < earlier.size(); i++) {
            Endpoint other = earlier.get(i);
            if (other != null && other.covers(endpoint)) {
                report(
                        KeyPath.key(at, "path"),
                        "a pattern that a request can reach; " + KeyPath.index(endpoints, i)
                                + " takes all of this one's");
                return;
            }
        }
    }

    private void guards(JsonNode guards, PathPattern path, boolean learns, String at) {
        List<String> variables = path.variables();
        String token = guards.path("tokenInPath").asString("");
        if (!token.isEmpty() && !variables.contains(token)) {
            report(KeyPath.key(at, "tokenInPath"), variable(token, variables));
        }
        String ids = KeyPath.key(KeyPath.key(at, "ids"), "path");
        for (String name : guards.path("ids").path("path").propertyNames()) {
            Origin origin = tree.origin(KeyPath.key(ids, name));
            if (origin != null && !variables.contains(name)) {
                problems.report(
                        origin.key(),
                        KeyPath.key(ids, name),
                        "the name " + Quoted.of(name) + " (expected: " + variable(name, variables) + ")");
            }
        }
        if (!learns && guards.path("issued").asBoolean(false)) {
            String issued = KeyPath.key(at, "issued");
            Origin given = tree.origin(issued);
            Origin section = tree.origin(at);
            if (given != null) {
                report(issued, "false; no endpoint of the profile learns a token");
            } else if (section != null) {
                problems.report(
                        section.value(),
                        issued,
                        "true, the default (expected: false; no endpoint of the profile learns a token)");
            }
        }
    }

    private static String variable(String name, List<String> variables) {
        return variables.isEmpty()
                ? "a variable of the path, which has none"
                : "a variable of the path, " + Nearest.oneOf(name, variables);
    }

    private void ends(JsonNode endpoint, String at) {
        JsonNode ends = endpoint.path("ends");
        boolean named =
                endpoint.path("guards").path("ids").path("path").valueStream().anyMatch(ends::equals);
        if (ends.isString() && !named) {
            String word = ends.asString().toLowerCase(Locale.ROOT);
            report(KeyPath.key(at, "ends"), "one that guards.ids.path names, such as {" + word + "Id: " + word + "}");
        }
    }

    private void report(String path, String expected) {
        Origin origin = tree.origin(path);
        if (origin != null) {
            problems.reportValue(origin.value(), path, origin.shown() + " (expected: " + expected + ")");
        }
    }
}
