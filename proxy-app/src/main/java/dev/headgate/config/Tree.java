package dev.headgate.config;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * YAML nodes to a JSON tree, with variables and {@code ...File} keys replaced by their values and defaults filled in,
 * and beside it where each value came from. A value that cannot be had is null in the tree and spoilt in the problems.
 */
final class Tree {
    private static final int LARGEST_VALUE_FILE = 64 * 1024;
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
    private static final Pattern QUANTITY = Pattern.compile("-?[0-9][0-9A-Za-z]{0,30}");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Path directory;
    private final Map<String, String> env;
    private final Problems problems;
    private final Map<String, Origin> origins = new HashMap<>();
    private final Set<Path> files = new LinkedHashSet<>();
    private final JsonNode root;

    Tree(Node root, Path directory, Map<String, String> env, Problems problems) {
        this.directory = directory;
        this.env = env;
        this.problems = problems;
        Place place = Place.of(root.getStartMark());
        this.root = read(root, ConfigSchema.ROOT, place, "");
    }

    JsonNode root() {
        return root;
    }

    /** The origin of a value, or null where a default was filled in. */
    @Nullable
    Origin origin(String path) {
        return origins.get(path);
    }

    /** A file that the configuration names, absolute; from now on it is one of {@link #files()}. */
    Path file(String name) {
        Path file = directory.resolve(name);
        files.add(file);
        return file;
    }

    /** The files that the configuration names. */
    Set<Path> files() {
        return files;
    }

    private JsonNode read(Node node, JsonNode schema, Place key, String path) {
        Place place = Place.of(node.getStartMark());
        if (node instanceof MappingNode mapping) {
            origins.put(
                    path,
                    new Origin(
                            key, place, mapping.getValue().isEmpty() ? "an empty mapping" : "a mapping", true, schema));
            return mapping(mapping, schema, path);
        }
        if (node instanceof SequenceNode sequence) {
            origins.put(
                    path,
                    new Origin(key, place, sequence.getValue().isEmpty() ? "an empty list" : "a list", true, schema));
            ArrayNode array = JSON.arrayNode();
            for (Node item : sequence.getValue()) {
                array.add(read(
                        item, schema.path("items"), Place.of(item.getStartMark()), KeyPath.index(path, array.size())));
            }
            return array;
        }
        if (node.getTag().equals(Tag.NULL)) {
            origins.put(path, new Origin(key, place, "nothing", true, schema));
            return JSON.nullNode();
        }
        return scalar((ScalarNode) node, schema, key, path);
    }

    private JsonNode mapping(MappingNode node, JsonNode schema, String path) {
        ObjectNode object = JSON.objectNode();
        Map<String, Place> seen = new HashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Place place = Place.of(tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
                problems.report(place, path, "a key of several parts (expected: a name)");
                continue;
            }
            String key = name.getValue();
            Place first = seen.putIfAbsent(key, place);
            if (first != null) {
                problems.report(
                        place,
                        KeyPath.key(path, key),
                        "here again (expected: once; line " + first.line() + " has it already)");
                continue;
            }
            String target = ConfigSchema.target(schema, key);
            if (object.has(target)) {
                problems.report(
                        place,
                        KeyPath.key(path, key),
                        "beside the same key " + (key.equals(target) ? "with" : "without") + " File (expected: one of "
                                + target + ", " + target + "File)");
                continue;
            }
            JsonNode known = ConfigSchema.property(schema, target);
            String at = KeyPath.key(path, target);
            object.set(
                    target,
                    target.equals(key)
                            ? read(tuple.getValueNode(), known, place, at)
                            : file(tuple.getValueNode(), known, place, KeyPath.key(path, key), at));
        }
        fill(object, schema);
        return object;
    }

    private static void fill(ObjectNode object, JsonNode schema) {
        for (Map.Entry<String, JsonNode> known : schema.path("properties").properties()) {
            if (known.getValue().has("default") && !object.has(known.getKey())) {
                JsonNode value = known.getValue().path("default").deepCopy();
                object.set(known.getKey(), value);
                if (value instanceof ObjectNode section) {
                    fill(section, known.getValue());
                }
            }
        }
    }

    private JsonNode scalar(ScalarNode node, JsonNode schema, Place key, String path) {
        String raw = node.getValue();
        Place place = Place.of(node.getStartMark());
        boolean bare =
                switch (schema.path("format").asString("")) {
                    case "headgate-boolean" -> isBoolean(raw);
                    case "headgate-integer", "headgate-duration", "headgate-size" ->
                        QUANTITY.matcher(raw).matches();
                    default -> false;
                };
        origins.put(path, new Origin(key, place, bare ? raw : Quoted.of(raw), EnvText.isLiteral(raw), schema));
        if (schema.isMissingNode()) {
            return JSON.nullNode();
        }
        String text;
        try {
            text = EnvText.replace(raw, env);
        } catch (IllegalArgumentException e) {
            problems.reportValue(place, path, String.valueOf(e.getMessage()));
            return JSON.nullNode();
        }
        return switch (ConfigSchema.type(schema)) {
            case "integer" ->
                INTEGER.matcher(text).matches()
                        ? JSON.numberNode(new BigInteger(text).longValueExact())
                        : JSON.stringNode(text);
            case "boolean" -> isBoolean(text) ? JSON.booleanNode(text.equals("true")) : JSON.stringNode(text);
            default -> JSON.stringNode(text);
        };
    }

    private static boolean isBoolean(String text) {
        return text.equals("true") || text.equals("false");
    }

    private JsonNode file(Node node, JsonNode schema, Place key, String path, String target) {
        JsonNode name = read(node, schema, key, path);
        Origin origin = origins.get(path);
        if (origin == null || problems.isSpoilt(path)) {
            problems.spoil(target);
            return JSON.nullNode();
        }
        origins.put(target, new Origin(key, origin.value(), "the content of " + origin.shown(), false, schema));
        String failure;
        try {
            if (!name.isString()) {
                failure = "";
            } else {
                return JSON.stringNode(content(file(name.asString())));
            }
        } catch (CharacterCodingException e) {
            failure = ", which is not UTF-8";
        } catch (IOException | InvalidPathException e) {
            // The message would hold the name, which may come from the environment.
            failure = ", which cannot be read";
        }
        problems.spoil(target);
        problems.reportValue(
                origin.value(),
                path,
                origin.shown() + failure + " (expected: a readable file of at most 64KiB; its text is the value)");
        return JSON.nullNode();
    }

    private static String content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST_VALUE_FILE + 1);
            if (bytes.length > LARGEST_VALUE_FILE) {
                throw new IOException("too large");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
            return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        }
    }
}
