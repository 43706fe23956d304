package dev.headgate.config;

import dev.headgate.gate.AddressRange;
import dev.headgate.gate.Reason;
import dev.headgate.profile.JsonSelection;
import dev.headgate.profile.PathPattern;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
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
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final Pattern METHOD = Pattern.compile("[A-Z0-9!#$%&'*+.^_`|~-]{1,32}");
    private static final Pattern FIELD_VALUE = Pattern.compile("[!-~]{1,256}");
    private static final Pattern PATH = Pattern.compile("/[!-~&&[^?#]]{0,1023}");
    private static final Pattern VARIABLE = Pattern.compile("\\P{Cntrl}{1,256}");
    /** RFC 6749 section 3.3. */
    private static final Pattern SCOPES = Pattern.compile("[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*");
    /** A path as the edge reads it has no escapes, parameters, empty segments and dot segments. */
    private static final Pattern UNREACHABLE = Pattern.compile("[%;?#\\\\\\p{Cntrl}]|/\\.{0,2}(/|$)");

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
    private final Set<String> builtIn;
    private final Problems problems;

    /** @param builtIn the names of the profiles that come with Headgate */
    Values(Tree tree, Path directory, Set<String> builtIn, Problems problems) {
        this.tree = tree;
        this.directory = directory;
        this.builtIn = builtIn;
        this.problems = problems;
    }

    /** The whole tree converted; null stands for each value that is not valid, and unknown keys are gone. */
    JsonNode convert() {
        return convert(tree.root(), ConfigSchema.ROOT, "");
    }

    private JsonNode convert(JsonNode value, JsonNode schema, String path) {
        if (value instanceof ObjectNode object && ConfigSchema.type(schema).equals("object")) {
            ObjectNode converted = JSON.objectNode();
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                JsonNode known = ConfigSchema.property(schema, entry.getKey());
                if (!known.isMissingNode()) {
                    converted.set(
                            name(entry.getKey(), schema, path),
                            convert(entry.getValue(), known, KeyPath.key(path, entry.getKey())));
                }
            }
            return converted;
        }
        if (value instanceof ArrayNode array && ConfigSchema.type(schema).equals("array")) {
            ArrayNode converted = JSON.arrayNode();
            for (JsonNode item : array) {
                converted.add(convert(item, schema.path("items"), KeyPath.index(path, converted.size())));
            }
            if (schema.path("uniqueItems").asBoolean(false)) {
                checkUnique(converted, path);
            }
            return converted;
        }
        boolean text = value.isString() && !List.of("object", "array").contains(ConfigSchema.type(schema));
        if ((!text && !value.isIntegralNumber() && !value.isBoolean()) || problems.isSpoilt(path)) {
            // The schema says what is wrong with the type.
            return JSON.nullNode();
        }
        boolean outOfRange = false;
        try {
            JsonNode converted = leaf(value, schema);
            if (converted != null) {
                return converted;
            }
        } catch (OutOfRange e) {
            outOfRange = true;
        } catch (IllegalArgumentException | URISyntaxException e) {
            // Its message may hold the value, which may be a secret.
        }
        Origin origin = tree.origin(path);
        if (origin != null) {
            String expected = outOfRange
                    ? ConfigSchema.range(schema)
                    : origin.literal() ? expected(schema, value.asString()) : expected(schema);
            problems.reportValue(origin.value(), path, shown(origin, schema, value) + " (expected: " + expected + ")");
        }
        return JSON.nullNode();
    }

    /** A key of a mapping, converted where its schema has {@code propertyNames}. */
    private String name(String name, JsonNode schema, String parent) {
        JsonNode names = schema.path("propertyNames");
        String path = KeyPath.key(parent, name);
        Origin origin = tree.origin(path);
        if (names.isMissingNode() || origin == null) {
            return name;
        }
        try {
            JsonNode converted = leaf(JSON.stringNode(name), names);
            if (converted != null) {
                return converted.asString();
            }
        } catch (IllegalArgumentException | URISyntaxException e) {
            // Told below, as for values.
        }
        problems.report(
                origin.key(), path, "the name " + Quoted.of(name) + " (expected: " + expected(names, name) + ")");
        return name;
    }

    private void checkUnique(ArrayNode array, String path) {
        Map<JsonNode, Integer> first = new HashMap<>();
        for (int i = 0; i < array.size(); i++) {
            Integer other = array.get(i).isNull() ? null : first.putIfAbsent(array.get(i), i);
            String at = KeyPath.index(path, i);
            Origin origin = tree.origin(at);
            if (other != null && origin != null) {
                problems.reportValue(
                        origin.value(),
                        at,
                        origin.shown() + " (expected: each once; " + KeyPath.index(path, other) + " has it already)");
            }
        }
    }

    /** Nothing for a value that is not valid. */
    private @Nullable JsonNode leaf(JsonNode value, JsonNode schema) throws URISyntaxException {
        String text = value.asString();
        List<String> choices = ConfigSchema.choices(schema);
        if (!choices.isEmpty()) {
            return choices.contains(text)
                    ? JSON.stringNode(
                            text.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
                    : null;
        }
        return switch (schema.path("format").asString("")) {
            case "headgate-integer" -> value.isIntegralNumber() ? integer(value, schema) : null;
            case "headgate-size" -> size(text, schema);
            case "headgate-duration" -> duration(text, schema);
            case "headgate-address" -> address(Address.parse(text));
            case "headgate-listener-address" -> address(Address.parseListener(text));
            case "headgate-address-range" -> {
                AddressRange.parse(text);
                yield value;
            }
            case "headgate-url" -> url(text);
            case "headgate-boolean" -> value.isBoolean() ? value : null;
            case "headgate-name" -> NAME.matcher(text).matches() ? value : null;
            case "headgate-origin" -> origin(text);
            case "headgate-reason" -> codes().contains(text) ? value : null;
            case "headgate-json-pointer" -> {
                JsonSelection.of(List.of(text));
                yield value;
            }
            case "headgate-path-pattern" -> pathPattern(text) ? value : null;
            case "headgate-variable" -> VARIABLE.matcher(text).matches() ? value : null;
            case "headgate-method" -> METHOD.matcher(text).matches() ? value : null;
            case "headgate-token" -> TOKEN.matcher(text).matches() ? value : null;
            case "headgate-scheme" ->
                TOKEN.matcher(text).matches() ? JSON.stringNode(text.toLowerCase(Locale.ROOT)) : null;
            case "headgate-scopes" -> SCOPES.matcher(text).matches() ? value : null;
            case "headgate-field-name" ->
                TOKEN.matcher(text).matches() && !MANAGED.contains(text.toLowerCase(Locale.ROOT)) ? value : null;
            case "headgate-field-value" -> FIELD_VALUE.matcher(text).matches() ? value : null;
            case "headgate-path" -> PATH.matcher(text).matches() ? value : null;
            case "headgate-upstream" -> tree.root().path("upstreams").has(text) ? value : null;
            case "headgate-profile" -> profiles().contains(text) ? value : null;
            case "headgate-readable-file" -> {
                Path file = tree.file(text);
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
            case "headgate-listener-address" ->
                "HOST:PORT, such as 0.0.0.0:8080 or [::1]:8080, or systemd:NAME for a socket of systemd's";
            case "headgate-address-range" ->
                "an address or a network without bits behind its prefix, such as 10.0.0.0/8 or ::1/128";
            case "headgate-url" ->
                "http:// or https://, a host and perhaps a port, nothing else, such as https://api.mypurecloud.com";
            case "headgate-field-name" ->
                "a field name of at most 64 characters that the proxy does not manage itself, such as X-Genesys-Cloud-Id";
            case "headgate-field-value" -> "1 to 256 visible ASCII characters";
            case "headgate-path" ->
                "a path that starts with /, of at most 1024 visible ASCII characters, without ? and #";
            case "headgate-upstream" -> Nearest.oneOf(null, upstreams());
            case "headgate-profile" -> Nearest.oneOf(null, profiles());
            case "headgate-boolean" -> "true or false";
            case "headgate-name" -> "1 to 64 of A-Z a-z 0-9 _ -, a letter or digit first";
            case "headgate-origin" ->
                "scheme://host and perhaps :port, nothing else, such as https://chat.example.com; or * for any";
            case "headgate-reason" -> "a reason code, such as session.guest";
            case "headgate-json-pointer" ->
                "a JSON Pointer, such as /member or /member/member, with ~0 for a tilde and ~1 for a slash in a name";
            case "headgate-path-pattern" ->
                "a path as the edge reads it, such as /chat/{conversationId}/**: {variable} as a whole segment, each name"
                        + " once; /** at the end only; no escapes, parameters, empty and dot segments";
            case "headgate-variable" -> "a name of 1 to 256 printable characters";
            case "headgate-method" -> "a method in upper case, such as POST";
            case "headgate-token" -> "a field name of at most 64 characters";
            case "headgate-scheme" -> "an authentication scheme, such as bearer";
            case "headgate-scopes" -> "a scope, or several separated by one blank each (RFC 6749 section 3.3)";
            case "headgate-readable-file" -> "a readable file";
            case "headgate-log-file" ->
                "- for standard output, nothing between quotes for no log, or a writable file in a directory that exists";
            case "headgate-directory" -> "a directory that can be written to, or made; or nothing between quotes";
            default ->
                switch (ConfigSchema.type(schema)) {
                    case "object" ->
                        schema.has("minProperties")
                                ? "a mapping with at least one key"
                                : ConfigSchema.isOpen(schema)
                                        ? "a mapping"
                                        : "a mapping with the keys " + String.join(", ", ConfigSchema.keys(schema));
                    case "array" -> schema.has("minItems") ? "a list with at least one entry" : "a list";
                    default -> "another value";
                };
        };
    }

    /** The same, with the word that was probably meant by this one. */
    private String expected(JsonNode schema, String text) {
        return switch (schema.path("format").asString("")) {
            case "headgate-upstream" -> Nearest.oneOf(text, upstreams());
            case "headgate-profile" -> Nearest.oneOf(text, profiles());
            case "headgate-reason" -> expected(schema) + Nearest.hint(text, codes());
            case "headgate-readable-file" -> expected(schema) + "; relative to " + Quoted.of(directory.toString());
            default -> {
                List<String> choices = ConfigSchema.choices(schema);
                yield choices.isEmpty() ? expected(schema) : Nearest.oneOf(text, choices);
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

    /** Those that are built in and the file's own. */
    private Collection<String> profiles() {
        Set<String> all = new TreeSet<>(builtIn);
        all.addAll(tree.root().path("profiles").propertyNames());
        return all;
    }

    private static List<String> codes() {
        return Arrays.stream(Reason.values()).map(Reason::code).toList();
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

    private static JsonNode address(Address address) {
        return JSON.objectNode()
                .put("host", address.host())
                .put("port", address.port())
                .put("inherited", address.inherited());
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

    /** As a browser sends it (RFC 6454 section 6.2): in lower case, and without the port that is the scheme's. */
    private static @Nullable JsonNode origin(String text) throws URISyntaxException {
        if (text.equals("*")) {
            return JSON.stringNode(text);
        }
        URI uri = new URI(text.toLowerCase(Locale.ROOT));
        String bare = uri.getScheme() + "://" + uri.getHost();
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        if (uri.getHost() == null || uri.getPort() > 65535 || !uri.toString().equals(bare + port)) {
            return null;
        }
        boolean standard =
                bare.startsWith("https:") && uri.getPort() == 443 || bare.startsWith("http:") && uri.getPort() == 80;
        return JSON.stringNode(standard ? bare : bare + port);
    }

    private static boolean pathPattern(String text) {
        PathPattern.of(text);
        String plain = text.equals("/") ? "" : text;
        return plain.length() <= 1024 && !UNREACHABLE.matcher(plain).find();
    }

    private static @Nullable JsonNode logFile(Path file) {
        Path parent = file.getParent();
        boolean usable = Files.exists(file)
                ? !Files.isDirectory(file) && Files.isWritable(file)
                : parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
        return usable ? JSON.stringNode(file.toString()) : null;
    }

    private static @Nullable JsonNode capture(Path path) {
        Path there = path;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        boolean usable = there != null && Files.isDirectory(there) && Files.isWritable(there);
        return usable ? uri(path) : null;
    }

    private static JsonNode uri(Path file) throws InvalidPathException {
        return JSON.stringNode(file.toUri().toString());
    }

    private static final class OutOfRange extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
