package dev.headgate.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks each single value and turns it into the form that the records are bound from: bytes for sizes, ISO 8601 for
 * durations, absolute URIs for files, host and port for addresses.
 */
final class Values {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final Pattern FIELD_VALUE = Pattern.compile("[!-~]{1,256}");
    private static final Pattern PATH = Pattern.compile("/[!-~&&[^?#]]{0,1023}");
    private static final Set<String> MANAGED = Set.of(
            "authorization",
            "connection",
            "content-length",
            "host",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private final Tree tree;
    private final Path directory;
    private final Collection<String> profiles;
    private final Problems problems;

    Values(Tree tree, Path directory, Set<String> profiles, Problems problems) {
        this.tree = tree;
        this.directory = directory;
        this.profiles = new TreeSet<>(profiles);
        this.problems = problems;
    }

    /** The whole tree converted; null stands for each value that is not valid, and unknown keys are gone. */
    JsonNode convert() {
        return convert(tree.root(), ConfigSchema.ROOT, "");
    }

    private JsonNode convert(JsonNode value, JsonNode schema, String path) {
        if (value instanceof ObjectNode object && ConfigSchema.type(schema).equals("object")) {
            ObjectNode converted = JSON.objectNode();
            Pattern names =
                    Pattern.compile(schema.path("propertyNames").path("pattern").asString(".*"));
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                checkName(entry.getKey(), names, path);
                JsonNode known = ConfigSchema.property(schema, entry.getKey());
                if (!known.isMissingNode()) {
                    converted.set(entry.getKey(), convert(entry.getValue(), known, KeyPath.key(path, entry.getKey())));
                }
            }
            return converted;
        }
        if (value instanceof ArrayNode array && ConfigSchema.type(schema).equals("array")) {
            ArrayNode converted = JSON.arrayNode();
            for (JsonNode item : array) {
                converted.add(convert(item, schema.path("items"), KeyPath.index(path, converted.size())));
            }
            return converted;
        }
        boolean text = value.isString() && !List.of("object", "array").contains(ConfigSchema.type(schema));
        if ((!text && !value.isIntegralNumber()) || problems.isSpoilt(path)) {
            // The schema says what is wrong with the type.
            return JSON.nullNode();
        }
        String expected = expected(schema);
        try {
            JsonNode converted = leaf(value, schema);
            if (converted != null) {
                return converted;
            }
        } catch (OutOfRange e) {
            expected = ConfigSchema.range(schema);
        } catch (IllegalArgumentException | URISyntaxException e) {
            // Its message may hold the value, which may be a secret.
        }
        Origin origin = tree.origin(path);
        if (origin != null) {
            problems.reportValue(
                    origin.value(),
                    path,
                    shown(origin, schema, value) + " (expected: " + expected(origin, schema, value, expected) + ")");
        }
        return JSON.nullNode();
    }

    private void checkName(String name, Pattern names, String parent) {
        String path = KeyPath.key(parent, name);
        Origin origin = tree.origin(path);
        if (origin != null
                && ConfigSchema.type(origin.schema()).equals("object")
                && !names.matcher(name).find()) {
            problems.reportValue(
                    origin.key(),
                    path,
                    "the name " + Quoted.of(name) + " (expected: 1 to 64 of A-Z a-z 0-9 _ -, a letter or digit first)");
        }
    }

    private @Nullable JsonNode leaf(JsonNode value, JsonNode schema) throws URISyntaxException {
        String text = value.asString();
        List<String> choices = ConfigSchema.choices(schema);
        if (!choices.isEmpty()) {
            return choices.contains(text) ? JSON.stringNode(text.toUpperCase(Locale.ROOT)) : null;
        }
        return switch (schema.path("format").asString("")) {
            case "headgate-integer" -> value.isIntegralNumber() ? integer(value, schema) : null;
            case "headgate-size" -> size(text, schema);
            case "headgate-duration" -> duration(text, schema);
            case "headgate-address" -> {
                Address address = Address.parse(text);
                yield JSON.objectNode().put("host", address.host()).put("port", address.port());
            }
            case "headgate-url" -> url(text);
            case "headgate-field-name" ->
                FIELD_NAME.matcher(text).matches() && !MANAGED.contains(text.toLowerCase(Locale.ROOT)) ? value : null;
            case "headgate-field-value" -> FIELD_VALUE.matcher(text).matches() ? value : null;
            case "headgate-path" -> PATH.matcher(text).matches() ? value : null;
            case "headgate-upstream" -> tree.root().path("upstreams").has(text) ? value : null;
            case "headgate-profile" -> profiles.contains(text) ? value : null;
            case "headgate-readable-file" -> {
                Path file = directory.resolve(text);
                yield Files.isRegularFile(file) && Files.isReadable(file) ? uri(file) : null;
            }
            case "headgate-log-file" ->
                text.equals("-") || text.isEmpty() ? JSON.stringNode(text) : logFile(directory.resolve(text));
            case "headgate-directory" -> text.isEmpty() ? JSON.nullNode() : capture(directory.resolve(text));
            default -> throw new IllegalStateException("a key of the schema without a known format");
        };
    }

    /** What a value of this schema must be, in words. */
    String expected(JsonNode schema) {
        List<String> choices = ConfigSchema.choices(schema);
        if (!choices.isEmpty()) {
            return Nearest.oneOf(null, choices);
        }
        return switch (schema.path("format").asString("")) {
            case "headgate-integer" -> "a whole number, " + ConfigSchema.range(schema);
            case "headgate-size" -> "a whole number with B, KiB, MiB or GiB, " + ConfigSchema.range(schema);
            case "headgate-duration" -> "a whole number with ms, s, m, h or d, " + ConfigSchema.range(schema);
            case "headgate-address" -> "HOST:PORT, such as 0.0.0.0:8080 or [::1]:8080";
            case "headgate-url" ->
                "http:// or https://, a host and perhaps a port, nothing else, such as https://api.mypurecloud.com";
            case "headgate-field-name" ->
                "a field name of at most 64 characters that the proxy does not manage itself, such as X-Genesys-Cloud-Id";
            case "headgate-field-value" -> "1 to 256 visible ASCII characters";
            case "headgate-path" ->
                "a path that starts with /, of at most 1024 visible ASCII characters, without ? and #";
            case "headgate-upstream" -> Nearest.oneOf(null, upstreams());
            case "headgate-profile" -> Nearest.oneOf(null, profiles);
            case "headgate-readable-file" -> "a readable file";
            case "headgate-log-file" ->
                "- for standard output, nothing between quotes for no log, or a writable file in a directory that exists";
            case "headgate-directory" -> "a directory, or nothing between quotes";
            default ->
                switch (ConfigSchema.type(schema)) {
                    case "object" ->
                        schema.has("minProperties")
                                ? "a mapping with at least one key"
                                : "a mapping with the keys " + String.join(", ", ConfigSchema.keys(schema));
                    case "array" -> "a list with at least one entry";
                    default -> "another value";
                };
        };
    }

    private String expected(Origin origin, JsonNode schema, JsonNode value, String plain) {
        if (!origin.literal()) {
            return plain;
        }
        String text = value.asString();
        return switch (schema.path("format").asString("")) {
            case "headgate-upstream" -> Nearest.oneOf(text, upstreams());
            case "headgate-profile" -> Nearest.oneOf(text, profiles);
            case "headgate-readable-file" -> plain + "; relative to " + Quoted.of(directory.toString());
            default -> {
                List<String> choices = ConfigSchema.choices(schema);
                yield choices.isEmpty() ? plain : Nearest.oneOf(text, choices);
            }
        };
    }

    private static String shown(Origin origin, JsonNode schema, JsonNode value) {
        boolean password = schema.path("format").asString("").equals("headgate-url")
                && value.asString().contains("@");
        return password ? "a URL with a user" : origin.shown();
    }

    private Collection<String> upstreams() {
        return List.copyOf(tree.root().path("upstreams").propertyNames());
    }

    private static JsonNode integer(JsonNode value, JsonNode schema) {
        checkRange(
                value.longValue(),
                schema.path("minimum").longValue(),
                schema.path("maximum").longValue());
        return value;
    }

    private static JsonNode size(String text, JsonNode schema) {
        long bytes = SizeText.parse(text);
        checkRange(
                bytes,
                SizeText.parse(schema.path("x-minimum").asString()),
                SizeText.parse(schema.path("x-maximum").asString()));
        return JSON.numberNode(bytes);
    }

    private static JsonNode duration(String text, JsonNode schema) {
        Duration duration = DurationText.parse(text);
        checkRange(
                duration.toMillis(),
                DurationText.parse(schema.path("x-minimum").asString()).toMillis(),
                DurationText.parse(schema.path("x-maximum").asString()).toMillis());
        return JSON.stringNode(duration.toString());
    }

    private static void checkRange(long value, long minimum, long maximum) {
        if (value < minimum || value > maximum) {
            throw new OutOfRange();
        }
    }

    private static @Nullable JsonNode url(String text) throws URISyntaxException {
        URI uri = new URI(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean valid = (scheme.equals("http") || scheme.equals("https"))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getPort() != 0
                && uri.getPort() <= 65535
                && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        return valid
                ? JSON.stringNode(scheme + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()))
                : null;
    }

    private static @Nullable JsonNode logFile(Path file) {
        Path parent = file.getParent();
        boolean usable = Files.exists(file)
                ? !Files.isDirectory(file) && Files.isWritable(file)
                : parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
        return usable ? JSON.stringNode(file.toString()) : null;
    }

    private static @Nullable JsonNode capture(Path path) {
        return Files.exists(path) && !Files.isDirectory(path) ? null : uri(path);
    }

    private static JsonNode uri(Path file) throws InvalidPathException {
        return JSON.stringNode(file.toUri().toString());
    }

    private static final class OutOfRange extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
