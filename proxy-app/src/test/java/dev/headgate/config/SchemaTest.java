package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
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
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
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
        assertThat(seen).hasSizeGreaterThan(40).doesNotHaveDuplicates();
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
                assertThat(text(actual)).as(at).isEqualTo(text(known.path("default"), component.getType()));
            }
            if (hasDefault && actual == null) {
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
        Class<?> raw = type.getType() instanceof Class<?> c
                ? c
                : type instanceof AnnotatedParameterizedType p
                                && p.getType() instanceof ParameterizedType q
                                && q.getRawType() instanceof Class<?> r
                        ? r
                        : Object.class;
        if (raw == List.class) {
            Class<?> item =
                    (Class<?>) ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[0].getType();
            compare(item, null, schema.path("items"), path, seen);
        } else if (raw == Map.class) {
            Class<?> item =
                    (Class<?>) ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[1].getType();
            compare(item, null, schema.path("additionalProperties"), path, seen);
        } else if (raw.isEnum()) {
            assertThat(ConfigSchema.choices(schema))
                    .as(path)
                    .isEqualTo(Arrays.stream(raw.getEnumConstants())
                            .map(word -> word.toString().toLowerCase(Locale.ROOT))
                            .toList());
        } else if (raw != Address.class && raw.isRecord()) {
            compare(raw, value, schema, path, seen);
        } else {
            assertThat(schema.path("format").asString()).as(path).isIn(formats(raw));
        }
    }

    private static List<String> formats(Class<?> type) {
        if (type == int.class || type == long.class) {
            return List.of("headgate-integer", "headgate-size");
        } else if (type == Duration.class) {
            return List.of("headgate-duration");
        } else if (type == Address.class) {
            return List.of("headgate-address");
        } else if (type == URI.class) {
            return List.of("headgate-url");
        } else if (type == Path.class) {
            return List.of("headgate-readable-file", "headgate-directory");
        }
        return List.of(
                "headgate-field-name",
                "headgate-field-value",
                "headgate-log-file",
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
                ObjectNode parent = tree.withObject(
                        JsonPointer.compile(pointer.substring(0, pointer.lastIndexOf('/'))),
                        JsonNode.OverwriteMode.ALL,
                        true);
                parent.remove(key);
                parent.put(fromFile ? key + "File" : key, fromFile ? "secret.txt" : "${SECRET}");
                String secret = "/tell?\u0001/nobody/x";
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
        assertThat(refused).hasSizeGreaterThan(40);
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
