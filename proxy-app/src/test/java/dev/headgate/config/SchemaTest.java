package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.headgate.gate.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The schema and the records say the same of every key. */
class SchemaTest {
    private static final String REQUIRED = """
            {"listeners": [{"address": "127.0.0.1:0"}],
             "upstreams": {"genesys": {"url": "http://localhost"}},
             "organization": {"id": "o"},
             "routes": [{"path": "/", "upstream": "genesys"}]}""";

    @TempDir
    Path directory;

    @Test
    void isDraft07() {
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                        .getSchema(SchemaLocation.of("http://json-schema.org/draft-07/schema#"))
                        .validate(ConfigSchema.ROOT))
                .isEmpty();
    }

    @Test
    void isTheFileBesideTheSample() throws Exception {
        Path beside = Path.of("../config/headgate.schema.json");
        assertThat(JsonMapper.shared().readTree(Files.readString(beside))).isEqualTo(ConfigSchema.ROOT);
    }

    @Test
    void hasTheKeysOfTheRecordsAndTheirDefaults() throws Exception {
        Config config = load(REQUIRED, Map.of());
        List<String> seen = new ArrayList<>();
        compare(Config.class, config, ConfigSchema.ROOT, "", seen);
        assertThat(seen)
                .hasSizeGreaterThan(80)
                .doesNotHaveDuplicates()
                .contains("profiles.endpoints.guards.ids.body", "routes.guard.reasons");
    }

    private static void compare(Class<?> type, @Nullable Object value, JsonNode schema, String path, List<String> seen)
            throws Exception {
        RecordComponent[] components = type.getRecordComponents();
        assertThat(Arrays.stream(components).map(RecordComponent::getName).toList())
                .as(path)
                .isEqualTo(ConfigSchema.keys(schema));
        assertThat(schema.path("additionalProperties").asBoolean(true)).as(path).isFalse();
        for (RecordComponent component : components) {
            String at = KeyPath.key(path, component.getName());
            seen.add(at);
            JsonNode known = ConfigSchema.property(schema, component.getName());
            assertThat(known.path("description").asString("")).as(at).isNotEmpty();
            boolean required = required(schema).contains(component.getName());
            boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            boolean hasDefault = known.has("default");
            assertThat(required).as(at + " is required").isEqualTo(!hasDefault && !nullable);
            Object actual = value == null ? null : component.getAccessor().invoke(value);
            if (hasDefault && actual != null && !actual.getClass().isRecord()) {
                String expected = text(known.path("default"), component.getType());
                assertThat(text(actual)).as(at).isEqualTo(actual instanceof Enum<?> ? underscored(expected) : expected);
            }
            if (hasDefault && value != null && actual == null) {
                assertThat(known.path("default").asString()).as(at).isIn("-", "");
            }
            descend(component.getAnnotatedType(), actual, known, at, seen);
        }
    }

    private static List<String> required(JsonNode schema) {
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(key -> required.add(key.asString()));
        schema.path("anyOf").forEach(way -> way.path("required").forEach(key -> required.add(key.asString())));
        return required;
    }

    private static void descend(
            AnnotatedType type, @Nullable Object value, JsonNode schema, String path, List<String> seen)
            throws Exception {
        Class<?> raw = raw(type);
        if (raw == List.class) {
            assertThat(ConfigSchema.type(schema)).as(path).isEqualTo("array");
            descend(argument(type, 0), null, schema.path("items"), path, seen);
        } else if (raw == Map.class) {
            names(raw(argument(type, 0)), schema.path("propertyNames"), path);
            descend(argument(type, 1), null, schema.path("additionalProperties"), path, seen);
        } else if (raw.isEnum()) {
            assertThat(ConfigSchema.choices(schema))
                    .as(path)
                    .map(choice ->
                            choice.toLowerCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
                    .isEqualTo(words(raw));
        } else if (raw != Address.class && raw.isRecord()) {
            compare(raw, value, schema, path, seen);
        } else {
            assertThat(schema.path("format").asString()).as(path).isIn(formats(raw));
        }
    }

    private static Class<?> raw(AnnotatedType type) {
        return type.getType() instanceof Class<?> c
                ? c
                : type instanceof AnnotatedParameterizedType p
                                && p.getType() instanceof ParameterizedType q
                                && q.getRawType() instanceof Class<?> r
                        ? r
                        : Object.class;
    }

    private static AnnotatedType argument(AnnotatedType type, int index) {
        return ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[index];
    }

    /** The keys of a map. */
    private static void names(Class<?> type, JsonNode schema, String path) {
        if (type == Reason.class) {
            assertThat(schema.path("format").asString()).as(path).isEqualTo("headgate-reason");
        } else if (type.isEnum()) {
            assertThat(ConfigSchema.choices(schema)).as(path).isEqualTo(words(type));
        } else {
            assertThat(schema.path("format").asString())
                    .as(path)
                    .isIn("headgate-name", "headgate-variable", "headgate-json-pointer");
        }
    }

    /** As in the names of constants. */
    private static String underscored(String word) {
        return word.replace('-', '_');
    }

    private static List<String> words(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(word -> word.toString().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static List<String> formats(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) {
            return List.of("headgate-boolean");
        } else if (type == int.class || type == Integer.class || type == long.class) {
            return List.of("headgate-integer", "headgate-size");
        } else if (type == Duration.class) {
            return List.of("headgate-duration");
        } else if (type == Address.class) {
            return List.of("headgate-address", "headgate-listener-address");
        } else if (type == URI.class) {
            return List.of("headgate-url");
        } else if (type == Path.class) {
            return List.of("headgate-readable-file", "headgate-directory");
        }
        return List.of(
                "headgate-address-range",
                "headgate-field-name",
                "headgate-field-value",
                "headgate-json-pointer",
                "headgate-log-file",
                "headgate-method",
                "headgate-origin",
                "headgate-path-pattern",
                "headgate-scheme",
                "headgate-scopes",
                "headgate-token",
                "headgate-variable",
                "headgate-path",
                "headgate-upstream",
                "headgate-profile");
    }

    private static String text(Object value) {
        return value instanceof Enum<?> word ? word.name().toLowerCase(Locale.ROOT) : value.toString();
    }

    private static String text(JsonNode value, Class<?> type) {
        if (type == Duration.class) {
            return DurationText.parse(value.asString()).toString();
        }
        if (value.isArray()) {
            return value.valueStream().map(JsonNode::asString).toList().toString();
        }
        if (value.isContainer()) {
            return value.toString();
        }
        return value.isString() && type.isPrimitive()
                ? String.valueOf(SizeText.parse(value.asString()))
                : value.asString();
    }

    /** For every key: a bad value from the environment and from a file is refused, and not told. */
    @Test
    void noErrorTellsAValueFromOutside() throws Exception {
        List<String> refused = new ArrayList<>();
        eachLeaf(ConfigSchema.ROOT, "", (pointer, schema) -> {
            String key = pointer.substring(pointer.lastIndexOf('/') + 1);
            boolean file = ConfigSchema.target(parent(pointer), key + "File").equals(key);
            for (boolean fromFile : file ? List.of(false, true) : List.of(false)) {
                ObjectNode tree = (ObjectNode) JsonMapper.shared().readTree(REQUIRED);
                String given = fromFile ? "secret.txt" : "${SECRET}";
                JsonNode container = container(tree, pointer.split("/"));
                if (container instanceof ArrayNode list) {
                    list.removeAll().add(given);
                } else {
                    ((ObjectNode) container).without(key).put(fromFile ? key + "File" : key, given);
                }
                String secret = "/tell?~\u0001/nobody/x";
                try {
                    Files.writeString(directory.resolve("secret.txt"), secret);
                    assertThatExceptionOfType(ConfigException.class)
                            .as(pointer)
                            .isThrownBy(() -> load(tree.toString(), Map.of("SECRET", secret)))
                            .satisfies(e -> {
                                assertThat(e.getMessage())
                                        .contains(fromFile ? "secret.txt" : "${SECRET}")
                                        .doesNotContain("nobody", "tell");
                                refused.add(pointer);
                            });
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        // A directory for captures may have any name that a file system takes.
        assertThat(refused)
                .hasSizeGreaterThan(80)
                .contains(
                        "/profiles/genesys/endpoints/0/guards/ids/body/genesys",
                        "/profiles/genesys/endpoints/0/learns/ids/genesys/0");
    }

    /** What the last part is in, made where it is not there; a part 0 is an index. */
    private static JsonNode container(ObjectNode tree, String[] parts) {
        JsonNode at = tree;
        for (int i = 1; i < parts.length - 1; i++) {
            JsonNode next = at.isArray() ? at.path(0) : at.path(parts[i]);
            boolean list = parts[i + 1].equals("0");
            if (list ? !next.isArray() : !next.isObject()) {
                next = list ? tree.arrayNode() : tree.objectNode();
                if (at instanceof ArrayNode array) {
                    array.removeAll().add(next);
                } else {
                    ((ObjectNode) at).set(parts[i], next);
                }
            }
            at = next;
        }
        return at;
    }

    private static JsonNode parent(String pointer) {
        JsonNode schema = ConfigSchema.ROOT;
        String[] parts = pointer.split("/");
        for (int i = 1; i < parts.length - 1; i++) {
            schema = parts[i].equals("0") ? schema.path("items") : ConfigSchema.property(schema, parts[i]);
        }
        return schema;
    }

    private static void eachLeaf(JsonNode schema, String pointer, BiConsumer<String, JsonNode> leaf) {
        switch (ConfigSchema.type(schema)) {
            case "object" -> {
                schema.path("properties")
                        .properties()
                        .forEach(e -> eachLeaf(e.getValue(), pointer + "/" + e.getKey(), leaf));
                if (schema.path("additionalProperties").isObject()) {
                    eachLeaf(schema.path("additionalProperties"), pointer + "/genesys", leaf);
                }
            }
            case "array" -> eachLeaf(schema.path("items"), pointer + "/0", leaf);
            default -> {
                if (!schema.path("format").asString("").equals("headgate-directory")) {
                    leaf.accept(pointer, schema);
                }
            }
        }
    }

    private Config load(String json, Map<String, String> env) throws Exception {
        Path file = Files.writeString(directory.resolve("c.yaml"), json);
        return ConfigLoader.load(file, env, Set.of("forum-guest"));
    }
}
